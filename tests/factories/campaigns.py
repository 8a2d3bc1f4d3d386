"""Campaigns, made by the services."""

from typing import Any

from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.users.models import Team, User
from leads.models import Campaign
from leads.services.campaigns import create_campaign, deactivate_campaign, launch_campaign, suspend_campaign


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
