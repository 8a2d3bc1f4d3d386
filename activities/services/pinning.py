"""Keeping what matters at the top of the timelines on which it stands."""

import datetime as dt

from django.utils.translation import gettext as _

from activities.models import Activity
from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict
from crm.core.transactions import service


@service("activity.pinned")
def pin_activity(*, activity_id: int, actor: Actor, at: dt.datetime) -> Activity:
    """It stands first on all its timelines, the newest pin above the others."""
    activity = lock_for(Activity, activity_id, actor, WRITE)
    if obstacle := pin_obstacle(activity):
        raise Conflict(obstacle)
    return _set(activity, at)


@service("activity.unpinned")
def unpin_activity(*, activity_id: int, actor: Actor) -> Activity:
    activity = lock_for(Activity, activity_id, actor, WRITE)
    if obstacle := unpin_obstacle(activity):
        raise Conflict(obstacle)
    return _set(activity, None)


def pin_obstacle(activity: Activity) -> str:
    return _("It is pinned already.") if activity.pinned_at else ""


def unpin_obstacle(activity: Activity) -> str:
    return "" if activity.pinned_at else _("It is not pinned.")


def _set(activity: Activity, pinned_at: dt.datetime | None) -> Activity:
    activity.pinned_at = pinned_at
    activity.save(update_fields=["pinned_at"])
    return activity
