"""`manage.py lay_foundations`: currencies, number series, roles and schedules, where they are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from crm.core.foundations import lay_foundations


class Command(BaseCommand):
    help = "Make what the product needs before the first sign-in. Changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        lay_foundations()
