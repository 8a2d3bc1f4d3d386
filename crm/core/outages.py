"""A database that is away, or that stopped a statement because it ran for too long."""

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

_QUERY_CANCELED = "57014"


def was_stopped(error: BaseException | None) -> bool:
    """Did the database stop a statement because it ran for too long?"""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) == _QUERY_CANCELED


def is_away(error: BaseException | None) -> bool:
    """Is there no database to ask, for now?"""
    return isinstance(error, OperationalError | InterfaceError) and not was_stopped(error)


def limit_statements(seconds: int) -> None:
    """From now on each new connection of this process has its statements stopped after so many seconds; 0 never."""
    options = connections.settings["default"]["OPTIONS"]
    given = options.get("options", "")
    if seconds and "statement_timeout" not in given:
        options["options"] = f"{given} -c statement_timeout={seconds * 1000}".strip()


def database_answers(patience: float = 2.0) -> bool:
    """Is there a database, asked without the long wait that a page grants it? `patience` in seconds."""
    try:
        pool = getattr(connection, "pool", None)
        if pool is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        else:
            pool.open()
            with pool.connection(timeout=patience) as found:
                found.execute("SELECT 1")
    except (DatabaseError, psycopg.Error):
        return False
    return True
