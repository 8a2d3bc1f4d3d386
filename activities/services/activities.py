"""What a person does with activities: plan, change, complete, cancel, reopen.

The record that an activity concerns is locked before the activity itself.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from activities.kinds import Kind, beginnings, outcome, reason_when_reopened
from activities.links import write_first_links, write_links, write_links_of
from activities.models import Activity
from activities.regarding import Ref, model_of
from activities.services.parties import Party, add_participants, replace_participants
from activities.services.values import fill
from activities.states import ACTIVITY_MACHINE
from crm.core.access import READ, WRITE, check_create, find_for, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid, Refusal
from crm.core.reactions import Reaction
from crm.core.transactions import service
from crm.core.values import change_locked
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields, same_owner

completed = Reaction[[Activity, Actor, dt.datetime]]("activity.completed")
"""Run after an activity has been completed, inside the same transaction; its regarding record is locked."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The next step, planned while completing this one. It concerns the same record."""

    kind: str
    subject: str
    due_at: dt.datetime | None = None


@service("activity.created")
def create_activity(
    *,
    kind: str,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
    regarding: Ref | None = None,
    participants: Sequence[Party] = (),
    owner: User | Team | None = None,
    follows_id: int | None = None,
) -> Activity:
    """Plan an activity, or write down a note, which is completed at once.

    `values` are columns by name; `status_reason` among them chooses between the beginnings of the kind, such
    as busy and tentative. Without `owner` it is the actor's own, else the owner's of the regarding record.
    """
    check_create(actor, Activity)
    record = lock_for(regarding.model, regarding.pk, actor, READ) if regarding else None
    return write_activity(
        kind=kind,
        values=values,
        actor=actor,
        at=at,
        regarding=record,
        participants=participants,
        owner=_owner(owner, actor, record),
        follows_id=follows_id,
    )


def write_activity(
    *,
    kind: str,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
    regarding: Any,
    owner: Mapping[str, Any],
    participants: Sequence[Party] = (),
    follows_id: int | None = None,
) -> Activity:
    """The rows of a new activity, for services that have checked the rights and locked `regarding`."""
    activity = new_activity(
        kind=kind, values=values, actor=actor, at=at, regarding=regarding, owner=owner, follows_id=follows_id
    )
    activity.save(force_insert=True)
    if participants:
        add_participants(activity, participants, actor)
        write_links(activity)
    else:
        write_first_links([activity], *([] if regarding is None else [regarding]))
    return activity


def new_activity(
    *,
    kind: str,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
    regarding: Any,
    owner: Mapping[str, Any],
    follows_id: int | None = None,
) -> Activity:
    """An unsaved activity without participants."""
    columns = dict(values)
    state, reason = _beginning(kind, str(columns.pop("status_reason", "")))
    activity = Activity(kind=kind, state=state, status_reason=reason, follows_id=follows_id, **owner)
    activity.created_at = activity.updated_at = at
    if regarding is not None:
        ref = Ref.to(regarding)
        activity.regarding_type_id, activity.regarding_id = ref.type_id, ref.pk
    if state == "completed":
        activity.completed_at, activity.completed_by_id = at, actor.pk
    fill(activity, columns, actor)
    return activity


@service("activity.updated")
def update_activity(
    *,
    activity_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
    participants: Sequence[Party] | None = None,
) -> Activity:
    """Change what is planned. What is done stays as it was, except the text of a note."""
    activity = lock_for(Activity, activity_id, actor, WRITE)
    if obstacle := edit_obstacle(activity):
        raise Conflict(obstacle)
    columns = dict(values)
    _move_within(activity, str(columns.pop("status_reason", "")))
    fill(activity, columns, actor)
    activity.save()
    if participants is not None:
        replace_participants(activity, participants, actor)
    write_links(activity)
    return activity


SETTLED = frozenset({"subject", "description", "due_at"})
"""Columns from which other columns and the links of the same activity follow, and nothing beside these."""


@service("activity.updated")
def update_activities(
    *, records: Sequence[Activity], values: Mapping[int, Mapping[str, Any]], actor: Actor, at: dt.datetime
) -> Mapping[int, Refusal]:
    """As `update_activity` for `SETTLED` columns of many, which the caller has locked and the actor may change."""

    def change(activity: Activity, new: Mapping[str, Any]) -> None:
        if obstacle := edit_obstacle(activity):
            raise Conflict(obstacle)
        fill(activity, new, actor)

    refused = change_locked(records, values, change)
    write_links_of([activity for activity in records if activity.pk not in refused])
    return refused


def edit_obstacle(activity: Activity) -> str:
    """Why the activity cannot be edited now; empty when it can."""
    if activity.kind == Kind.NOTE:
        return ""
    if activity.state in {"completed", "canceled"} or activity.kind == Kind.CLOSE:
        return _("This activity is %(state)s. Reopen it before changing it.") % {
            "state": ACTIVITY_MACHINE.described(activity)
        }
    return ""


