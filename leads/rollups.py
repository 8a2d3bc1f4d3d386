"""What leads share with the records below them: timelines and deletion."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

from activities.links import register_rollup
from activities.panels import register_timeline
from activities.regarding import Ref, referred
from crm.core.deletion import holds
from crm.customers.models import Account, Contact
from leads.models import Campaign, CampaignActivity, CampaignResponse, Lead, MarketingList


def register() -> None:
    register_timeline(Lead)
    register_rollup(Lead, existing_customers)
    register_timeline(Campaign)
    holds(Campaign, lambda campaigns: Lead.objects.filter(campaign__in=campaigns).order_by("pk"))
    holds(MarketingList, lambda lists: CampaignActivity.objects.filter(list__in=lists).order_by("pk"))
    holds(Campaign, lambda campaigns: CampaignResponse.objects.filter(campaign__in=campaigns).order_by("pk"))
    for model, name in ((Lead, "lead"), (Contact, "contact"), (Account, "account")):
        holds(model, responses_from(name))
    holds(Account, lambda accounts: Lead.objects.filter(existing_account__in=accounts).order_by("pk"))
    holds(Contact, lambda contacts: Lead.objects.filter(existing_contact__in=contacts).order_by("pk"))


def existing_customers(lead: Lead) -> Iterable[models.Model | Ref | None]:
    return [referred(lead, "existing_account"), referred(lead, "existing_contact")]


def responses_from(name: str) -> Callable[[Sequence[models.Model]], Any]:
    return lambda senders: CampaignResponse.objects.filter(**{f"{name}__in": senders}).order_by("pk")
