"""Unsaved records become rows, in three ways. History, stamps and constraints are those of the database in each.

- `insert`: one record of a wide table, for somebody who waits. A statement that is compiled once for all; the key and
  what the database fills are read back.
- `insert_new`: what one act makes, however many that is: up to 200 by one INSERT, more as below. Only the keys are
  sure to be known afterwards.
- `insert_records`: a block of an import. Keys first, then COPY; nothing is read back.

Anything else is saved by Django (`save`, `create`), which is as good for narrow tables.

`insert` is there because a wide table costs Django more than the database. What most columns of a new record hold is
nothing, so an empty text, NULL and a truth value stand in the statement itself; it is kept for each choice of columns
that hold something. Few values are left to bind.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from crm.core.bulk import copy_rows

_MOST_KEPT = 512
_BOUND, _BY_DATABASE = "%s", ""


@dataclass(frozen=True, slots=True)
class _Column:
    field: "models.Field[Any, Any]"
    attname: str
    name: str
    #: How a value that is bound stands in the statement.
    placeholder: str


def insert(record: models.Model) -> None:
    """As `record.save(force_insert=True)`, for a table whose columns are plain values: what the database fills by its
    defaults is read back."""
    model = type(record)
    shape, params = [], []
    for column in _columns(model):
        value = getattr(record, column.attname)
        literal = _literal(column, value)
        shape.append(literal)
        if literal == column.placeholder:
            params.append(column.field.get_db_prep_save(value, connection))
    statement, returned = _statement(model, tuple(shape))
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row: Sequence[Any] = cursor.fetchone() or ()
    for attname, value in zip(returned, row, strict=True):
        setattr(record, attname, value)
    record._state.adding, record._state.db = False, connection.alias


def _literal(column: _Column, value: Any) -> str:
    if value is None:
        return _BY_DATABASE if column.field.primary_key else "NULL"
    if value == "" and isinstance(value, str):
        return "''"
    if value is True or value is False:
        return "TRUE" if value else "FALSE"
    return _BY_DATABASE if isinstance(value, DatabaseDefault) else column.placeholder


@lru_cache(maxsize=64)
def _columns(model: type[models.Model]) -> tuple[_Column, ...]:
    quote = connection.ops.quote_name
    return tuple(
        _Column(field, field.attname, quote(str(field.column)), _placeholder(field))
        for field in model._meta.concrete_fields
    )


def _placeholder(field: Any) -> str:
    """An array says of what it is one, since an empty one does not."""
    return f"%s::{field.db_type(connection)}" if hasattr(field, "base_field") else _BOUND


@lru_cache(maxsize=_MOST_KEPT)
def _statement(model: type[models.Model], shape: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text, and the names of what it gives back."""
    columns = _columns(model)
    written = [(column.name, literal) for column, literal in zip(columns, shape, strict=True) if literal]
    returned = [column for column, literal in zip(columns, shape, strict=True) if not literal]
    names, values = (", ".join(one) for one in zip(*written, strict=True))
    back = ", ".join(column.name for column in returned) or "1"
    table = connection.ops.quote_name(model._meta.db_table)
    text = f"INSERT INTO {table} ({names}) VALUES ({values}) RETURNING {back}"  # noqa: S608 - names of our own
    return text, tuple(column.attname for column in returned)


#: What one person does at once: one statement, where COPY takes three.
_FEW = 200


def insert_new(records: Sequence[models.Model]) -> None:
    """Few of one table by one INSERT, more through COPY."""
    if len(records) > _FEW:
        insert_records(records)
    elif records:
        type(records[0])._base_manager.bulk_create(records)


def insert_records(records: Sequence[models.Model]) -> None:
    """Insert unsaved records of one table through COPY. They get their keys before, so that what refers to them can
    follow; columns that the database fills are left to it, and not read back."""
    if not records:
        return
    take_keys([record for record in records if record.pk is None])
    model = type(records[0])
    by_database = [column for column in model._meta.concrete_fields if column.has_db_default()]
    groups: dict[tuple[str, ...], list[models.Model]] = {}
    for record in records:
        left = tuple([column.name for column in by_database if _is_left(record, column)])
        groups.setdefault(left, []).append(record)
    for left, group in groups.items():
        _copy(model, [column for column in model._meta.concrete_fields if column.name not in left], group)
    for record in records:
        record._state.adding = False


def take_keys(records: Sequence[models.Model]) -> None:
    """Keys for unsaved records of one table, of which none has one yet."""
    if not records:
        return
    meta = type(records[0])._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [f'"{meta.db_table}"', meta.pk.column, len(records)],
        )
        for record, (key,) in zip(records, cursor.fetchall(), strict=True):
            record.pk = key


def _copy(model: type[models.Model], columns: Sequence[Any], records: Sequence[models.Model]) -> None:
    values = itemgetter(*(column.attname for column in columns))
    prepared = [(place, prepare) for place, column in enumerate(columns) if (prepare := _preparing(column))]

    def row(record: models.Model) -> list[Any]:
        found = list(values(record.__dict__))
        for place, prepare in prepared:
            found[place] = prepare(found[place])
        return found

    copy_rows(model, [column.name for column in columns], map(row, records))


def _is_left(record: models.Model, column: Any) -> bool:
    return isinstance(record.__dict__[column.attname], DatabaseDefault)


def _preparing(column: Any) -> Callable[[Any], Any] | None:
    """How a value is written that the driver would not write as the column wants it."""
    if isinstance(column, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, cls=DjangoJSONEncoder)
    if isinstance(column, ArrayField):
        return lambda value: list(value) if value is not None else None
    return None
