"""Which activities may not be deleted."""

from django.utils.translation import gettext as _

from activities.kinds import Kind
from activities.models import Activity
from crm.core.deletion import refuses


def register() -> None:
    refuses(Activity, _says_that_something_closed)


def _says_that_something_closed(activity: Activity) -> str:
    if activity.kind == Kind.CLOSE and activity.regarding_id is not None:
        return _("This says that something was closed, which stays as its history.")
    return ""
