"""Form fields of added fields, the same in the forms of all nouns and in the administration."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from crm.core.custom import values
from crm.core.custom.definitions import Definition
from crm.core.fields import Kind
from crm.core.folding import one_line
from crm.core.name_fields import RecordNameField

_NAMES = ("name", "full_name", "topic", "subject")


class _TextField(forms.CharField):
    """Text of one line, told as the kept value is, so that an unchanged field counts as unchanged."""

    def clean(self, value: Any) -> Any:
        return super().clean(one_line(str(value or "")))


class _YesNoField(forms.TypedChoiceField):
    """Yes, no, or nothing said: a box that is left empty would say no."""

    def __init__(self, **options: Any) -> None:
        choices = [("", "–"), ("yes", _("Yes")), ("no", _("No"))]
        super().__init__(choices=choices, coerce=lambda text: text == "yes", empty_value=None, **options)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def form_field(definition: Definition, *, current: Any, may_write: bool) -> forms.Field:
    """The field with label, help and limits; `current` is the stored value, which stays choosable."""
    options: dict[str, Any] = {
        "label": definition.label,
        # The pages take help for our own markup.
        "help_text": escape(definition.help_text),
        "required": definition.is_required and may_write,
        "disabled": not may_write,
    }
    return _MAKERS[definition.kind](definition, current, options)


def _text(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    return _TextField(max_length=values.TEXT_AT_MOST, **options)


def _long_text(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    box = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(max_length=values.LONG_TEXT_AT_MOST, widget=box, **options)


def _whole(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    most = 10**values.WHOLE_DIGITS - 1
    return forms.IntegerField(min_value=-most, max_value=most, **options)


def _decimal(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    field = forms.DecimalField(max_digits=values.DECIMAL_DIGITS, decimal_places=values.DECIMAL_PLACES, **options)
    field.widget.attrs["step"] = "any"
    return field


def _money(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    field = forms.DecimalField(max_digits=values.MONEY_DIGITS, decimal_places=values.MONEY_PLACES, **options)
    field.widget.attrs["step"] = "any"
    return field


def _date(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    return forms.DateField(**options)


def _time(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    return forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


def _yes_no(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    return _YesNoField(**options)


def _choice(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "–"), *_offered(definition, [current])], **options)


def _choices(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    offered = _offered(definition, current or ())
    return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **options)


def _offered(definition: Definition, current: Iterable[Any]) -> list[tuple[str, str]]:
    kept = set(current)
    return [(one.key, one.label) for one in definition.options if not one.is_retired or one.key in kept]


def _person(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    people = get_user_model()._default_manager.filter(Q(is_active=True) | Q(pk=current))
    return forms.ModelChoiceField(people.order_by("name"), **options)


def _record(definition: Definition, current: Any, options: dict[str, Any]) -> forms.Field:
    model: Any = definition.related
    names = {field.name for field in model._meta.concrete_fields}
    name = next(one for one in _NAMES if one in names)
    order = "-updated_at" if "owner" in names else "sort_key"
    return RecordNameField(model._default_manager.all(), name=name, order=order, **options)


_MAKERS: dict[Kind, Callable[[Definition, Any, dict[str, Any]], forms.Field]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.PERSON: _person,
    Kind.RECORD: _record,
}


def can_be_named(model: type[models.Model]) -> bool:
    """Can a record of this table be chosen by typing its name?"""
    names = {field.name for field in model._meta.concrete_fields}
    is_guarded = hasattr(model._default_manager, "visible_to")
    return is_guarded and "sort_key" in names and not names.isdisjoint(_NAMES)
