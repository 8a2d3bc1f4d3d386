"""The cast, made once for a database and put there in one go for each test that needs it.

Most tests begin with these people; to write a row for each of them, with its history, takes a good part of a test.
"""

import pickle
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from tests.factories.cast import Cast, make_cast
from tests.starting_point import written_columns

_SCHEMA = "kept_cast"
_KEPT: list["_Kept"] = []

_TOUCHED = "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = 'public' AND n_tup_ins > 0"
#: Written by this transaction or by a part of it.
_IS_NEW = sql.SQL("xmin::text::bigint >= pg_current_xact_id()::text::bigint")


@dataclass(frozen=True)
class _Kept:
    """`people` as they were when they had just been made, and the statements that put their rows back."""

    people: bytes
    putting: sql.Composed


def keep_cast() -> None:
    """Call it once for a database, before any test. Nobody is left there, but the keys stay theirs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_SCHEMA)))
        people = pickle.dumps(make_cast())
        cursor.execute(_TOUCHED)
        touched = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        tables = [table for table in touched if _keep_aside(table)]
    _KEPT[:] = [_Kept(people, _putting(tables))]


def put_cast() -> Cast:
    """The same people for each test, as new objects."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_KEPT[0].putting)
    cast: Cast = pickle.loads(_KEPT[0].people)  # noqa: S301 - written above
    return cast


def _keep_aside(table: str) -> bool:
    """Whether there was anything new."""
    names = {"table": sql.Identifier(table), "kept": sql.Identifier(_SCHEMA, table), "new": _IS_NEW}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE {kept} AS SELECT * FROM {table} WHERE {new}").format(**names))
        cursor.execute(sql.SQL("DELETE FROM {table} WHERE {new}").format(**names))
        return bool(cursor.rowcount)


def _putting(tables: list[str]) -> sql.Composed:
    """Their triggers and foreign keys are not asked: they were when the rows were made."""
    filling = [
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
            sql.Identifier(table), columns, columns, sql.Identifier(_SCHEMA, table)
        )
        for table in tables
        for columns in [sql.SQL(", ").join(map(sql.Identifier, written_columns(table)))]
    ]
    begin, end = (sql.SQL(f"SET LOCAL session_replication_role = {role}") for role in ("replica", "origin"))
    return sql.SQL("; ").join([begin, *filling, end])