@service("activity.moved")
def change_regarding(*, activity_id: int, regarding: Ref | None, actor: Actor, at: dt.datetime) -> Activity:
    """Let the activity concern another record, which the actor must see; its timelines follow."""
    record = lock_for(regarding.model, regarding.pk, actor, READ) if regarding else None
    activity = lock_for(Activity, activity_id, actor, WRITE)
    if activity.kind == Kind.CLOSE:
        raise Conflict(_("This says that something was closed, so it stays with that record."))
    ref = Ref.to(record) if record is not None else None
    activity.regarding_type_id, activity.regarding_id = (ref.type_id, ref.pk) if ref else (None, None)
    activity.save(update_fields=["regarding_type", "regarding_id"])
    write_links(Activity.objects.get(pk=activity.pk))
    return activity


@service("activity.completed")
def complete_activity(
    *, activity_id: int, actor: Actor, at: dt.datetime, follow_up: FollowUp | None = None
) -> Activity:
    """Done. Apps above react to it: a first call, e-mail or meeting makes a new lead a contacted one."""
    activity = lock_with_regarding(activity_id, actor)
    ACTIVITY_MACHINE.check("complete", activity)
    activity.complete(at=at, by_id=actor.pk, reason=outcome(activity.kind, activity.direction))
    activity.save()
    write_links(activity)
    if follow_up is not None:
        _plan(follow_up, activity, actor, at)
    completed.run(activity, actor, at)
    return activity


@service("activity.canceled")
def cancel_activity(*, activity_id: int, actor: Actor, at: dt.datetime) -> Activity:
    activity = lock_with_regarding(activity_id, actor)
    ACTIVITY_MACHINE.check("cancel", activity)
    activity.cancel(at=at)
    activity.save()
    write_links(activity)
    return activity


@service("activity.reopened")
def reopen_activity(*, activity_id: int, actor: Actor, at: dt.datetime) -> Activity:
    """Back to open. Notes are never open, and what is won or lost is reopened at its own record."""
    activity = lock_with_regarding(activity_id, actor)
    ACTIVITY_MACHINE.check("reopen", activity)
    if obstacle := reopen_obstacle(activity):
        raise Conflict(obstacle)
    activity.reopen(reason=reason_when_reopened(activity.kind))
    activity.save()
    write_links(activity)
    return activity


def reopen_obstacle(activity: Activity) -> str:
    if activity.kind == Kind.NOTE:
        return _("A note is not something to do, so it cannot be reopened. It can be edited.")
    if activity.kind == Kind.CLOSE:
        return _("This says that something was closed. Reopen that record instead.")
    return ""


def lock_with_regarding(activity_id: int, actor: Actor, action: str = WRITE) -> Activity:
    """The activity, locked after the record that it concerns."""
    seen = find_for(Activity, activity_id, actor, action)
    model: Any = model_of(seen.regarding_type_id) if seen.regarding_type_id else None
    if model is not None:
        # Whoever may complete an activity need not see its record any more: the lock asks for no right.
        list(model._base_manager.select_for_update(of=("self",)).filter(pk=seen.regarding_id).values_list("pk"))
    activity = lock_for(Activity, activity_id, actor, action)
    if (seen.regarding_type_id, seen.regarding_id) != (activity.regarding_type_id, activity.regarding_id):
        raise Conflict(_("Somebody has just moved this activity to another record. Reload the page and try again."))
    return activity


def _plan(follow_up: FollowUp, done: Activity, actor: Actor, at: dt.datetime) -> Activity:
    check_create(actor, Activity)
    values: dict[str, Any] = {"subject": follow_up.subject}
    if follow_up.kind == Kind.APPOINTMENT:
        values["starts_at"] = follow_up.due_at
    else:
        values["due_at"] = follow_up.due_at
    owner = owner_fields(actor) if isinstance(actor, User) else same_owner(done)
    return write_activity(
        kind=follow_up.kind,
        values=values,
        actor=actor,
        at=at,
        regarding=done.regarding,
        owner=owner,
        follows_id=done.pk,
    )


def _owner(owner: User | Team | None, actor: Actor, record: Any) -> dict[str, Any]:
    if owner is not None:
        return owner_fields(owner)
    if isinstance(actor, User):
        return owner_fields(actor)
    if record is not None and hasattr(record, "owning_unit_id"):
        return same_owner(record)
    raise Invalid(_("Choose an owner."), field="owner")


def _beginning(kind: str, reason: str) -> tuple[str, str]:
    if kind not in Kind.values:
        raise Invalid(_("Choose one of the listed kinds."), field="kind")
    pairs = beginnings(kind)
    if not reason:
        return pairs[0]
    for pair in pairs:
        if pair[1] == reason:
            return pair
    raise Invalid(_("Choose one of the listed reasons."), field="status_reason")


def _move_within(activity: Activity, reason: str) -> None:
    """In progress, waiting, busy, tentative: still not done."""
    if not reason or reason == activity.status_reason:
        return
    state, _reason = _beginning(activity.kind, reason)
    if state == "scheduled":
        activity.schedule(reason=reason)
    else:
        activity.progress(reason=reason)
