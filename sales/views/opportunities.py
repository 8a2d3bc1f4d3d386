"""The pages of opportunities."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section, Stage
from leads.campaign_links import campaign_link
from leads.values import source_label
from sales.due import due_day
from sales.filters.opportunities import OpportunityFilter
from sales.forms.opportunities import OpportunityForm
from sales.models import Opportunity
from sales.services.opportunities import create_opportunity, update_opportunity
from sales.tables.opportunities import OpportunityTable
from sales.views.documents import PricedDetailView, edit_obstacle, initial_customer
from sales.views.stages import opportunity_stages


class OpportunityListView(ListView):
    model, table, filterset = Opportunity, OpportunityTable, OpportunityFilter
    create_url_name = "sales:opportunity_create"
    system_views = (
        SystemView("my-open", gettext_lazy("My open opportunities"), "state:open owner:me", default=True),
        SystemView("open", gettext_lazy("All open"), "state:open"),
        SystemView("closing-this-month", gettext_lazy("Closing this month"), "state:open estimated_close:this-month"),
        SystemView("late", gettext_lazy("Close date passed"), "state:open estimated_close:past"),
        SystemView("won", gettext_lazy("Won"), "state:won"),
        SystemView("lost", gettext_lazy("Lost"), "state:lost"),
        SystemView("all", gettext_lazy("All opportunities")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No opportunities yet"),
            "text": _(
                "An opportunity is a chance to sell something. A qualified lead gives one, or you write it down."
            ),
        }


class OpportunityDetailView(PricedDetailView[Opportunity]):
    model = Opportunity

    def subtitle(self, record: Opportunity) -> str:
        parties = self.parties(record)
        return " · ".join(name for name in (parties.customer_name, parties.contact_name) if name)

    def facts(self, record: Opportunity) -> list[Fact]:
        if record.is_editable:
            return [
                (_("Customer"), self.parties(record).customer),
                (_("Est. revenue"), self.amount(record, record.estimated_revenue)),
                (_("Est. close"), due_day(record.estimated_close_on, timezone.localdate())),
                (_("Probability"), shown.percent(record.probability)),
                self.next_step(record),
            ]
        return [
            (_("Customer"), self.parties(record).customer),
            (_("Actual revenue"), self.amount(record, record.actual_revenue)),
            (_("Closed on"), shown.day(record.actual_close_on)),
            (_("Lost to"), str(record.lost_to or "")),
        ]

    def key_facts(self, record: Opportunity) -> list[Fact | KeyFact]:
        decides = (_("yes") if record.decision_maker else "", record.get_purchase_process_display())
        budget = (self.amount(record, record.budget_amount), record.get_budget_status_display())
        return [
            KeyFact(_("Contact"), self.parties(record).contact, "contact"),
            KeyFact(_("Forecast"), record.get_forecast_category_display(), "forecast_category"),
            KeyFact(_("Rating"), record.get_rating_display(), "rating"),
            KeyFact(_("Budget"), _joined(*budget), "budget_amount"),
            KeyFact(_("Timeframe"), record.get_purchase_timeframe_display(), "purchase_timeframe"),
            KeyFact(_("Decision maker"), _joined(*decides), "decision_maker"),
            KeyFact(_("Need"), record.get_need_display(), "need"),
            KeyFact(_("Price list"), record.price_list and record.price_list.name, "price_list"),
            KeyFact(_("Source"), source_label(record.source), "source"),
            KeyFact(_("Campaign"), campaign_link(record, self.request.user), "campaign"),
            (_("Closing note"), record.closing_note),
        ]

    def details(self, record: Opportunity) -> list[Section]:
        return [
            Section(_("Opportunity"), self._own(record)),
            Section(_("Revenue"), self._revenue(record)),
            Section(_("Budget"), self._budget(record)),
            Section(_("Need"), _need(record)),
            Section(_("Where it came from"), _origin(record, self.request.user)),
        ]

    def stages(self, record: Opportunity) -> list[Stage]:
        return opportunity_stages(record, timezone.now())

    def _own(self, record: Opportunity) -> list[Fact]:
        parties = self.parties(record)
        return [
            (_("Topic"), record.topic),
            (_("Customer"), parties.customer),
            (_("Contact"), parties.contact),
            (_("Rating"), record.get_rating_display()),
            (_("Forecast category"), record.get_forecast_category_display()),
            (_("Probability"), shown.percent(record.probability)),
            (_("Est. close"), shown.day(record.estimated_close_on)),
            (_("Description"), record.description),
            (_("Closing note"), record.closing_note),
        ]

    def _revenue(self, record: Opportunity) -> list[Fact]:
        return [
            (_("Revenue"), record.get_revenue_mode_display()),
            (_("Est. revenue"), self.amount(record, record.estimated_revenue)),
            (_("Actual revenue"), self.amount(record, record.actual_revenue)),
            (_("Total of the lines"), self.amount(record, record.total_amount)),
            (_("Currency"), record.currency.code),
            (_("Price list"), record.price_list and record.price_list.name),
        ]

    def _budget(self, record: Opportunity) -> list[Fact]:
        return [
            (_("Budget"), self.amount(record, record.budget_amount)),
            (_("Budget status"), record.get_budget_status_display()),
            (_("Timeframe"), record.get_purchase_timeframe_display()),
            (_("Purchase process"), record.get_purchase_process_display()),
            (_("Decision maker"), _("yes") if record.decision_maker else ""),
        ]


def _need(record: Opportunity) -> list[Fact]:
    return [
        (_("Need"), record.get_need_display()),
        (_("What the customer needs"), record.customer_need),
        (_("Current situation"), record.current_situation),
        (_("Pain points"), record.pain_points),
        (_("Proposed solution"), record.proposed_solution),
    ]


def _origin(record: Opportunity, user: Any) -> list[Fact]:
    return [(_("Source"), source_label(record.source)), (_("Source campaign"), campaign_link(record, user))]


def _joined(*parts: Any) -> Any:
    return format_html_join(" · ", "{}", ((part,) for part in parts if part))


class OpportunityEditView(EditView[Opportunity]):
    model, form_class = Opportunity, OpportunityForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return initial_customer(request)

    def create(self, form: OpportunityForm, actor: Any) -> Opportunity:
        return create_opportunity(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: OpportunityForm, actor: Any) -> Opportunity:
        return update_opportunity(opportunity_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Opportunity) -> str:
        return edit_obstacle(record)


class OpportunityDeleteView(DeleteView):
    model = Opportunity
