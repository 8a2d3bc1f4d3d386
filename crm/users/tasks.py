"""What is done for people by the clock, or after they have had their answer."""

from allauth.account.forms import ResetPasswordForm
from django.tasks import task
from django.utils import timezone

from crm.core import foundations, history
from crm.core.actors import SYSTEM
from crm.users.services.notifications import forget_old_notifications


@task
@history.action("notifications.forgotten", actor=SYSTEM)
def tidy_notifications() -> None:
    forget_old_notifications(timezone.now())


@task
def send_reset_link(email: str) -> None:
    """Only to people who are known: mail to others would advertise the page to strangers.

    Nobody waits for it, so that the time of the answer does not tell whether an address is known.
    """
    form = ResetPasswordForm({"email": email})
    if form.is_valid() and form.users:
        form.save(None)


def lay_schedules() -> None:
    foundations.schedule("Forget old notifications", tidy_notifications.module_path, every_minutes=24 * 60)
