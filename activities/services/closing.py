"""Close records: the activity that says when and why something was won, lost or closed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from activities.kinds import Kind
from activities.links import write_links
from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import write_activity
from crm.core.actors import Actor
from crm.core.transactions import service
from crm.users.services.ownership import same_owner


@service("activity.recorded")
def record_close(
    *,
    regarding: Any,
    subject: str,
    actor: Actor,
    at: dt.datetime,
    description: str = "",
    figures: Mapping[str, Any] | None = None,
) -> Activity:
    """Write that `regarding` was closed. Its service has locked it and checked the right to close it.

    `figures` holds what JSON can: amounts as text.
    """
    values = {"subject": subject, "description": description, "figures": dict(figures or {})}
    return write_activity(
        kind=Kind.CLOSE, values=values, actor=actor, at=at, regarding=regarding, owner=same_owner(regarding)
    )


@service("activity.retracted")
def retract_closes(*, regarding: Any, actor: Actor, at: dt.datetime) -> list[Activity]:
    """The record is open again: its close records become canceled. Gives those that did."""
    ref = Ref.to(regarding)
    rows = Activity.objects.filter(
        kind=Kind.CLOSE, state="completed", regarding_type_id=ref.type_id, regarding_id=ref.pk
    )
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for activity in found:
        activity.retract(at=at)
        activity.save()
        write_links(activity)
    return found
