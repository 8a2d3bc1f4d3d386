"""`makemigrations` as Django's, except that an app's first migration makes its tables in one step."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.makemigrations import Command as MakeMigrations

from crm.core.schema import CreateTables


class Command(MakeMigrations):
    def write_migration_files(self, changes: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        for app, migrations in changes.items():
            first = [migration for migration in migrations if migration.initial]
            if len(first) > 1:
                raise CommandError(f"Make the first migrations one app at a time, lower apps first; {app} was split.")
            for migration in first:
                migration.operations = [CreateTables(migration.operations)]
        super().write_migration_files(changes, *args, **kwargs)
