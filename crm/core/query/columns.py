"""Conditions on single columns: plain ones, folded twins, and values kept as JSON."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, Value
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import In

from crm.core.custom.expressions import KEYS, NUMBERS, Folded
from crm.core.fields import Kind, Model, RecordField, derived, fields_of_table
from crm.core.folding import fold
from crm.core.indexes import has_value_index
from crm.core.query import folded
from crm.core.query.dates import Days
from crm.core.query.stored import stored_values
from crm.core.words import Words

_NAMES = ("name", "topic", "subject", "number", "code")


def is_json(model: Model, field: RecordField) -> bool:
    """Is it kept as a key of a JSON column?"""
    column, _separator, key = field.path.partition("__")
    return bool(key) and isinstance(model._meta.get_field(column), models.JSONField)


def compared(model: Model, field: RecordField, lookup: str, value: Any) -> Q:
    if not is_json(model, field):
        # Beyond the bounds of its column a comparison holds for all rows, also for those without a value.
        filled = Q(**{f"{field.path}__isnull": False}) if field.kind is Kind.WHOLE else Q()
        return filled & Q(**{f"{field.path}__{lookup}": value})
    kept = stored(field)
    if isinstance(value, dt.date | dt.time):
        value = value.isoformat()
    if isinstance(value, bool):
        value = "true" if value else "false"
    found: Any = kept.get_lookup(lookup)
    return Q(found(kept, value))


def among(model: Model, field: RecordField, values: Iterable[Any]) -> Q:
    values = list(values)
    if field.kind is Kind.CHOICES:
        found = Q()
        for value in values:
            found |= Q(**{f"{field.path}__contains": [value]})
        return found
    if is_json(model, field):
        return Q(In(stored(field), values))
    return Q(**{field.path: values[0]} if len(values) == 1 else {f"{field.path}__in": values})


def empty(model: Model, field: RecordField) -> Q:
    """Rows in which the field says nothing."""
    if is_json(model, field):
        missing = Q(**{f"{field.path}__isnull": True})
        return missing | Q(**{field.path: None}) | Q(**{field.path: ""}) | Q(**{field.path: []})
    column: Any = model._meta.get_field(field.path)
    if field.kind is Kind.TAGS:
        return Q(**{field.path: []})
    found = Q(**{f"{field.path}__isnull": True}) if column.null else Q(pk__in=())
    return found | Q(**{field.path: ""}) if isinstance(column, models.CharField | models.TextField) else found


def within(model: Model, field: RecordField, days: Days, now: dt.datetime) -> Q:
    """From the first day to the last one, as the reader's calendar has them."""
    found = Q()
    if days.first is None and days.last is None:
        return ~empty(model, field)
    if days.first is not None:
        found &= compared(model, field, "gte", _beginning(field, days.first, now))
    if days.last is not None:
        after = days.last != dt.date.max
        end = _beginning(field, days.last + dt.timedelta(days=1) if after else days.last, now)
        found &= compared(model, field, "lt" if after else "lte", end)
    return found


def _beginning(field: RecordField, day: dt.date, now: dt.datetime) -> dt.date:
    """A moment for a column of moments, the day for one of days."""
    if field.kind is Kind.DATE:
        return day
    return dt.datetime.combine(day, dt.time.min, tzinfo=now.tzinfo)


def contains(model: Model, field: RecordField, text: str) -> Q:
    """Names with an index of words are found by the beginnings of their words."""
    if is_json(model, field):
        return _folded(field, "contains", text)
    if not field.folded:
        return _matches(model, field, folded.containing(text))
    words = words_of(model)
    found = Q(**{f"{field.folded}__contains": fold(text)})
    return found & words.begin_with(text) if words is not None and _has_letters(text) else found


def begins(model: Model, field: RecordField, text: str) -> Q:
    if is_json(model, field):
        return _folded(field, "startswith", text)
    if field.folded:
        return Q(**{f"{field.folded}__startswith": fold(text)})
    return _matches(model, field, folded.beginning(text))


def equals(model: Model, field: RecordField, text: str) -> Q:
    if is_json(model, field):
        return _folded(field, "exact", text)
    if field.folded:
        return Q(**{field.folded: fold(text)})
    return _matches(model, field, folded.equal_to(text))


def _folded(field: RecordField, lookup: str, text: str) -> Q:
    """An added field, as its index has it."""
    kept = Folded(stored(field))
    found: Any = kept.get_lookup(lookup)
    return Q(found(kept, fold(text)))


def _matches(model: Model, field: RecordField, pattern: str) -> Q:
    values = stored_values(model, field.path, pattern) if has_value_index(model, field.path) else None
    if values is None:
        return compared(model, field, "regex", pattern)
    return among(model, field, values) if values else Q(pk__in=())


def _has_letters(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def words_of(model: Model) -> Words | None:
    """The words that an index of the table answers."""
    parts = (part for index in model._meta.indexes for part in index.expressions)
    found = (getattr(part, "expression", part) for part in parts)
    return next((each for each in found if isinstance(each, Words)), None)


def called(model: Model, text: str, how: Callable[[Model, RecordField, str], Q]) -> Q:
    """Rows whose name or number is as `how` says; an index of words finds them first."""
    found = Q(pk__in=())
    for field in naming_fields(model):
        found |= how(model, field, text)
    words = words_of(model)
    return words.begin_with(text) & found if words is not None and _has_letters(text) else found


def naming_fields(model: Model) -> Sequence[RecordField]:
    """What a record is called by: its name, and its number where it has one."""
    known = fields_of_table(model)
    own = {column.name for column in model._meta.concrete_fields}
    return [known.get(name) or derived(model, name) for name in _NAMES if name in known or name in own]


def visible(model: Model, actor: Any) -> Any:
    rows: Any = model._default_manager.all()
    return rows.visible_to(actor) if hasattr(rows, "visible_to") else rows


def leads_to(model: Model, field: RecordField, rows: Any) -> Q:
    """Rows whose reference leads to one of these."""
    if is_json(model, field):
        return Q(In(stored(field), rows.values("pk")))
    return Q(Exists(rows.filter(pk=OuterRef(field.path))))


class _Typed(Func):
    """A text of JSON as a number or a key."""

    template = "(%(expressions)s)::%(function)s"


def stored(field: RecordField) -> Expression:
    """The value of a JSON column as it is compared: what `crm.core.custom.expressions` says that indexes hold."""
    column, _separator, key = field.path.partition("__")
    text: Expression = KeyTextTransform(key, column)
    if field.kind in NUMBERS:
        return _Typed(text, function="numeric", output_field=models.DecimalField(max_digits=40, decimal_places=10))
    if field.kind in KEYS:
        return _Typed(text, function="bigint", output_field=models.BigIntegerField())
    return text


def certain(condition: Q) -> Q:
    """The condition with false instead of unknown, so that its opposite holds for all other rows."""
    case = models.Case(models.When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return Q(case)
