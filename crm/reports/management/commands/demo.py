"""`manage.py demo`: a believable company with a year of history, for a database in which nobody signs in yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.core.errors import Conflict
from crm.reports.demo.people import COMPANY, Login
from crm.reports.demo.telling import tell_demo


class Command(BaseCommand):
    help = "Fill an empty database with a believable company, and print once who may sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            logins = tell_demo(timezone.now())
        except Conflict as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{COMPANY} is loaded. These people may sign in; the passwords are shown only now:")
        self.stdout.write(_table(logins))


def _table(logins: tuple[Login, ...]) -> str:
    rows = [("Name", "Login", "Password", "Role", "Unit")]
    rows += [(person.name, person.login, person.password, person.role, person.unit) for person in logins]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(f"  {line}" for line in lines)
