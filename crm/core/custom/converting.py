"""A field becomes one of another kind: only where every stored value can be a value of the new kind."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any

from django.db import IntegrityError, connection, models
from django.db.models import Count
from django.utils.translation import gettext as _

from crm.core.custom.definitions import Definition, Option
from crm.core.custom.keys import derived_key
from crm.core.custom.values import checked, from_json, from_text, to_json, to_text
from crm.core.errors import Conflict
from crm.core.fields import Kind

_MOST_OPTIONS = 100
_BLOCK = 1000
_CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES})
_NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.MONEY})
_LEADING = frozenset({Kind.PERSON, Kind.RECORD})


@dataclass(frozen=True, slots=True)
class Conversion:
    """What has to be rewritten, as pairs of JSON values, and how many records hold a value that does not fit."""

    rewritten: tuple[tuple[Any, Any], ...]
    misfits: int


def stored_values(model: type[models.Model], key: str) -> Iterator[tuple[Any, int]]:
    """Each value that is stored, in the bin too, with the number of records that hold it."""
    rows = model._base_manager.filter(custom__has_key=key).order_by()
    yield from rows.values_list(f"custom__{key}").annotate(records=Count("pk")).iterator()


def number_of_values(model: type[models.Model], key: str) -> int:
    return model._base_manager.filter(custom__has_key=key).count()


def converted(since: Definition, to: Definition, stored: Iterable[tuple[Any, int]]) -> Conversion:
    rewritten, misfits = [], 0
    for kept, records in stored:
        try:
            new = _new_value(since, to, kept)
        except ValueError:
            misfits += records
        else:
            if new != kept or type(new) is not type(kept):
                rewritten.append((kept, new))
    return Conversion(tuple(rewritten), misfits)


def _new_value(since: Definition, to: Definition, kept: Any) -> Any:
    value = from_json(since.kind, kept)
    if since.kind in _LEADING or to.kind in _LEADING:
        if since.kind is to.kind and since.related is to.related:
            return kept
        raise ValueError("another table has other keys")
    if since.kind in _NUMBERS and to.kind in _NUMBERS:
        return to_json(to, checked(to, value))
    if since.kind in _CHOSEN:
        labels = dict(since.choices)
        value = tuple(labels.get(key, key) for key in (value if isinstance(value, tuple) else (value,)))
    text = to_text(value)
    new = from_text(to, text)
    if to.kind is Kind.TEXT and str(new) != text.strip():
        raise ValueError("several lines do not fit into one")
    return to_json(to, new)


def with_options(since: Definition, to: Definition, stored: Iterable[Any]) -> Definition:
    """A text that becomes a choice offers what is stored, as long as that is no more than a list can hold."""
    if to.kind not in _CHOSEN or since.kind in _CHOSEN or to.options:
        return to
    options: dict[str, Option] = {}
    for kept in stored:
        label = to_text(from_json(since.kind, kept)).strip()
        if label and label not in options and len(label) <= _MOST_OPTIONS and len(options) < _MOST_OPTIONS:
            taken = {option.key for option in options.values()}
            options[label] = Option(derived_key(label, taken, "choice"), label)
    return replace(to, options=tuple(options.values()))


def rewrite(model: type[models.Model], key: str, pairs: Iterable[tuple[Any, Any]]) -> None:
    """Replace stored values by others. Raises `Conflict` where issued documents hold one of them."""
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"UPDATE {table} SET custom = jsonb_set(custom, ARRAY[%s], pair.new::jsonb)"  # noqa: S608 - the name of our own table
        " FROM unnest(%s::text[], %s::text[]) AS pair(old, new) WHERE custom -> %s = pair.old::jsonb"
    )
    try:
        with connection.cursor() as cursor:
            for block in batched(pairs, _BLOCK, strict=False):
                old, new = ([json.dumps(pair[place]) for pair in block] for place in (0, 1))
                cursor.execute(sql, [key, old, new, key])
    except IntegrityError as error:
        raise Conflict(
            _("Issued documents hold values that would have to be written differently, and they stay as they are.")
        ) from error
