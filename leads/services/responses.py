"""Responses to campaigns, and what they become: once.

The response is locked before the record that it becomes.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import READ, WRITE, check_create, find_for, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.folding import fold
from crm.core.transactions import service
from crm.core.values import refuse_closed, save, set_values
from crm.customers.models import Account
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.models import CampaignResponse, Lead
from leads.services.leads import create_lead
from leads.states import RESPONSE_MACHINE

PEOPLE = ("lead", "contact", "account")
RESPONSE_FIELDS = (
    "campaign",
    "subject",
    "answer",
    "channel",
    "received_on",
    "source",
    *PEOPLE,
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "description",
)
_FIELDS = {"response_from_one_person": "contact"}


@service("campaign_response.created")
def create_response(
    *, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, is_demo: bool = False
) -> CampaignResponse:
    check_create(actor, CampaignResponse)
    response = CampaignResponse(**owner_fields(owner), is_demo=is_demo)
    _set_and_save(response, values, actor)
    return response


@service("campaign_response.changed")
def update_response(*, response_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CampaignResponse:
    response = lock_for(CampaignResponse, response_id, actor, WRITE)
    refuse_closed(response, ("closed", "canceled"))
    _set_and_save(response, values, actor)
    return response


def _set_and_save(response: CampaignResponse, values: Mapping[str, Any], actor: Actor) -> None:
    for name in ("campaign", *PEOPLE):
        _refuse_hidden(response, name, values, actor)
    set_values(response, values, RESPONSE_FIELDS)
    if not any(getattr(response, f"{name}_id") for name in PEOPLE) and not response.typed_name:
        raise Invalid(_("Say from whom it is: a record, a name, a company or an e-mail address."), field="last_name")
    response.sort_key = fold(response.subject)
    save(response, fields=_FIELDS)


def _refuse_hidden(response: CampaignResponse, name: str, values: Mapping[str, Any], actor: Actor) -> None:
    record = values.get(name)
    if record is None or record.pk == getattr(response, f"{name}_id"):
        return
    if not is_seen(record, actor):
        raise Invalid(_("Choose one of the listed records."), field=name)


def lock_open(response_id: int, actor: Actor) -> CampaignResponse:
    """The response, locked and not yet converted: of twenty who ask at once, one gets it."""
    response = lock_for(CampaignResponse, response_id, actor, WRITE)
    RESPONSE_MACHINE.check("convert", response)
    return response


def close_with(response: CampaignResponse, result: models.Model, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    """The locked response has become this record."""
    response.convert(result=result, reason=reason, at=at, by=_person(actor))
    response.save()


@service("campaign_response.converted")
def convert_to_lead(*, response_id: int, actor: Actor, at: dt.datetime) -> Lead:
    """A new lead that comes from the campaign. It belongs to whoever converts, else to the owner of the response."""
    response = lock_open(response_id, actor)
    if obstacle := lead_obstacle(response):
        raise Conflict(obstacle)
    refuse_hidden_sender(response, actor)
    lead: Lead = create_lead(
        values=_lead_values(response, actor), owner=owner_after(response, actor), actor=actor, at=at
    )
    close_with(response, lead, reason="converted", actor=actor, at=at)
    return lead


def lead_obstacle(response: CampaignResponse) -> str:
    return _("This response is from a lead. Link it to that lead instead.") if response.lead_id else ""


def refuse_hidden_sender(response: CampaignResponse, actor: Actor) -> None:
    """Nobody copies into a record of their own what they may not see of a contact or an account."""
    for name in ("contact", "account"):
        record = getattr(response, name)
        if record is not None and not is_seen(record, actor):
            raise Conflict(
                _(
                    "This response is from a record that you may not see, or that is in the bin. Choose another one on "
                    "the response, or let somebody convert it who may see it."
                )
            )


def is_seen(record: models.Model, actor: Actor) -> bool:
    try:
        find_for(type(record), record.pk, actor, READ)
    except NotFound:
        return False
    return True


def owner_after(response: CampaignResponse, actor: Actor) -> User | Team:
    owner: Any = _person(actor) or response.owner or response.owner_team
    return owner  # type: ignore[no-any-return]  # every response has one


def company_of(response: CampaignResponse, actor: Actor) -> Account | None:
    """The account of the response, else that of its contact as far as the actor sees it."""
    given: Account | None = response.account
    if given is not None or response.contact is None:
        return given
    account: Account | None = response.contact.account
    return account if account is not None and is_seen(account, actor) else None


def _lead_values(response: CampaignResponse, actor: Actor) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(response, name)
        for name in ("first_name", "last_name", "company", "email", "phone", "source", "campaign", "description")
    }
    values["topic"] = response.subject
    if (contact := response.contact) is not None:
        values |= {"existing_contact": contact, "existing_account": company_of(response, actor)}
        names = ("salutation", "first_name", "last_name", "job_title", "email", "phone", "mobile")
        values |= {name: getattr(contact, name) for name in names}
    if response.account is not None:
        values |= {"existing_account": response.account, "company": response.company or response.account.name}
    return values


@service("campaign_response.linked")
def link_response(*, response_id: int, record: models.Model, actor: Actor, at: dt.datetime) -> models.Model:
    """The response led to a record that is there already, which the actor sees.

    Where that comes from no campaign yet, is open, and the actor may change it, it comes from this one.
    """
    response = lock_open(response_id, actor)
    linked: Any = lock_for(type(record), record.pk, actor, READ)
    if hasattr(linked, "campaign_id") and linked.campaign_id is None and _may_fill(linked, actor):
        linked.campaign = response.campaign
        linked.source = linked.source or response.source
        linked.save(update_fields=["campaign", "source"])
    close_with(response, linked, reason="linked", actor=actor, at=at)
    return linked  # type: ignore[no-any-return]  # a record, as it was given


def _may_fill(record: Any, actor: Actor) -> bool:
    rows: Any = type(record)._default_manager
    return bool(record.state == "open" and rows.for_action(actor, WRITE).filter(pk=record.pk).exists())


@service("campaign_response.closed")
def close_response(*, response_id: int, actor: Actor, at: dt.datetime) -> CampaignResponse:
    """Nothing comes of it."""
    response = lock_for(CampaignResponse, response_id, actor, WRITE)
    response.close(at=at, by=_person(actor))
    response.save()
    return response


@service("campaign_response.canceled")
def cancel_response(*, response_id: int, actor: Actor, at: dt.datetime) -> CampaignResponse:
    response = lock_for(CampaignResponse, response_id, actor, WRITE)
    response.cancel(at=at, by=_person(actor))
    response.save()
    return response


@service("campaign_response.reopened")
def reopen_response(*, response_id: int, actor: Actor, at: dt.datetime) -> CampaignResponse:
    """One that was converted stays so: what it became would lose where it came from."""
    response = lock_for(CampaignResponse, response_id, actor, WRITE)
    RESPONSE_MACHINE.check("reopen", response)
    response.reopen()
    response.save()
    return response


def _person(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None
