"""The opportunity that a response to a campaign becomes."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from leads.models import CampaignResponse
from sales.models import Opportunity
from sales.services.response_opportunities import convert_to_opportunity, opportunity_obstacle


def _make(response_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    opportunity = convert_to_opportunity(response_id=response_id, actor=actor, at=timezone.now())
    return screen_url(Opportunity, "detail", opportunity.pk)


MAKE_OPPORTUNITY = Action(
    name="make-opportunity",
    label=_("Make an opportunity"),
    model=CampaignResponse,
    right=WRITE,
    move="convert",
    creates=Opportunity,
    perform=_make,
    obstacle=opportunity_obstacle,
    url_name="sales:campaign_response_make_opportunity",
    confirm=_("A new opportunity of this customer is made. It keeps the campaign and the source."),
    done=_("Opportunity made"),
    position=15,
)


def register_actions() -> None:
    register(MAKE_OPPORTUNITY)
