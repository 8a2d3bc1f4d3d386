"""Added fields on the admin pages of records: typed where the record may be changed, else shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from unfold.widgets import (
    INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from crm.core.custom.definitions import FORM_PREFIX, Definition, definitions_of
from crm.core.custom.forms import add_fields, by_section, given_values, more_title
from crm.core.custom.writing import VALUES, set_custom
from crm.core.errors import Invalid
from crm.core.models import CustomModel
from crm.core.screens.custom import words_of


class AddedFieldsForm(forms.ModelForm[Any]):
    """Before the form of a table in the order of classes; what cannot be stays out of the record, with a sentence."""

    actor: Any = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._added = add_fields(self, self.actor)
        for one in self._added:
            _dress(self.fields[one.form_name])

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own, which the stubs leave out
        try:
            set_custom(self.instance, self.added_values, self.actor)
        except Invalid as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)

    @property
    def added_values(self) -> dict[str, Any]:
        """As services take them, beside the columns."""
        return {VALUES: given_values(self._added, self)}


def with_added(form: Any, actor: Any) -> Any:
    return type(form.__name__, (AddedFieldsForm, form), {"actor": actor})


def added_values(form: Any) -> Mapping[str, Any]:
    """Nothing where the fields are only shown."""
    return form.added_values if isinstance(form, AddedFieldsForm) else {}


def without_added(names: Iterable[Any] | None) -> list[Any] | None:
    """The columns among the names of fields."""
    if names is None:
        return None
    return [name for name in names if not (isinstance(name, str) and name.startswith(FORM_PREFIX))]


def added_fieldsets(model: type[models.Model], actor: Any) -> list[tuple[str, dict[str, Any]]]:
    found = by_section(definitions_of(model, actor)) if issubclass(model, CustomModel) else {}
    return [(title or more_title(), {"fields": [one.form_name for one in under]}) for title, under in found.items()]


@dataclass(frozen=True)
class ShownField:
    """What the administration takes for a column that is only looked at."""

    definition: Definition
    actor: Any = field(compare=False)

    @property
    def __name__(self) -> str:
        return self.definition.form_name

    @property
    def short_description(self) -> str:
        return self.definition.label

    def __call__(self, record: Any) -> str:
        return words_of(self.definition, record, self.actor)


def shown_fields(model: type[models.Model], actor: Any) -> list[ShownField]:
    found = definitions_of(model, actor) if issubclass(model, CustomModel) else ()
    return [ShownField(one, actor) for one in found]


def _dress(given: Any) -> None:
    """The looks of the administration; days and numbers are typed in the browser's own boxes."""
    widget = given.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        _replace(given, UnfoldAdminCheckboxSelectMultipleWidget())
    elif isinstance(widget, forms.Select):
        _replace(given, UnfoldAdminSelectWidget())
    else:
        widget.attrs["class"] = " ".join(TEXTAREA_CLASSES if isinstance(widget, forms.Textarea) else INPUT_CLASSES)
    if isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"


def _replace(given: Any, widget: Any) -> None:
    widget.choices, widget.is_required = given.choices, given.required
    given.widget = widget
