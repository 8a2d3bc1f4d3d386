"""An opportunity made of a response to a campaign."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.errors import Conflict
from crm.core.transactions import service
from leads.models import CampaignResponse
from leads.services.responses import close_with, company_of, lock_open, owner_after, refuse_hidden_sender
from sales.models import Opportunity
from sales.services.opportunities import create_opportunity


@service("campaign_response.converted")
def convert_to_opportunity(*, response_id: int, actor: Actor, at: dt.datetime) -> Opportunity:
    """A new opportunity of the customer who has answered; it comes from the campaign."""
    response = lock_open(response_id, actor)
    if obstacle := opportunity_obstacle(response):
        raise Conflict(obstacle)
    refuse_hidden_sender(response, actor)
    opportunity: Opportunity = create_opportunity(
        values=_values(response, actor), owner=owner_after(response, actor), actor=actor, at=at
    )
    close_with(response, opportunity, reason="converted", actor=actor, at=at)
    return opportunity


def opportunity_obstacle(response: CampaignResponse) -> str:
    if response.contact_id or response.account_id:
        return ""
    return _("An opportunity needs a customer. Choose the contact or account on the response, or make a lead.")


def _values(response: CampaignResponse, actor: Actor) -> dict[str, Any]:
    """The customer is the company, or whom the actor sees of it."""
    contact, account = response.contact, company_of(response, actor)
    return {
        "topic": response.subject,
        "customer_account": account,
        "customer_contact": None if account else contact,
        "contact": contact,
        "source": response.source,
        "campaign": response.campaign,
        "description": response.description,
    }
