"""The pages of campaigns."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section
from crm.core.screens.parts import PartDeleteView, PartEditView
from leads.campaign_forms import CampaignCostForm, CampaignForm
from leads.campaign_tables import CampaignTable
from leads.filters import CampaignFilter
from leads.models import Campaign, CampaignCost
from leads.models.campaigns import CAMPAIGN_CLOSED
from leads.services.campaign_costs import add_cost, remove_cost, update_cost
from leads.services.campaigns import create_campaign, update_campaign


class CampaignListView(ListView):
    model, table, filterset = Campaign, CampaignTable, CampaignFilter
    create_url_name = "leads:campaign_create"
    system_views = (
        SystemView(
            "current", gettext_lazy("Current campaigns"), "state:proposed,ready,launched,suspended", default=True
        ),
        SystemView("launched", gettext_lazy("Launched"), "state:launched"),
        SystemView("mine", gettext_lazy("My campaigns"), "owner:me"),
        SystemView("all", gettext_lazy("All campaigns")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No campaigns yet"),
            "text": _("A campaign is what you do so that people come. Its leads, orders and money are counted."),
        }


class CampaignDetailView(DetailView[Campaign]):
    model = Campaign
    related = ("owner", "owner_team")

    def subtitle(self, record: Campaign) -> str:
        return " · ".join(part for part in (record.get_type_display(), record.code) if part)

    def facts(self, record: Campaign) -> list[Fact]:
        return [
            (_("Start"), shown.day(record.started_on or record.starts_on)),
            (_("End"), shown.day(record.ended_on or record.ends_on)),
            (_("Budget"), _money(record.budget_amount)),
            (_("Actual cost"), _money(record.actual_cost)),
        ]

    def key_facts(self, record: Campaign) -> list[Fact | KeyFact]:
        return [
            KeyFact(_("Type"), record.get_type_display(), "type"),
            KeyFact(_("Code"), record.code, "code"),
            KeyFact(_("Budget"), _money(record.budget_amount), "budget_amount"),
            KeyFact(_("Expected revenue"), _money(record.expected_revenue), "expected_revenue"),
            KeyFact(_("Expected response"), _percent(record.expected_response), "expected_response"),
        ]

    def details(self, record: Campaign) -> list[Section]:
        return [
            Section(_("Campaign"), _campaign_facts(record)),
            Section(_("Dates"), _date_facts(record)),
            Section(_("Plan and costs"), _plan_facts(record)),
        ]

    def edit_obstacle(self, record: Campaign) -> str:
        return obstacle(record)


def obstacle(campaign: Campaign) -> str:
    """Why the campaign cannot be edited now."""
    if campaign.state not in CAMPAIGN_CLOSED:
        return ""
    return _("This campaign is %(state)s. Reopen it before changing it.") % {"state": campaign.state_label.lower()}


def _campaign_facts(campaign: Campaign) -> list[Fact]:
    return [
        (_("Number"), campaign.number),
        (_("Name"), campaign.name),
        (_("Code"), campaign.code),
        (_("Type"), campaign.get_type_display()),
        (_("Objective"), campaign.objective),
        (_("Message"), campaign.message),
    ]


def _date_facts(campaign: Campaign) -> list[Fact]:
    return [
        (_("Proposed start"), shown.day(campaign.starts_on)),
        (_("Proposed end"), shown.day(campaign.ends_on)),
        (_("Actual start"), shown.day(campaign.started_on)),
        (_("Actual end"), shown.day(campaign.ended_on)),
    ]


def _plan_facts(campaign: Campaign) -> list[Fact]:
    return [
        (_("Budget"), _money(campaign.budget_amount)),
        (_("Actual cost"), _money(campaign.actual_cost)),
        (_("Expected revenue"), _money(campaign.expected_revenue)),
        (_("Expected response"), _percent(campaign.expected_response)),
    ]


def _money(value: Any) -> str:
    return "" if value is None else shown.money_html(value, "")


def _percent(value: Any) -> str:
    return "" if value is None else f"{shown.quantity(value)} %"


class CampaignEditView(EditView[Campaign]):
    model, form_class = Campaign, CampaignForm

    def create(self, form: CampaignForm, actor: Any) -> Campaign:
        return create_campaign(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: CampaignForm, actor: Any) -> Campaign:
        return update_campaign(campaign_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Campaign) -> str:
        return obstacle(record)


class CampaignDeleteView(DeleteView):
    model = Campaign


def _cost_obstacle(campaign: Campaign) -> str:
    return _("An inactive campaign takes no costs. Reopen it first.") if campaign.state == "inactive" else ""


class CostEditView(PartEditView[CampaignCost]):
    parent = Campaign
    form_class = CampaignCostForm
    title = gettext_lazy("Cost")
    submit_label = gettext_lazy("Save cost")
    saved = gettext_lazy("Cost saved")

    def parts(self, record: Campaign) -> Any:
        return record.costs.all()

    def obstacle(self, record: Campaign) -> str:
        return _cost_obstacle(record)

    def add(self, pk: int, form: CampaignCostForm, actor: Any) -> CampaignCost:
        return add_cost(campaign_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: CampaignCostForm, actor: Any) -> CampaignCost:
        return update_cost(cost_id=part_id, values=form.values, actor=actor, at=timezone.now())


class CostDeleteView(PartDeleteView[CampaignCost]):
    parent = Campaign
    title = gettext_lazy("Remove cost")
    removed = gettext_lazy("Cost removed")

    def parts(self, record: Campaign) -> Any:
        return record.costs.all()

    def obstacle(self, record: Campaign) -> str:
        return _cost_obstacle(record)

    def remove(self, part_id: int, actor: Any) -> Campaign:
        return remove_cost(cost_id=part_id, actor=actor, at=timezone.now())
