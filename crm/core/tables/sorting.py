"""The values by which a list sorts and groups where no index does."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Lower, NullIf
from django.db.models.lookups import Exact

from crm.core.fields import Kind, RecordField
from crm.core.tables.field_columns import guarded, is_in_json, name_field

_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.MONEY})
_UNSORTED = frozenset({Kind.CHOICES, Kind.TAGS})
_LEADING = frozenset({Kind.PERSON, Kind.RECORD})
_GROUPED = frozenset({Kind.STATE, Kind.CHOICE, Kind.PERSON, Kind.YES_NO})
# More choices than these are sorted by what is stored.
_MOST_CHOICES = 100


def can_sort(field: RecordField) -> bool:
    return field.kind not in _UNSORTED and not _is_only_a_key(field)


def can_group(field: RecordField) -> bool:
    return field.kind in _GROUPED and not _is_only_a_key(field)


def _is_only_a_key(field: RecordField) -> bool:
    """People and records in a JSON column: no join reaches the names."""
    return field.kind in _LEADING and is_in_json(field)


def sort_value(field: RecordField, actor: Any) -> Any:
    """What a field is sorted by: names in any case, choices in their own order; nothing of what is hidden."""
    if field.kind is Kind.PERSON:
        value: Any = _person(field)
    elif field.kind is Kind.RECORD and field.related is not None:
        return guarded(Lower(f"{field.path}__{name_field(field.related)}"), field.path, field.related, actor)
    elif field.kind in {Kind.CHOICE, Kind.STATE} and 0 < len(field.choices) <= _MOST_CHOICES:
        value = _position(stored_value(field), [key for key, _word in field.choices])
    else:
        value = _plain(field)
    return guarded(value, field.through, field.owner_model, actor) if field.through else value


def stored_value(field: RecordField) -> Any:
    """The column, or the value in a JSON column as text."""
    before, separator, key = field.path.rpartition("custom__")
    return KeyTextTransform(key, f"{before}custom") if separator else F(field.path)


def _plain(field: RecordField) -> Any:
    value = stored_value(field)
    if field.kind in _TEXTS | {Kind.CHOICE, Kind.STATE}:
        return Lower(NullIf(value, Value(""), output_field=models.TextField()))
    if field.kind in _NUMBERS and "custom__" in field.path:
        digits = models.DecimalField(max_digits=30, decimal_places=10)
        return Cast(NullIf(value, Value(""), output_field=models.TextField()), digits)
    return value


def _person(field: RecordField) -> Any:
    """A record may be owned by a team instead."""
    name = F(f"{field.path}__name")
    is_owner = field.path == "owner" or field.path.endswith("__owner")
    return Lower(Coalesce(name, F(f"{field.path}_team__name")) if is_owner else name)


def _position(value: Any, keys: Sequence[str]) -> Any:
    places = [When(Exact(value, Value(key)), then=Value(place)) for place, key in enumerate(keys)]
    return Case(*places, output_field=IntegerField())
