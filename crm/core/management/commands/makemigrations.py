"""`makemigrations` as Django's, except that each migration is one step."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.makemigrations import Command as MakeMigrations
from django.db.migrations.operations.models import CreateModel

from crm.core.schema import CreateTables, OneStep


class Command(MakeMigrations):
    def write_migration_files(self, changes: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        for app, migrations in changes.items():
            first = [migration for migration in migrations if migration.initial]
            if len(first) > 1:
                raise CommandError(f"Make the first migrations one app at a time, lower apps first; {app} was split.")
            for migration in migrations:
                step = CreateTables if migration.initial or _makes_tables_only(migration.operations) else OneStep
                migration.operations = [step(migration.operations)]
        super().write_migration_files(changes, *args, **kwargs)


def _makes_tables_only(operations: list[Any]) -> bool:
    """New tables get their columns from each other's making, as those of a first migration do."""
    made = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
    named = ((getattr(operation, "model_name", "") or operation.name).lower() for operation in operations)
    return bool(made) and made.issuperset(named)
