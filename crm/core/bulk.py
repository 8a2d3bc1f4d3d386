"""Writing many rows at once. Nobody else calls COPY or `executemany`: here the history action is announced first.

Whoever has unsaved records takes one of the three ways of `crm.core.inserting`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models, transaction

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
