"""A new data folder: made as the server's account, with one database and a role that may do nothing else."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from crm.hosting.binaries import server_programs
from crm.hosting.database_url import DATABASE, ROLE
from crm.hosting.errors import HostingError
from crm.hosting.files import write_private
from crm.hosting.place import Place

SUPERUSER = "postgres"

# Written into postgresql.conf once, where an administrator may change them.
PRODUCT_TUNING = {
    "max_connections": "60",
    "shared_buffers": "48MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that nobody will miss.
THROWAWAY_TUNING = {
    **PRODUCT_TUNING,
    "max_connections": "100",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
}


class Launch(TypedDict):
    """How to start a program of the server, in the words of `subprocess`."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None
    cwd: Path
    env: dict[str, str]
    start_new_session: bool
    umask: int


def launch(place: Place) -> Launch:
    """The server's account, a folder it can enter, and nothing of the caller's environment."""
    account = place.account
    return Launch(
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd=place.root,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        umask=0o077,
    )


def make_cluster(place: Place, tuning: Mapping[str, str]) -> None:
    """Make the data folder of a place; it appears complete or not at all."""
    draft = place.root / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    for role in (SUPERUSER, ROLE):
        if not place.password(role):
            write_private(place.keys / f"{role}.password", secrets.token_urlsafe(32))
    _initdb(place, draft, tuning)
    _make_role_and_database(place, draft)
    draft.rename(place.data)


def _initdb(place: Place, draft: Path, tuning: Mapping[str, str]) -> None:
    password_file = place.root / f"initdb.{secrets.token_hex(8)}"
    write_private(password_file, place.password(SUPERUSER), place.account)
    hurried = ["--no-sync", "--no-data-checksums", "--wal-segsize=1"] if tuning.get("fsync") == "off" else []
    options = [
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The order of C with letters as Unicode knows them, so that upper() and full text fold accents too.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        *hurried,
        *(f"--set={name}={value}" for name, value in tuning.items()),
    ]
    try:
        _run(place, "initdb", options, "")
    finally:
        password_file.unlink(missing_ok=True)


def _make_role_and_database(place: Place, draft: Path) -> None:
    """In single-user mode, so that nobody can connect to a half-made server."""
    password = place.password(ROLE)
    statements = f"CREATE ROLE {ROLE} LOGIN PASSWORD '{password}'\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"
    options = [
        "--single",
        "-D",
        str(draft),
        "-c",
        "exit_on_error=on",
        "-c",
        "log_min_messages=fatal",
        "postgres",
    ]
    _run(place, "postgres", options, statements)


def _run(place: Place, program: str, options: list[str], standard_input: str) -> None:
    done = subprocess.run(
        [str(server_programs(place.account) / program), *options],
        input=standard_input,
        capture_output=True,
        text=True,
        check=False,
        **launch(place),
    )
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise HostingError(f"The database cannot be made: {words[-1] if words else done.returncode}")
