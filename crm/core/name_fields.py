"""Choosing one of many records by typing its name.

What is typed is a name, its beginning, a number, or `Name (#id)` as the suggestions write it.
"""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.folding import fold, storable
from crm.core.keyset import keyset_page

_SUGGESTED = 30
_NAMED = 5
_KEY = re.compile(r"\(#(\d{1,18})\)\s*$")

type Narrow = Callable[[Any], Any]


class RecordNameInput(forms.TextInput):
    """A text box with suggestions; `suggestions()` is asked only when the box is shown."""

    template_name = "components/record_name.html"
    suggestions: Callable[[], list[str]] = staticmethod(list)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_suggestions"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off"}
        return {**context, "list_id": list_id, "suggestions": self.suggestions()}


class RecordNameField(forms.ModelChoiceField[Any]):
    """A choice of one record by name. `narrow(rows)` says which ones may be chosen anew."""

    widget = RecordNameInput
    #: The stored value, where the actor may not see it: it is kept by its key and found by nothing else.
    hidden_key: int | None = None
    default_error_messages = {
        "unknown": _("There is no “%(text)s” that you may see. Type a name or choose a suggestion."),
        "several": _("“%(text)s” fits several. Type one of these: %(names)s."),
    }

    def __init__(
        self,
        queryset: Any,
        *,
        narrow: Narrow = lambda rows: rows,
        name: str = "name",
        order: str = "-updated_at",
        **options: Any,
    ) -> None:
        self.narrow, self.name, self.order = narrow, name, order
        super().__init__(queryset, **options)

    def offer_to(self, actor: Any) -> None:
        """Suggest those that were changed last and that the actor may see."""
        model = self._rows().model

        def suggestions() -> list[str]:
            rows = self.narrow(model.objects.all())
            branches = model.objects.branches(actor)
            page = keyset_page(rows, branches, self.order, fields=("pk", self.name), size=_SUGGESTED)
            return [name_with_key(pk, name) for pk, name in page.rows]

        box: Any = self.widget
        box.suggestions = suggestions

    def _rows(self) -> Any:
        return self.queryset

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = self._rows().filter(pk=value).first()
        return name_with_key(value.pk, self.label_from_instance(value)) if isinstance(value, models.Model) else value

    def to_python(self, value: Any) -> Any:
        text = storable(str(value or "")).strip()
        if not text:
            return None
        found = self._found(text)
        if len(found) == 1:
            return found[0]
        names = ", ".join(name_with_key(record.pk, str(record)) for record in found)
        code = "several" if found else "unknown"
        raise ValidationError(self.error_messages[code], code, params={"text": text[:100], "names": names})

    def _found(self, text: str) -> list[Any]:
        """The most exact reading that finds anything; an id also finds what could not be chosen anew."""
        rows = self._rows()
        if key := _KEY.search(text):
            return list(rows.filter(pk=int(key[1])))
        rows = rows.exclude(pk=self.hidden_key) if self.hidden_key else rows
        by_number = rows.filter(number__iexact=text) if _has(rows.model, "number") else rows.none()
        by_key = rows.filter(pk=int(text)) if text.isdecimal() and len(text) <= 18 else rows.none()
        folded = fold(text)
        by_name = self.narrow(rows).filter(sort_key=folded) if folded else rows.none()
        by_beginning = self.narrow(rows).filter(sort_key__startswith=folded) if folded else rows.none()
        for reading in (by_number, by_key, by_name, by_beginning):
            if found := list(reading.order_by("pk")[:_NAMED]):
                return found
        return []


def name_with_key(pk: int, name: str) -> str:
    """As suggestions write it."""
    return f"{name} (#{pk})"


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
