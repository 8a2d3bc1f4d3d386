"""Campaigns and their life."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models

from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.folding import fold
from crm.core.models import Organisation
from crm.core.numbering import take_number
from crm.core.reactions import Reaction
from crm.core.transactions import service
from crm.core.values import refuse_closed, save, set_values
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.models import Campaign, Lead
from leads.models.campaigns import CAMPAIGN_CLOSED

CAMPAIGN_FIELDS = (
    "name",
    "code",
    "type",
    "starts_on",
    "ends_on",
    "budget_amount",
    "expected_revenue",
    "expected_response",
    "objective",
    "message",
)
code_given = Reaction[[Campaign]]("campaign.code_given")
"""Runs when a campaign gets its code or another one, so that what brought that code before comes from it."""

_FIELDS = {"campaign_code_once": "code", "campaign_ends_after_start": "ends_on"}


@service("campaign.created")
def create_campaign(
    *, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, series: str = "campaign"
) -> Campaign:
    """A proposed campaign. A `series` that begins with `demo-` marks demonstration data."""
    check_create(actor, Campaign)
    campaign = Campaign(**owner_fields(owner), is_demo=series.startswith("demo-"))
    campaign.number = take_number(series, on=Organisation.load().today(at))
    _set_and_save(campaign, values, actor)
    return campaign


@service("campaign.changed")
def update_campaign(*, campaign_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    refuse_closed(campaign, CAMPAIGN_CLOSED)
    _set_and_save(campaign, values, actor)
    return campaign


def _set_and_save(campaign: Campaign, values: Mapping[str, Any], actor: Actor) -> None:
    before = campaign.code_key
    set_values(campaign, values, CAMPAIGN_FIELDS)
    set_custom(campaign, values, actor)
    settle_campaign(campaign)
    save(campaign, fields=_FIELDS)
    if campaign.code_key and campaign.code_key != before:
        adopt(Lead, campaign)
        code_given.run(campaign)


def adopt(model: type[models.Model], campaign: Campaign) -> int:
    """Let records come from the campaign that brought its code before it had it; gives their number.

    Whoever gives the code need not see them: it says where they came from, as it would had it been there earlier.
    """
    rows = model._base_manager.filter(campaign__isnull=True).exclude(campaign_code="")
    sent = rows.order_by().values_list("campaign_code", flat=True).distinct()
    codes = [code for code in sent if fold(code) == campaign.code_key]
    return rows.filter(campaign_code__in=codes).update(campaign=campaign) if codes else 0


def settle_campaign(campaign: Campaign) -> None:
    """The columns that follow from others."""
    campaign.sort_key = fold(campaign.name)
    campaign.code_key = fold(campaign.code)


def campaign_called(code: str) -> Campaign | None:
    """The campaign that a sender, a link or a file means by this code, or by its number; whoever may see it."""
    key = fold(code)
    if not key:
        return None
    found: Campaign | None = Campaign.objects.filter(code_key=key).first()
    return found or Campaign.objects.filter(number=code.strip().upper()).first()


def recognise_campaign(record: Any, values: Mapping[str, Any]) -> None:
    """Where `values` bring a code and no campaign, the record comes from the campaign of that code, if there is one."""
    if values.get("campaign_code") and values.get("campaign") is None:
        record.campaign = campaign_called(values["campaign_code"]) or record.campaign


@service("campaign.prepared")
def prepare_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.prepare()
    campaign.save()
    return campaign


@service("campaign.launched")
def launch_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.launch(on=Organisation.load().today(at))
    campaign.save()
    return campaign


@service("campaign.suspended")
def suspend_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.suspend()
    campaign.save()
    return campaign


@service("campaign.resumed")
def resume_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.resume()
    campaign.save()
    return campaign


@service("campaign.completed")
def complete_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.complete(on=Organisation.load().today(at))
    campaign.save()
    return campaign


@service("campaign.canceled")
def cancel_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.cancel(on=Organisation.load().today(at))
    campaign.save()
    return campaign


@service("campaign.deactivated")
def deactivate_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.deactivate()
    campaign.save()
    return campaign


@service("campaign.reopened")
def reopen_campaign(*, campaign_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    """Proposed again, from where it can be made ready and launched once more."""
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    campaign.reopen()
    campaign.save()
    return campaign
