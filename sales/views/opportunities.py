"""The pages of opportunities."""

import calendar
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.models import Organisation
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact
from crm.core.tables import base_currency_code
from crm.customers.models import Account, Contact
from crm.customers.views.facts import visible_choice
from leads.values import source_label
from sales.filters.opportunities import OpportunityFilter
from sales.forms.opportunities import OpportunityForm
from sales.models import Opportunity
from sales.services.lines import frozen_sentence
from sales.services.opportunities import create_opportunity, update_opportunity
from sales.tables.opportunities import OpportunityTable


def _closing_this_month(rows: Any, _user: Any) -> Any:
    today = Organisation.load().today(timezone.now())
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return rows.filter(state="open", estimated_close_on__range=(today.replace(day=1), last))


class OpportunityListView(ListView):
    model, table, filterset = Opportunity, OpportunityTable, OpportunityFilter
    create_url_name = "sales:opportunity_create"
    system_views = (
        SystemView(
            "my-open",
            gettext_lazy("My open opportunities"),
            lambda rows, user: rows.filter(state="open", owner=user),
            default=True,
        ),
        SystemView("open", gettext_lazy("All open"), lambda rows, _user: rows.filter(state="open")),
        SystemView("closing-this-month", gettext_lazy("Closing this month"), _closing_this_month),
        SystemView("won", gettext_lazy("Won"), lambda rows, _user: rows.filter(state="won")),
        SystemView("lost", gettext_lazy("Lost"), lambda rows, _user: rows.filter(state="lost")),
        SystemView("all", gettext_lazy("All opportunities")),
    )


class OpportunityDetailView(DetailView[Opportunity]):
    model = Opportunity

    def subtitle(self, record: Opportunity) -> str:
        return str(record.customer)

    def facts(self, record: Opportunity) -> list[Fact]:
        base = base_currency_code()
        if record.is_editable:
            return [
                (_("Customer"), customer_link(record)),
                (_("Est. revenue"), amount(record, record.estimated_revenue, base)),
                (_("Est. close"), shown.day(record.estimated_close_on)),
                (_("Probability"), shown.percent(record.probability)),
            ]
        return [
            (_("Customer"), customer_link(record)),
            (_("Actual revenue"), amount(record, record.actual_revenue, base)),
            (_("Closed on"), shown.day(record.actual_close_on)),
            (_("Lost to"), str(record.lost_to or "")),
        ]

    def details(self, record: Opportunity) -> list[Fact]:
        base = base_currency_code()
        return [
            (_("Contact"), record.contact and record.contact.full_name),
            (_("Rating"), record.get_rating_display()),
            (_("Forecast category"), record.get_forecast_category_display()),
            (_("Revenue"), record.get_revenue_mode_display()),
            (_("Total of the lines"), amount(record, record.total_amount, base)),
            (_("Currency"), record.currency.code),
            (_("Price list"), record.price_list and record.price_list.name),
            (_("Budget"), amount(record, record.budget_amount, base)),
            (_("Budget status"), record.get_budget_status_display()),
            (_("Timeframe"), record.get_purchase_timeframe_display()),
            (_("Purchase process"), record.get_purchase_process_display()),
            (_("Decision maker"), _("yes") if record.decision_maker else ""),
            (_("Need"), record.get_need_display()),
            (_("What the customer needs"), record.customer_need),
            (_("Current situation"), record.current_situation),
            (_("Pain points"), record.pain_points),
            (_("Proposed solution"), record.proposed_solution),
            (_("Source"), source_label(record.source)),
            (_("Source campaign"), record.campaign_code),
            (_("Description"), record.description),
            (_("Closing note"), record.closing_note),
        ]

    def edit_obstacle(self, record: Opportunity) -> str:
        return closed_obstacle(record)


def closed_obstacle(record: Opportunity) -> str:
    return "" if record.is_editable else frozen_sentence(record)


def customer_link(record: Opportunity) -> str:
    noun = "account" if record.customer_account_id else "contact"
    return format_html(
        '<a href="{}">{}</a>', reverse(f"customers:{noun}_detail", args=[record.customer.pk]), record.customer
    )


def amount(record: Opportunity, value: Any, base: str) -> str:
    """With the currency's code unless it is the base one."""
    code = record.currency.code
    return "" if value is None else shown.money_html(value, "" if code == base else code)


class OpportunityEditView(EditView[Opportunity]):
    model, form_class = Opportunity, OpportunityForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "customer_account": visible_choice(Account, request, "customer_account"),
            "customer_contact": visible_choice(Contact, request, "customer_contact"),
            "contact": visible_choice(Contact, request, "contact"),
        }

    def create(self, form: OpportunityForm, actor: Any) -> Opportunity:
        return create_opportunity(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: OpportunityForm, actor: Any) -> Opportunity:
        return update_opportunity(opportunity_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Opportunity) -> str:
        return closed_obstacle(record)


class OpportunityDeleteView(DeleteView):
    model = Opportunity
