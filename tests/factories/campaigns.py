"""Campaigns, made by the services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.models import Currency
from crm.users.models import Team, User
from leads.models import Campaign, CampaignActivity, CampaignCost, CampaignResponse, MarketingList
from leads.services.campaign_costs import add_cost
from leads.services.campaigns import create_campaign, deactivate_campaign, launch_campaign, suspend_campaign
from leads.services.distribution import add_step
from leads.services.lists import create_list
from leads.services.responses import close_response, create_response


def make_campaign(owner: User | Team, name: str = "Spring fair", **values: Any) -> Campaign:
    """A proposed campaign; `values` are columns."""
    return create_campaign(values={"name": name, **values}, owner=owner, actor=SYSTEM, at=timezone.now())


def make_launched(owner: User | Team, name: str = "Spring fair", **values: Any) -> Campaign:
    campaign = make_campaign(owner, name, **values)
    return launch_campaign(campaign_id=campaign.pk, actor=SYSTEM, at=timezone.now())


def make_suspended(owner: User | Team, name: str = "Spring fair", **values: Any) -> Campaign:
    campaign = make_launched(owner, name, **values)
    return suspend_campaign(campaign_id=campaign.pk, actor=SYSTEM, at=timezone.now())


def make_inactive(owner: User | Team, name: str = "Spring fair", **values: Any) -> Campaign:
    campaign = make_campaign(owner, name, **values)
    return deactivate_campaign(campaign_id=campaign.pk, actor=SYSTEM, at=timezone.now())


def make_cost(campaign: Campaign, amount: str = "250.00", *, currency: str = "EUR", **values: Any) -> CampaignCost:
    columns = {
        "name": "Booth",
        "spent_on": dt.date(2026, 3, 2),
        "amount": Decimal(amount),
        "currency": Currency.objects.get(code=currency),
    } | values
    return add_cost(campaign_id=campaign.pk, values=columns, actor=SYSTEM, at=timezone.now())


def make_response(owner: User | Team, campaign: Campaign, **values: Any) -> CampaignResponse:
    """An open response of Megan Chang of Williams-Sheppard, who is no record yet."""
    columns = {
        "campaign": campaign,
        "subject": "Wants a quote",
        "received_on": dt.date(2026, 3, 2),
        "first_name": "Megan",
        "last_name": "Chang",
        "company": "Williams-Sheppard Ltd",
        "email": "megan@example.com",
    } | values
    return create_response(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())


def make_closed_response(owner: User | Team, campaign: Campaign, **values: Any) -> CampaignResponse:
    response = make_response(owner, campaign, **values)
    return close_response(response_id=response.pk, actor=SYSTEM, at=timezone.now())


def make_list(owner: User | Team, name: str = "Newsletter", **values: Any) -> MarketingList:
    """A static list of contacts; `values` are columns."""
    return create_list(values={"name": name, **values}, owner=owner, actor=SYSTEM, at=timezone.now())


def make_dynamic_list(owner: User | Team, query: str, name: str = "Everybody in Leeds", **values: Any) -> MarketingList:
    return make_list(owner, name, kind="dynamic", query=query, **values)


def make_step(campaign: Campaign, found: MarketingList, **values: Any) -> CampaignActivity:
    """Calls to everybody on the list, by the owner of each record."""
    columns = {"list": found, "subject": "Call about the fair", "due_on": dt.date(2026, 4, 1)} | values
    return add_step(campaign_id=campaign.pk, values=columns, actor=SYSTEM, at=timezone.now())
