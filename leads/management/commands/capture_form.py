from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import Refusal
from crm.users.models import User
from leads.services.forms import ensure_form


class Command(BaseCommand):
    help = "Make a lead form, or find it by its name, and print its key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The form's name, as people see it.")
        parser.add_argument(
            "--allow-host",
            action="append",
            default=[],
            metavar="HOST",
            help="A host to which visitors may be sent back; may be repeated.",
        )
        parser.add_argument("--owner", metavar="LOGIN", help="Who gets the leads; by default the first administrator.")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = _person(options["owner"]) if options["owner"] else None
        try:
            form = ensure_form(
                name=options["name"], hosts=options["allow_host"], owner=owner, actor=SYSTEM, at=timezone.now()
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(form.key)


def _person(login: str) -> User:
    person = User.objects.filter(username__iexact=login, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody signs in as “{login}”.")
    return person
