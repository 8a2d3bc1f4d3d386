"""What sales does by the clock."""

from django.tasks import task
from django.utils import timezone

from crm.core import foundations
from crm.core.actors import SYSTEM
from sales.services import expiry

_EVERY_HOUR = 60


@task
def expire_quotes() -> None:
    """Hourly, so that a day ends soon after midnight in whatever time zone the organisation lives."""
    expiry.expire_quotes(actor=SYSTEM, at=timezone.now())


def lay_schedules() -> None:
    foundations.schedule("Expire quotes", expire_quotes.module_path, every_minutes=_EVERY_HOUR)
