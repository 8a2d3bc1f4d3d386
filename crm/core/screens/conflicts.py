"""The two versions of a record that two people saved, field by field."""

from dataclasses import dataclass
from typing import Any

from django.forms import ModelChoiceField
from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Difference:
    """What `components/conflict.html` reads of a field."""

    label: str | Promise
    yours: str
    saved: str


def differences(typed: Any, kept: Any) -> list[Difference]:
    """`typed` is the bound form, `kept` an unbound one of the record as it is saved now."""
    found = []
    for name, field in kept.fields.items():
        yours, saved = _typed_value(typed, name), kept[name].initial
        if field.has_changed(saved, typed[name].data):
            found.append(Difference(kept[name].label, _words(field, yours), _words(field, _plain(field, saved))))
    return found


def _typed_value(form: Any, name: str) -> Any:
    return (
        form.cleaned_data.get(name, form[name].data)
        if form.is_valid() or name in form.cleaned_data
        else form[name].data
    )


def _plain(field: Any, value: Any) -> Any:
    """A stored key becomes the record that it stands for."""
    if not isinstance(field, ModelChoiceField) or value in field.empty_values:
        return value
    rows: Any = field.queryset
    return rows.filter(**{field.to_field_name or "pk": getattr(value, "pk", value)}).first() or value


def _words(field: Any, value: Any) -> str:
    if value in field.empty_values:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for key, label in getattr(field, "choices", ()) if not isinstance(field, ModelChoiceField) else ():
        if str(key) == str(value):
            return str(label)
    return str(value)
