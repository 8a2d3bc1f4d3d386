"""What becomes of a response. `sales` adds the opportunity."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.actions import Action, performing
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from leads.campaign_forms import LinkForm
from leads.models import CampaignResponse, Lead
from leads.services import responses as services


def _make_lead(response_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    lead = services.convert_to_lead(response_id=response_id, actor=actor, at=timezone.now())
    return screen_url(Lead, "detail", lead.pk)


def _link(response_id: int, values: Mapping[str, Any], actor: Any) -> str:
    record = services.link_response(response_id=response_id, record=values["result"], actor=actor, at=timezone.now())
    return screen_url(type(record), "detail", record.pk)


MAKE_LEAD = Action(
    name="make-lead",
    label=_("Make a lead"),
    model=CampaignResponse,
    right=WRITE,
    move="convert",
    creates=Lead,
    perform=_make_lead,
    obstacle=services.lead_obstacle,
    url_name="leads:campaign_response_make_lead",
    confirm=_("A new lead is made of this response. It keeps the campaign and the source."),
    done=_("Lead made"),
    position=10,
)
LINK = Action(
    name="link",
    label=_("Link to a record"),
    model=CampaignResponse,
    right=WRITE,
    move="convert",
    form=LinkForm,
    perform=_link,
    url_name="leads:campaign_response_link",
    done=_("Response linked"),
    position=20,
)
CLOSE = Action(
    name="close",
    label=_("Close without result"),
    model=CampaignResponse,
    right=WRITE,
    move="close",
    perform=performing(services.close_response, "response_id"),
    url_name="leads:campaign_response_close",
    confirm=_("Nothing comes of this response. It can be reopened."),
    done=_("Response closed"),
    position=30,
)
REOPEN = Action(
    name="reopen",
    label=_("Reopen"),
    model=CampaignResponse,
    right=WRITE,
    move="reopen",
    perform=performing(services.reopen_response, "response_id"),
    url_name="leads:campaign_response_reopen",
    confirm=_("The response is open again."),
    done=_("Response reopened"),
    position=40,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel response"),
    model=CampaignResponse,
    right=WRITE,
    move="cancel",
    perform=performing(services.cancel_response, "response_id"),
    url_name="leads:campaign_response_cancel",
    confirm=_("It was entered by mistake, or is none. It can be reopened."),
    done=_("Response canceled"),
    danger=True,
    position=50,
)
ASSIGN = assign_action(CampaignResponse)
ACTS = (MAKE_LEAD, LINK, CLOSE, REOPEN, CANCEL, ASSIGN)
