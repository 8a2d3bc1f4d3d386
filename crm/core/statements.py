"""Statements in SQL that are asked together, whose plans the server keeps; and one that may not take long.

To plan a statement over many indexes takes the server longer than to carry it out, and the memory that this needs
stays with its process. So the text of such a statement has its values apart, and each connection keeps the plans of
those that were asked last. Without a pool of connections (`DATABASE_POOL=off`, as behind pgbouncer) none is kept.

A kept plan holds for all values. Where the plan has to know one, as the beginning of a text for `LIKE`, the value
stands in the text (`literal`); such a text hardly comes a second time, so its plan is not kept.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import psycopg.sql
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import TransactionStatus

from crm.core.outages import was_stopped
from crm.core.sql import Sql

#: Kept plans of one connection. One of the search takes a quarter of a megabyte.
MOST_PLANS = 20

type Row = tuple[Any, ...]


def ask_together(statements: Sequence[Sql]) -> list[list[Row]]:
    """The rows of each statement. All go to the server at once, and what they find comes back at once."""
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.prepared_max = MOST_PLANS
    cursors = [_cursor(raw) for _statement in statements]
    with connection.wrap_database_errors:
        with raw.pipeline():
            for cursor, statement in zip(cursors, statements, strict=True):
                cursor.execute(statement.text, statement.params)
        return [_all_rows(cursor) for cursor in cursors]


def ask_within(milliseconds: int, statement: Sql) -> list[Row] | None:
    """The rows of a statement that only reads; None where the database needs longer."""
    connection.ensure_connection()
    raw: Any = connection.connection
    is_alone = raw.info.transaction_status == TransactionStatus.IDLE
    # What is sent in one message is a transaction by itself, with whose end the limit ends. Within another one a
    # savepoint ends it.
    within = nullcontext() if is_alone else raw.transaction(force_rollback=True)
    try:
        with within, connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds:d}; {statement.text}", statement.params)
            while cursor.nextset():
                pass
            return list(cursor.fetchall())
    except OperationalError as error:
        if was_stopped(error):
            return None
        raise


def literal(text: str) -> str:
    """The text as it stands in a statement that has other values apart."""
    return psycopg.sql.quote(text).replace("%", "%%")


def _cursor(raw: Any) -> Any:
    """Counted and logged as any other of Django."""
    cursor: Any = ServerBindingCursor(raw)  # type: ignore[call-arg]  # a cursor of psycopg, which the stubs hide
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _all_rows(cursor: Any) -> list[Row]:
    with cursor:
        return list(cursor.fetchall())
