"""`manage.py draw_query`: the words for days and the names of fields in `docs/query.md`, drawn from the code."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.core.addresses import screen_url
from crm.core.fields import fields_of_table
from crm.core.query.complete import typed_name
from crm.core.query.dates import named_days

FILE = Path(settings.BASE_DIR) / "docs" / "query.md"


class Command(BaseCommand):
    help = "Write what changes with the code into docs/query.md. With --check, fail when it is out of date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        text = FILE.read_text(encoding="utf-8")
        drawn = _between(_between(text, "days", days()), "fields", fields())
        if not options["check"]:
            FILE.write_text(drawn, encoding="utf-8")
        elif drawn != text:
            raise CommandError("docs/query.md is out of date. Run: uv run manage.py draw_query")


def days() -> str:
    return ", ".join(f"`{word}`" for word in named_days())


def fields() -> str:
    """A row for each table with a list; custom fields are data and stand in none."""
    lines = ["", "| Table | Fields |", "|---|---|"]
    tables = {screen_url(model, "list"): model for model in apps.get_models() if screen_url(model, "list")}
    for address, model in sorted(tables.items()):
        known = fields_of_table(model)
        names = sorted(typed_name(known, field) for field in known.values())
        lines.append(f"| {address.strip('/')} | {', '.join(f'`{name}`' for name in names)} |")
    return "\n".join(lines)


def _between(text: str, name: str, drawn: str) -> str:
    start, end = f"<!-- {name}: start -->\n", f"<!-- {name}: end -->"
    before, _start, rest = text.partition(start)
    _old, _end, after = rest.partition(end)
    return f"{before}{start}{drawn}\n{end}{after}"
