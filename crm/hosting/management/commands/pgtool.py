"""Run a PostgreSQL program such as pg_dump on the database of the product."""

import os
from argparse import REMAINDER
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.hosting.binaries import client_programs
from crm.hosting.errors import HostingError


class Command(BaseCommand):
    help = "Run a PostgreSQL program (pg_dump, pg_restore, psql, …) that is already told the database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("program")
        parser.add_argument("arguments", nargs=REMAINDER, help="handed to the program as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = client_programs()
        except HostingError as error:
            raise CommandError(str(error)) from error
        program = folder / options["program"]
        if program.parent != folder or not program.is_file():
            known = ", ".join(sorted(path.name for path in folder.iterdir()))
            raise CommandError(f"There is no program “{options['program']}”; there are: {known}.")
        os.execve(program, [str(program), *options["arguments"]], {**os.environ, **_connection()})


def _connection() -> dict[str, str]:
    """The connection in the environment variables of libpq, where no process list shows the password."""
    database: dict[str, Any] = settings.DATABASES["default"]
    given = {name: database[name] for name in ("HOST", "PORT", "USER", "PASSWORD") if database[name]}
    options = {name: str(value) for name, value in database["OPTIONS"].items() if name.startswith("ssl")}
    return {f"PG{name.upper()}": value for name, value in {**given, **options}.items()} | {
        "PGDATABASE": database["NAME"]
    }
