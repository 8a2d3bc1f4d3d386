"""The life of a lead up to its qualification, which lies in `sales`."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from activities.links import relink
from crm.core.access import READ, WRITE, check_create, find_for, lock_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.errors import Conflict, Invalid, NotFound, Refusal
from crm.core.folding import clean_text
from crm.core.inserting import insert
from crm.core.models import Organisation
from crm.core.numbering import take_number
from crm.core.reactions import Reaction
from crm.core.reasons import reasons_for
from crm.core.transactions import service
from crm.core.values import change_locked, refuse_closed, set_values
from crm.data.duplicates import refuse_duplicates, refuse_return
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.models import Lead
from leads.services.campaigns import recognise_campaign
from leads.states import LEAD_MACHINE
from leads.values import WRITABLE, settle

CLOSED = ("qualified", "disqualified")


class Undo(Reaction[[Lead, Actor, dt.datetime]]):
    """Takes back what a qualification made. Without anybody who can do that, the lead stays qualified."""

    @property
    def is_possible(self) -> bool:
        return bool(self._functions)


reopening = Undo("lead.reopening")
"""Run before a qualified lead is reopened, with the lead locked; a function refuses with `Conflict`."""


@service("lead.created")
def create_lead(
    *, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, series: str = "lead"
) -> Lead:
    """A new open lead. `series` is that of its number; those that begin with `demo-` mark demonstration data."""
    check_create(actor, Lead)
    lead = _new_lead(values, owner, actor, at, series)
    refuse_duplicates(lead, changed=values, actor=actor)
    return _numbered(lead, Organisation.load().today(at), series)


def write_lead(
    *,
    values: Mapping[str, Any],
    owner: User | Team,
    actor: Actor,
    at: dt.datetime,
    series: str = "lead",
    on: dt.date | None = None,
) -> Lead:
    """The row of a new lead from outside, which no rule refuses: nothing that a website sends is lost.

    `on` is the organisation's day, for whoever knows it.
    """
    return _numbered(_new_lead(values, owner, actor, at, series), on or Organisation.load().today(at), series)


def _new_lead(values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, series: str) -> Lead:
    lead = Lead(**owner_fields(owner), is_demo=series.startswith("demo-"))
    lead.created_at = lead.updated_at = at
    _set(lead, values, actor)
    return lead


def _numbered(lead: Lead, on: dt.date, series: str) -> Lead:
    lead.number = take_number(series, on=on)
    insert(lead)
    return lead


@service("lead.updated")
def update_lead(*, lead_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Lead:
    """Change columns of an open lead."""
    lead = lock_for(Lead, lead_id, actor, WRITE)
    refuse_closed(lead, CLOSED)
    before = (lead.existing_account_id, lead.existing_contact_id)
    _set(lead, values, actor)
    refuse_duplicates(lead, changed=values, actor=actor)
    lead.save()
    if before != (lead.existing_account_id, lead.existing_contact_id):
        relink(lead)
    return lead


SETTLED = frozenset(
    {"topic", "first_name", "middle_name", "last_name", "company", "email", "phone", "mobile", "website"}
)
"""Columns from which others of the same lead follow, and nothing beside it."""


@service("lead.updated")
def update_leads(
    *, records: Sequence[Lead], values: Mapping[int, Mapping[str, Any]], actor: Actor, at: dt.datetime
) -> Mapping[int, Refusal]:
    """As `update_lead` for `SETTLED` columns of many leads, which the caller has locked and the actor may change."""

    def change(lead: Lead, new: Mapping[str, Any]) -> None:
        refuse_closed(lead, CLOSED)
        _set(lead, new, actor)
        refuse_duplicates(lead, changed=new, actor=actor)

    return change_locked(records, values, change)


@service("lead.contacted")
def contact_lead(*, lead_id: int, actor: Actor, at: dt.datetime) -> Lead:
    """New becomes Contacted; in any other state nothing happens."""
    lead = lock_for(Lead, lead_id, actor, WRITE)
    mark_contacted(lead, at)
    return lead


def mark_contacted(lead: Lead, at: dt.datetime) -> None:
    """The move itself, on a lead that the caller has locked."""
    if LEAD_MACHINE.can("contact", lead):
        lead.contact(at=at)
        lead.save(update_fields=["state", "status_reason", "contacted_at"])


@service("lead.disqualified")
def disqualify_lead(*, lead_id: int, reason: str, actor: Actor, at: dt.datetime, note: str = "") -> Lead:
    """Close the lead without a sale. Nothing else is made or deleted."""
    lead = lock_for(Lead, lead_id, actor, "disqualify")
    LEAD_MACHINE.check("disqualify", lead)
    if reason not in dict(reasons_for(LEAD_MACHINE, "disqualified")):
        raise Invalid(_("Choose one of the listed reasons."), field="status_reason")
    lead.disqualify(at=at, reason=reason, note=clean_text(note).strip())
    lead.save()
    return lead


@service("lead.reopened")
def reopen_lead(*, lead_id: int, actor: Actor, at: dt.datetime) -> Lead:
    """Back to open and new. A qualified lead first takes back what its qualification made, or stays as it is."""
    lead = lock_for(Lead, lead_id, actor, "reopen")
    LEAD_MACHINE.check("reopen", lead)
    if lead.state == "qualified":
        if not reopening.is_possible:
            raise Conflict(_("This lead is qualified, and what it became cannot be taken back."))
        reopening.run(lead, actor, at)
    lead.reopen()
    refuse_return(lead, actor=actor)
    lead.save()
    relink(lead)
    return lead


def closing_warnings(lead: Lead, actor: Actor) -> list[str]:
    """What a person should know before disqualifying the lead, in sentences."""
    return [sentence for warn in _warnings.values() for sentence in warn(lead, actor)]


def register_warning(warn: Callable[[Lead, Any], list[str]]) -> None:
    """Apps above name what else refers to the lead (`sales`: its opportunities)."""
    _warnings[f"{warn.__module__}.{warn.__qualname__}"] = warn


_warnings: dict[str, Callable[[Lead, Any], list[str]]] = {}


def _set(lead: Lead, values: Mapping[str, Any], actor: Actor) -> None:
    for name in ("existing_account", "existing_contact", "campaign"):
        _refuse_hidden(lead, name, values, actor)
    set_values(lead, values, WRITABLE)
    recognise_campaign(lead, values)
    set_custom(lead, values, actor)
    settle(lead)


def _refuse_hidden(lead: Lead, name: str, values: Mapping[str, Any], actor: Actor) -> None:
    """Nobody links a lead to a customer or a campaign that they may not see."""
    record = values.get(name)
    if record is None or record.pk == getattr(lead, f"{name}_id"):
        return
    try:
        find_for(type(record), record.pk, actor, READ)
    except NotFound as hidden:
        raise Invalid(_("Choose one of the listed records."), field=name) from hidden
