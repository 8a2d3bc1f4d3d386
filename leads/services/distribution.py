"""Campaign activities, and giving them out to the members of a list.

A batch with its notes is one transaction, and only rows that still wait are taken: a distribution that was stopped
anywhere goes on where it was, and nobody gets two activities.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.kinds import Kind
from activities.links import write_first_links
from activities.models import Activity
from activities.services.activities import new_activity
from crm.core import history
from crm.core.access import DELETE, READ, WRITE, check_create, find_for, lock_for
from crm.core.actors import Actor
from crm.core.bulk import copy_rows, update_rows
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.transactions import service
from crm.core.values import save, set_values
from crm.core.work import start_job
from crm.users.models import User
from crm.users.services.ownership import owner_fields, same_owner
from leads.models import Campaign, CampaignActivity, Distribution, DistributionRow, MarketingList
from leads.models.campaigns import CAMPAIGN_CLOSED
from leads.services.lists import MODELS, MOST_AT_ONCE, members_of
from leads.services.skipping import skipped

AT_ONCE = 300
BATCH = 300
UNDO_FOR = dt.timedelta(days=30)
TASK = "leads.tasks.distribute"
STEP_FIELDS = (
    "list",
    "channel",
    "subject",
    "description",
    "due_on",
    "owner_rule",
    "owner",
    "owner_team",
    "quiet_days",
)
_FIELDS = {"campaign_activity_owner_fits_rule": "owner_rule"}
_KINDS: Mapping[str, str] = {
    CampaignActivity.Channel.PHONE: Kind.PHONE_CALL,
    CampaignActivity.Channel.EMAIL: Kind.EMAIL,
    CampaignActivity.Channel.APPOINTMENT: Kind.APPOINTMENT,
}
_MORNING = dt.time(9)

Outcome = DistributionRow.Outcome


@service("campaign.step_added")
def add_step(*, campaign_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CampaignActivity:
    campaign = _lock_open(campaign_id, actor)
    step = CampaignActivity(campaign=campaign)
    _set_and_save(step, values, actor)
    return step


@service("campaign.step_changed")
def update_step(*, step_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CampaignActivity:
    """As long as it has not been distributed, or after that was taken back."""
    step = lock_step(step_id, actor)
    _refuse_distributed(step)
    _set_and_save(step, values, actor)
    return step


@service("campaign.step_removed")
def remove_step(*, step_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    step = lock_step(step_id, actor)
    _refuse_distributed(step)
    step.delete()
    return step.campaign


def _set_and_save(step: CampaignActivity, values: Mapping[str, Any], actor: Actor) -> None:
    found = values.get("list")
    if found is not None and found.pk != step.list_id:
        _refuse_hidden(found, actor)
    set_values(step, values, STEP_FIELDS)
    save(step, fields=_FIELDS)


def _refuse_hidden(found: MarketingList, actor: Actor) -> None:
    try:
        find_for(MarketingList, found.pk, actor, READ)
    except NotFound as hidden:
        raise Invalid(_("Choose one of the listed records."), field="list") from hidden


def _lock_open(campaign_id: int, actor: Actor) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    if campaign.state in CAMPAIGN_CLOSED:
        raise Conflict(_("This campaign is %(state)s.") % {"state": campaign.state_label.lower()})
    return campaign


def lock_step(step_id: int, actor: Actor) -> CampaignActivity:
    """The step, with its campaign locked first."""
    campaign_id = CampaignActivity.objects.filter(pk=step_id).values_list("campaign", flat=True).first()
    _lock_open(campaign_id or 0, actor)
    steps = CampaignActivity.objects.select_related("campaign", "list", "owner", "owner_team")
    return steps.get(pk=step_id)


def live_distribution(step: CampaignActivity) -> Distribution | None:
    return step.distributions.filter(undone_at__isnull=True).select_related("job", "person").first()


def _refuse_distributed(step: CampaignActivity) -> None:
    if live_distribution(step) is not None:
        raise Conflict(_("This has been distributed. Take that back first."))


def distribute_obstacle(step: CampaignActivity) -> str:
    """Why it cannot be distributed now."""
    if live_distribution(step) is not None:
        return _("This has been distributed already.")
    if step.campaign.state != "launched":
        return _("Launch the campaign first.")
    if step.list.state != "active":
        return _("The list is inactive. Choose another one.")
    return ""


@service("campaign.distributed")
def distribute(*, step_id: int, actor: User, at: dt.datetime) -> Distribution:
    """An activity for each member whom the actor sees; a few at once, many by the worker."""
    step = lock_step(step_id, actor)
    check_create(actor, Activity)
    if obstacle := distribute_obstacle(step):
        raise Conflict(obstacle)
    keys = list(_members(step, actor).order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not keys:
        raise Conflict(_("Nobody on this list is one whom you may see."))
    if len(keys) > MOST_AT_ONCE:
        raise Conflict(_("At most %(most)s members at once. Take a smaller list.") % {"most": f"{MOST_AT_ONCE:,}"})
    found = _begin(step, keys, actor, at)
    MarketingList.objects.filter(pk=step.list_id).update(last_used_at=at)
    return found


def _members(step: CampaignActivity, actor: Any) -> Any:
    return members_of(step.list, actor).visible_to(actor)


def _begin(step: CampaignActivity, keys: Sequence[int], actor: User, at: dt.datetime) -> Distribution:
    try:
        with transaction.atomic():
            found = Distribution.objects.create(step=step, person=actor, at=at, total=len(keys))
    except IntegrityError as twice:
        raise Conflict(_("This has been distributed already.")) from twice
    rows = ((found.pk, key, Outcome.WAITING.value) for key in keys)
    copy_rows(DistributionRow, ["distribution", step.list.members_are, "outcome"], rows)
    if len(keys) <= AT_ONCE:
        while advance(found, actor):
            pass
        return finish(found, at)
    url = reverse("leads:campaign_activity_progress", args=[step.campaign_id, step.pk])
    found.job = start_job(TASK, {"distribution": found.pk, "person_id": actor.pk, "title": step.subject, "url": url})
    found.job.total = len(keys)
    found.job.save(update_fields=["total"])
    found.save(update_fields=["job"])
    return found


def advance(found: Distribution, actor: User) -> int:
    """The next batch, in the transaction of the caller. Gives how many members; 0 when nobody waits."""
    step = found.step
    noun = step.list.members_are
    waiting = found.rows.filter(outcome=Outcome.WAITING).order_by("pk")
    rows = dict(waiting.values_list(f"{noun}_id", "pk")[:BATCH])
    if not rows:
        return 0
    about = f"leads.distribution:{found.pk}"
    with history.action("campaign.distributed", actor=actor, about=about):
        visible: Any = MODELS[noun]._default_manager.filter(pk__in=list(rows)).visible_to(actor)
        records = list(visible.order_by("pk"))
        outcomes: dict[int, str] = dict.fromkeys(rows, Outcome.GONE)
        outcomes |= dict.fromkeys((record.pk for record in records), Outcome.MADE)
        outcomes |= skipped(step, records, at=found.at)
        made = _make(step, [one for one in records if outcomes[one.pk] == Outcome.MADE], actor, found.at)
        told = {rows[key]: (outcome, made.get(key)) for key, outcome in outcomes.items()}
        update_rows(DistributionRow, ["outcome", "activity"], told)
    return len(rows)


def _make(step: CampaignActivity, records: Sequence[Any], actor: User, at: dt.datetime) -> dict[int, int]:
    """An activity for each record; gives their keys by that of the record."""
    activities = [_activity(step, record, actor, at) for record in records]
    Activity.objects.bulk_create(activities)
    write_first_links(activities, *records)
    return {record.pk: activity.pk for record, activity in zip(records, activities, strict=True)}


def _activity(step: CampaignActivity, record: Any, actor: User, at: dt.datetime) -> Activity:
    kind = _KINDS.get(step.channel, Kind.TASK)
    due = timezone.make_aware(dt.datetime.combine(step.due_on, _MORNING))
    moment = "starts_at" if kind == Kind.APPOINTMENT else "due_at"
    values: dict[str, Any] = {"subject": step.subject, "description": step.description, moment: due}
    if kind == Kind.PHONE_CALL:
        values["phone_number"] = record.phone or getattr(record, "mobile", "")
    return new_activity(
        kind=kind, values=values, actor=actor, at=at, regarding=record, owner=_owner(step, record, actor)
    )


def _owner(step: CampaignActivity, record: Any, actor: User) -> dict[str, Any]:
    rules = CampaignActivity.OwnerRule
    match step.owner_rule:
        case rules.PERSON | rules.TEAM:
            chosen: Any = step.owner or step.owner_team
            return owner_fields(chosen)
        case rules.ME:
            return owner_fields(actor)
    return same_owner(record)


def finish(found: Distribution, at: dt.datetime) -> Distribution:
    found.finished_at = at
    found.save(update_fields=["finished_at"])
    return found


def undo_obstacle(found: Distribution, at: dt.datetime) -> str:
    if found.undone_at is not None:
        return _("This has been taken back already.")
    if found.finished_at is None and not found.has_stopped:
        return _("This is still running. Wait until it is done.")
    if at - found.at > UNDO_FOR:
        return _("Only what was distributed within the last 30 days can be taken back.")
    return ""


@service("campaign.distribution_undone")
def undo_distribution(*, step_id: int, actor: User, at: dt.datetime) -> Distribution:
    """The activities go into the bin, but for those on which somebody has worked since or which the actor may not
    delete: these stay and are named. Afterwards the step can be changed and distributed anew."""
    step = lock_step(step_id, actor)
    found = live_distribution(step)
    if found is None:
        raise Conflict(_("There is nothing to take back."))
    if obstacle := undo_obstacle(found, at):
        raise Conflict(obstacle)
    made = found.rows.filter(outcome=Outcome.MADE, activity__isnull=False)
    untouched = Activity.objects.for_action(actor, DELETE).filter(version=1, pk__in=made.values("activity"))
    keys = list(untouched.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    with history.action("record.deleted", actor=actor):
        Activity.objects.filter(pk__in=keys).update(deleted_at=at)
    made.exclude(activity__in=keys).update(outcome=Outcome.KEPT)
    made.filter(activity__in=keys).update(outcome=Outcome.TAKEN_BACK)
    found.undone_at, found.undone_by = at, actor
    found.save(update_fields=["undone_at", "undone_by"])
    return found
