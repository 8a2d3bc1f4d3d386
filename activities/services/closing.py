"""Close records: the activity that says when and why something was won, lost or closed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.kinds import Kind
from activities.links import write_first_links, write_links
from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import new_activity
from crm.core.actors import Actor
from crm.core.inserting import insert_new
from crm.core.transactions import service
from crm.users.services.ownership import same_owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """That `regarding` was closed. `figures` holds what JSON can: amounts as text."""

    regarding: Any
    subject: str
    description: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    #: When it was closed, where that was not now.
    at: dt.datetime | None = None


@service("activity.recorded")
def record_closes(*, closings: Sequence[Closing], actor: Actor, at: dt.datetime) -> list[Activity]:
    """Write them all at once. Their service has locked the records and checked the right to close them."""
    activities = [_close_record(closing, actor, at) for closing in closings]
    insert_new(activities)
    write_first_links(activities, *(closing.regarding for closing in closings))
    return activities


def _close_record(closing: Closing, actor: Actor, at: dt.datetime) -> Activity:
    values = {"subject": closing.subject, "description": closing.description, "figures": dict(closing.figures)}
    owner = same_owner(closing.regarding)
    on, record = closing.at or at, closing.regarding
    return new_activity(kind=Kind.CLOSE, values=values, actor=actor, at=on, regarding=record, owner=owner)


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
