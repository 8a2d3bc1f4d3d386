"""A database that is away, or that stopped a statement because it ran for too long."""

from django.db import InterfaceError, OperationalError, connections

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
