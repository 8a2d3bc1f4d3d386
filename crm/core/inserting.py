"""Inserting one new record by a statement that is compiled once: a wide table costs Django more than the database.

What most columns of a new record hold is nothing, so an empty text, NULL and a truth value stand in the statement
itself; it is kept for each choice of columns that hold something. Few values are left to bind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

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
