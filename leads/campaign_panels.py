"""What the page of a campaign shows beside its fields: what it cost, and who answered."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE, may_create
from crm.core.idempotency import new_key
from crm.core.panels import Panel, register_panels
from crm.core.screens.buttons import rights_on
from leads.campaign_forms import CampaignCostForm
from leads.campaign_tables import ResponsesOfCampaignTable
from leads.models import Campaign, CampaignResponse, Distribution
from leads.models.campaigns import CAMPAIGN_CLOSED

MOST_COSTS, MOST_STEPS = 200, 100
MOST_RESPONSES = 20


def costs_of(campaign: Campaign, user: Any) -> Mapping[str, Any]:
    """The newest first. Whoever reads the campaign reads what it cost."""
    editable = campaign.state != "inactive" and rights_on(campaign, user, {WRITE})[WRITE]
    costs = list(campaign.costs.select_related("currency").order_by("-spent_on", "-pk")[: MOST_COSTS + 1])
    budget = campaign.budget_amount
    return {
        "costs": costs[:MOST_COSTS],
        "more": len(costs) > MOST_COSTS,
        "editable": editable,
        "left": None if budget is None else budget - campaign.actual_cost,
        "form": CampaignCostForm(actor=user, auto_id="id_cost_%s") if editable else None,
        "add_url": reverse("leads:campaign_cost_create", args=[campaign.pk]),
        "idempotency_key": new_key(),
    }


def steps_of(campaign: Campaign, user: Any) -> Mapping[str, Any]:
    """In the order in which they are due, with how far each is."""
    live = Distribution.objects.filter(undone_at__isnull=True, step=OuterRef("pk"))
    steps = campaign.steps.annotate(started=Subquery(live.values("at")), finished=Subquery(live.values("finished_at")))
    is_open = campaign.state not in CAMPAIGN_CLOSED and rights_on(campaign, user, {WRITE})[WRITE]
    shown: list[Any] = list(steps.order_by("due_on", "pk")[:MOST_STEPS])
    return {
        "steps": [
            {
                "step": step,
                "url": reverse("leads:campaign_activity_progress", args=[campaign.pk, step.pk]),
                "words": _progress(step),
            }
            for step in shown
        ],
        "add_url": reverse("leads:campaign_activity_create", args=[campaign.pk]) if is_open else "",
    }


def _progress(step: Any) -> str:
    if step.started is None:
        return gettext("Planned")
    return gettext("Distributed") if step.finished else gettext("Running")


def responses_of(campaign: Campaign, user: Any) -> Mapping[str, Any]:
    table = ResponsesOfCampaignTable
    visible = CampaignResponse.objects.visible_to(user).filter(campaign=campaign)
    rows = list(visible.order_by("-received_on", "-pk").values_list(*table.fields())[: MOST_RESPONSES + 1])
    may_make = campaign.state != "inactive" and may_create(user, CampaignResponse)
    list_url, new_url = reverse("leads:campaign_response_list"), reverse("leads:campaign_response_create")
    return {
        "table": table,
        "columns": table.heads("", lambda _token: ""),
        "rows": rows[:MOST_RESPONSES],
        "more": len(rows) > MOST_RESPONSES,
        "all_url": f"{list_url}?view=all&q=campaign.number:={campaign.number}",
        "new_url": f"{new_url}?campaign={campaign.pk}" if may_make else "",
        "new_label": _("New response"),
        "nothing": _("Nobody has answered yet, or none that you may see."),
    }


def register() -> None:
    register_panels(
        Campaign,
        Panel(
            name="responses",
            title=_("Responses"),
            template="customers/panels/rows.html",
            context=responses_of,
            position=30,
        ),
        Panel(
            name="steps",
            title=_("Campaign activities"),
            template="leads/panels/campaign_steps.html",
            context=steps_of,
            position=20,
        ),
        Panel(
            name="costs",
            title=_("Costs"),
            template="leads/panels/campaign_costs.html",
            context=costs_of,
            position=40,
        ),
    )
