"""Django's DATABASES entry, for a server named by an address and for the embedded one."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from crm.hosting.errors import HostingError
from crm.hosting.place import PORT, known_place

__all__ = ["DATABASE", "ROLE", "HostingError", "database_from_url", "embedded_database"]

DATABASE = "throughline"
ROLE = "throughline"

_SHAPE = "DATABASE_URL must look like postgresql://user:password@host:5432/name"
# Fewer connections than threads: one request is worked on by Python while another waits for the database, and each
# connection takes some 15 MB of the server. The threads beyond them are those that read or send slowly.
# A request waits this long for a connection, which outlasts a restart of the server after a crash.
_POOL = {"min_size": 1, "max_size": 2, "timeout": 15.0, "max_idle": 300.0}
_PARAMETERS = {"plan_cache_mode": "force_generic_plan", "max_parallel_workers_per_gather": "0"}


def database_from_url(url: str, *, pooled: bool = True) -> dict[str, Any]:
    """The entry for a libpq address; a socket folder goes into `?host=`, further libpq options likewise.

    Raises HostingError with a sentence that never repeats the address, since it holds a password.
    """
    scheme = url.partition("://")[0]
    if scheme not in {"postgres", "postgresql"}:
        raise HostingError(f"{_SHAPE}: it has to begin with postgresql://.")
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error as error:
        raise HostingError(f"{_SHAPE}: a part or an option in it is not understood.") from error
    if not parts.get("dbname"):
        raise HostingError(f"{_SHAPE}: the name of the database is missing.")
    port = parts.pop("port", "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise HostingError(f"{_SHAPE}: the port is not a number from 1 to 65535.")
    return _entry(
        name=parts.pop("dbname"),
        user=parts.pop("user", ""),
        password=parts.pop("password", ""),
        host=parts.pop("host", ""),
        port=port,
        options={"connect_timeout": "10", **parts},
        pooled=pooled,
    )


def embedded_database(home: Path, *, pooled: bool = True) -> dict[str, Any]:
    """The entry for the embedded server of this home, which need not run nor exist yet."""
    place = known_place(home)
    return _entry(
        name=DATABASE,
        user=ROLE,
        password=place.password(ROLE),
        host=str(place.run),
        port=str(PORT),
        options={"connect_timeout": "10"},
        pooled=pooled,
    )


def _entry(
    *, name: str, user: str, password: str, host: str, port: str, options: dict[str, Any], pooled: bool
) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        # With a pool, Django makes it test each connection before handing it out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, **_pooled(str(options.get("options", "")))} if pooled else options,
    }


def _pooled(given: str) -> dict[str, Any]:
    """Options of connections that stay; `given` are the server's parameters that the address names.

    Statements with their values apart are planned once (`crm.core.statements`). A page never takes a second core:
    others are served at the same time, and to start a process for it takes longer than most pages.
    """
    parameters = " ".join(f"-c {name}={value}" for name, value in _PARAMETERS.items())
    return {"pool": dict(_POOL), "prepare_threshold": 2, "options": f"{parameters} {given}".strip()}
