"""The two versions of a record that two people saved, field by field, and what was chosen of them.

The page of a conflict sends a choice `keep-<field>` for each field in which the two differ: "yours" or "saved".
"""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import models
from django.forms import ModelChoiceField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.history import events_of
from crm.core.models import TRACKED
from crm.core.screens.history import Change, changes_to

_CHOICE = "keep-"


@dataclass(frozen=True, slots=True)
class Difference:
    """What `components/conflict.html` reads of a field; `sends` is what its controls hold with the saved value."""

    name: str
    label: str | Promise
    yours: str
    saved: str
    keep: Literal["yours", "saved"]
    sends: str

    @property
    def choice(self) -> str:
        return f"{_CHOICE}{self.name}"


def differences(typed: Any, kept: Any, opened: Any = None) -> list[Difference]:
    """`typed` is the bound form, `kept` an unbound one of the record as it is saved now.

    `opened` is an unbound form of the record as it was when the person began, if that is known: a field that they
    left alone keeps the saved value unless they say otherwise.
    """
    return [
        Difference(
            name=kept[name].html_name,
            label=kept[name].label,
            yours=value_words(field, _typed_value(typed, name)),
            saved=value_words(field, _plain(field, kept[name].initial)),
            keep="saved" if _left_alone(typed, opened, name) else "yours",
            sends=json.dumps(_sent_by(kept[name])),
        )
        for name, field in kept.fields.items()
        if field.has_changed(kept[name].initial, typed[name].data)
    ]


def changes_since(record: models.Model, version: str, user: Any) -> list[Change]:
    """What was saved since this version, in words; nothing where history does not know the version."""
    event = _event_of(record, version)
    return [] if event is None else changes_to(record, event, user)


def has_choices(data: QueryDict) -> bool:
    return any(key.startswith(_CHOICE) for key in data)


def with_choices(data: QueryDict, kept: Any) -> QueryDict:
    """The sent values, with those of `kept` where the person chose the saved one."""
    chosen = data.copy()
    for name in kept.fields:
        bound = kept[name]
        if data.get(f"{_CHOICE}{bound.html_name}") == "saved":
            for key in _controls(bound):
                chosen.pop(key, None)
            for key, value in _sent_by(bound):
                chosen.appendlist(key, value)
    return chosen


def as_opened(record: models.Model, version: str) -> models.Model | None:
    """The record as history knows it in this version; None where that is no version of it."""
    event = _event_of(record, version)
    if event is None:
        return None
    fields = [field.attname for field in type(record)._meta.concrete_fields if hasattr(event, field.attname)]
    return type(record)(**{name: getattr(event, name) for name in fields})


def _event_of(record: models.Model, version: str) -> Any:
    if type(record) not in TRACKED or not (version.isascii() and version.isdecimal() and len(version) < 10):
        return None
    return events_of(record).filter(version=int(version)).first()


def _left_alone(typed: Any, opened: Any, name: str) -> bool:
    return opened is not None and not opened.fields[name].has_changed(opened[name].initial, typed[name].data)


def _widgets(bound: Any) -> list[dict[str, Any]]:
    """One context for each control: a widget may consist of several."""
    context: dict[str, Any] = bound.field.widget.get_context(bound.html_name, bound.value(), {})["widget"]
    return context.get("subwidgets") or [context]


def _controls(bound: Any) -> list[str]:
    return [widget["name"] for widget in _widgets(bound)]


def _sent_by(bound: Any) -> list[tuple[str, str]]:
    """Name and value of each control, as a browser sends them that shows this field."""
    found = []
    for widget in _widgets(bound):
        is_box = widget.get("type") == "checkbox" and "optgroups" not in widget
        value = ("on" if widget["attrs"].get("checked") else None) if is_box else widget["value"]
        values = value if isinstance(value, list | tuple) else [value]
        found += [(widget["name"], str(one)) for one in values if one is not None]
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


def _nothing_words(field: Any) -> str:
    """Some fields have a word for "nothing chosen"."""
    says_it = getattr(field, "says_nothing_too", False)
    return next((str(label) for key, label in field.choices if key == ""), "") if says_it else ""


def value_words(field: Any, value: Any) -> str:
    """What a form field holds, as people read it; nothing for what is empty."""
    if value in field.empty_values:
        return _nothing_words(field)
    match value:
        case bool():
            return _("yes") if value else _("no")
        case dt.date() if not isinstance(value, dt.datetime):
            return shown.day(value)
        case list() | tuple():
            return ", ".join(value_words(field, one) for one in value)
    for key, label in getattr(field, "choices", ()) if not isinstance(field, ModelChoiceField) else ():
        if str(key) == str(value):
            return str(label)
    if isinstance(value, Decimal):
        value = shown.typed(value)
    return str(field.label_from_instance(value) if isinstance(value, models.Model) else value)
