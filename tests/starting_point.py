"""The rows with which every test starts: kept aside once, and put back after each test that really writes.

Django would truncate all tables, which makes new files for each of them and for each of their indexes, and would then
announce a migration, after which everything has to be laid again. Deleting the few rows that a test has written and
copying back what was kept takes a hundredth of that. Triggers and foreign keys are not asked, since the rows are known
to be right; for that the role must be allowed to set `session_replication_role`.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

_KEPT = "starting_point"
_MIGRATIONS = "django_migrations"
#: A table that many tests have written into is read slowly even when it is empty again: every page is looked at.
_LARGE = 1024 * 1024


def keep_starting_point() -> None:
    """What lies in the tables now is the starting point. Call it once for a database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_KEPT)))
        for table in _tables():
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
            if cursor.fetchone() == (True,):
                statement = sql.SQL("CREATE TABLE {} AS TABLE {}")
                cursor.execute(statement.format(sql.Identifier(_KEPT, table), sql.Identifier(table)))


def put_back() -> None:
    """Nothing is left of what was written since then, except that keys go on counting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_putting_back())
    _forget_numbers()
    _forget_added_indexes()
    _shrink()


def put_back_what_is_left() -> None:
    """For the beginning of a file of tests: work that another one has left waiting would be taken for its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM core_job)")
        is_left = cursor.fetchone() == (True,)
    if is_left or _added_indexes():
        put_back()


@contextmanager
def put_back_after_each_test() -> Iterator[None]:
    """What Django does after a test without a transaction is done this way."""
    way_of_django = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs
    TransactionTestCase._fixture_teardown = lambda _case: put_back()  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = way_of_django  # type: ignore[attr-defined]


@functools.cache
def _putting_back() -> sql.Composed:
    emptying = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in _tables()]
    filling = [
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
            sql.Identifier(table), columns, columns, sql.Identifier(_KEPT, table)
        )
        for table in _tables(_KEPT)
        for columns in [sql.SQL(", ").join(map(sql.Identifier, written_columns(table)))]
    ]
    return sql.SQL("; ").join([*emptying, *filling])


def _tables(schema: str = "public") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        return [table for (table,) in cursor.fetchall() if table != _MIGRATIONS]


def written_columns(table: str) -> list[str]:
    """Without those that the database computes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            [f"public.{table}"],
        )
        return [name for (name,) in cursor.fetchall()]


def _forget_numbers() -> None:
    """The sequences of document numbers are no rows, and are made when the first number is asked for."""
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE 'number\_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SEQUENCE {}").format(sql.Identifier(name)))


def _added_indexes() -> list[str]:
    """Those of added fields and of criteria for duplicates, which are made while the product is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname ~ '^(custom_field|duplicate_criterion)_[0-9]+$'"
        )
        return [name for (name,) in cursor.fetchall()]


def _forget_added_indexes() -> None:
    for name in _added_indexes():
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))


def _shrink() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND pg_relation_size(oid) > %s",
            [_LARGE],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
