"""Values of an activity as services take them: known columns only, checked, and its times in order."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activities.kinds import Kind
from activities.models import Activity
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.errors import Invalid
from crm.core.values import set_values

COLUMNS = (
    "subject",
    "description",
    "priority",
    "direction",
    "due_at",
    "starts_at",
    "ends_at",
    "duration_minutes",
    "location",
    "phone_number",
    "happened_at",
    "figures",
)
_USUAL_MEETING = 30


def fill(activity: Activity, values: Mapping[str, Any], actor: Actor) -> None:
    """Set the columns and check them; `Invalid` names the field that does not fit."""
    set_values(activity, {"subject": activity.subject, **values}, COLUMNS)
    set_custom(activity, values, actor)
    if activity.kind == Kind.APPOINTMENT:
        settle_times(activity)


def settle_times(activity: Activity) -> None:
    if activity.starts_at is None:
        raise Invalid(_("Say when it starts."), field="starts_at")
    if activity.ends_at is None:
        minutes = activity.duration_minutes or _USUAL_MEETING
        activity.ends_at = activity.starts_at + dt.timedelta(minutes=minutes)
    if activity.ends_at < activity.starts_at:
        raise Invalid(_("It cannot end before it starts."), field="ends_at")
    activity.due_at = activity.starts_at  # one column says what is due when
    activity.duration_minutes = int((activity.ends_at - activity.starts_at).total_seconds()) // 60
