"""Writing many rows at once. Nobody else calls COPY or `executemany`: here the history action is announced first."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.expressions import DatabaseDefault

from crm.core import history


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows through COPY; values are what the columns hold (ids for foreign keys). Gives their number.

    Triggers and constraints run as for any insert; `db_default`s apply to fields that are not named.
    """
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in fields)  # type: ignore[union-attr]  # concrete fields only
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        history.announce_to_database()
        # Django wraps the errors of `execute` alone.
        with (
            connection.wrap_database_errors,
            cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)
                count += 1
    return count


def update_rows(model: type[models.Model], fields: Sequence[str], rows: Mapping[int, Sequence[Any]]) -> None:
    """Give each row, by its key, values of its own for these fields, by one statement. A foreign key is given as key.

    Triggers and constraints run as for any update. Columns that are arrays themselves cannot be written this way.
    """
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    if not rows or not columns:
        return
    quote = connection.ops.quote_name
    by_column = zip(columns, zip(*rows.values(), strict=True), strict=True)
    values = [[column.get_db_prep_save(value, connection) for value in each] for column, each in by_column]
    arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
    names = [quote(column.column) for column in columns]
    sql = (
        f"UPDATE {quote(model._meta.db_table)} AS old SET {', '.join(f'{name} = new.{name}' for name in names)}"  # noqa: S608 - names of our own columns
        f" FROM unnest(%s::bigint[], {arrays}) AS new(row_key, {', '.join(names)})"
        ' WHERE old."id" = new.row_key'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(rows), *values])


#: What one person does at once: one statement, where COPY takes three.
_FEW = 200


def insert_new(records: Sequence[models.Model]) -> None:
    """Insert unsaved records of one table: few of them by one INSERT, more through COPY."""
    if len(records) > _FEW:
        insert_records(records)
    elif records:
        type(records[0])._base_manager.bulk_create(records)


def insert_records(records: Sequence[models.Model]) -> None:
    """Insert unsaved records of one table through COPY. They get their keys before, so that what refers to them can
    follow; columns that the database fills are left to it, and not read back."""
    if not records:
        return
    model = type(records[0])
    for record, key in zip(records, _new_keys(model, len(records)), strict=True):
        record.pk = key
    by_database = [column for column in model._meta.concrete_fields if column.has_db_default()]
    groups: dict[tuple[str, ...], list[models.Model]] = {}
    for record in records:
        left = tuple(column.name for column in by_database if _is_left(record, column))
        groups.setdefault(left, []).append(record)
    for left, group in groups.items():
        _copy(model, [column for column in model._meta.concrete_fields if column.name not in left], group)
    for record in records:
        record._state.adding = False


def _new_keys(model: type[models.Model], number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [f'"{model._meta.db_table}"', model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


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
