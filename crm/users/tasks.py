"""What is done for people by the clock."""

from django.tasks import task
from django.utils import timezone

from crm.core import foundations, history
from crm.core.actors import SYSTEM
from crm.users.services.notifications import forget_old_notifications


@task
@history.action("notifications.forgotten", actor=SYSTEM)
def tidy_notifications() -> None:
    forget_old_notifications(timezone.now())


def lay_schedules() -> None:
    foundations.schedule("Forget old notifications", tidy_notifications.module_path, every_minutes=24 * 60)
