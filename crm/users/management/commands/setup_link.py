"""`manage.py setup_link`: the one-time link that makes the first administrator, alone on one line."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from crm.users.services.setup import make_setup_token


class Command(BaseCommand):
    help = "Print a one-time link for setting up the organisation, as long as nobody can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        token = make_setup_token()
        if token is None:
            raise CommandError("Somebody can sign in already, so there is no set-up link any more.")
        self.stdout.write(f"{settings.BASE_URL}{reverse('setup', args=[token])}")
