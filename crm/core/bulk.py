"""Writing many rows at once. Nobody else calls COPY or `executemany`: here the history action is announced first."""

from collections.abc import Iterable, Sequence
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
