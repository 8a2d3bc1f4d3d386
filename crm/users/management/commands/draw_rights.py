"""`manage.py draw_rights`: the table of rights in `docs/rights.md`, drawn from what the apps declare."""

import itertools
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.users.depth import Depth
from crm.users.rights import ADMINISTRATOR, ROLES, Right, known_rights

FILE = Path(settings.BASE_DIR) / "docs" / "rights.md"
_START, _END = "<!-- rights: start -->\n", "<!-- rights: end -->\n"
_SHOWN = tuple(role for role in ROLES if role != ADMINISTRATOR)


class Command(BaseCommand):
    help = "Write the table of rights into docs/rights.md. With --check, fail when it is out of date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        text = FILE.read_text(encoding="utf-8")
        before, _start, rest = text.partition(_START)
        _table, _end, after = rest.partition(_END)
        drawn = f"{before}{_START}{rights_table()}{_END}{after}"
        if not options["check"]:
            FILE.write_text(drawn, encoding="utf-8")
        elif drawn != text:
            raise CommandError("docs/rights.md is out of date. Run: uv run manage.py draw_rights")


def rights_table() -> str:
    """One row for the acts of a table that all roles hold alike."""
    lines = [f"| Table | Acts | {' | '.join(_SHOWN)} |", f"|---|---|{'---|' * len(_SHOWN)}"]
    alike = sorted(
        known_rights(), key=lambda right: (_table(right), _depths(right), _act(right) != "read", _act(right))
    )
    for (table, depths), rights in itertools.groupby(alike, key=lambda right: (_table(right), _depths(right))):
        acts = ", ".join(_act(right).replace("_", " ") for right in rights)
        lines.append(f"| {table} | {acts} | {' | '.join(depths)} |")
    return "\n".join([*lines, ""])


def _table(right: Right) -> str:
    """`leads.lead` of `leads.qualify_lead`; a named right such as `sales.override_price` belongs to the app."""
    app, _dot, rest = right.permission.partition(".")
    act, _line, model = rest.rpartition("_")
    return (
        f"{app}.{model}" if act and any(f"{app}.read_{model}" == other.permission for other in known_rights()) else app
    )


def _act(right: Right) -> str:
    name = right.permission.partition(".")[2]
    model = _table(right).partition(".")[2]
    return name.removesuffix(f"_{model}") if model else name


def _depths(right: Right) -> tuple[str, ...]:
    held = (Depth(right.depths.get(role, Depth.NONE)) for role in _SHOWN)
    return tuple("" if depth == Depth.NONE else str(depth.label).lower() for depth in held)
