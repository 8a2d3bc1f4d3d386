"""The pages of leads."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.words import record_link
from crm.core import format as shown
from crm.core.reasons import reasons_for
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact
from crm.customers.links import mail_link, phone_link, web_link
from crm.customers.models import Account, Contact
from crm.customers.views.facts import preference_facts, visible_choice
from leads.filters import LeadFilter
from leads.forms import LeadForm
from leads.models import Lead
from leads.services.leads import CLOSED, create_lead, update_lead
from leads.states import LEAD_MACHINE
from leads.tables import LeadTable


class LeadListView(ListView):
    model, table, filterset = Lead, LeadTable, LeadFilter
    create_url_name = "leads:lead_create"
    system_views = (
        SystemView(
            "my-open",
            gettext_lazy("My open leads"),
            lambda rows, user: rows.filter(state="open", owner=user),
            default=True,
        ),
        SystemView("open", gettext_lazy("All open leads"), lambda rows, _user: rows.filter(state="open")),
        SystemView(
            "untouched",
            gettext_lazy("New, untouched"),
            lambda rows, _user: rows.filter(state="open", status_reason="new"),
        ),
        SystemView("closed", gettext_lazy("Closed leads"), lambda rows, _user: rows.filter(state__in=CLOSED)),
        SystemView("all", gettext_lazy("All leads")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No leads yet"),
            "text": _(
                "A lead is somebody who may want to buy. Forms on your website bring them, or you write them down."
            ),
        }


class LeadDetailView(DetailView[Lead]):
    model = Lead
    avatar = "person"

    def subtitle(self, record: Lead) -> str:
        parts = (record.topic, record.job_title, record.company)
        return " · ".join(part for part in parts if part and part != record.name)

    def facts(self, record: Lead) -> list[Fact]:
        return [
            (_("Number"), record.number),
            (_("Source"), record.source_label),
            (_("Rating"), record.get_rating_display()),
            (_("E-mail"), mail_link(record.email)),
            (_("Phone"), phone_link(record.phone or record.mobile)),
            (_("Created"), shown.moment(record.created_at)),
        ]

    def details(self, record: Lead) -> list[Fact]:
        preferring: Any = record  # a lead has the preferences of a customer without being one
        return [
            *_closing_facts(record),
            *_person_facts(record),
            *self._customer_facts(record),
            *_interest_facts(record),
            *preference_facts(preferring),
            *_origin_facts(record),
        ]

    def edit_obstacle(self, record: Lead) -> str:
        return obstacle(record)

    def _customer_facts(self, record: Lead) -> list[Fact]:
        """Only those that the reader may see."""
        found: list[Fact] = []
        for label, model, pk in (
            (_("Existing account"), Account, record.existing_account_id),
            (_("Existing contact"), Contact, record.existing_contact_id),
        ):
            if pk is not None:
                rows: Any = model.objects.visible_to(self.request.user)
                found.append((label, record_link(rows.filter(pk=pk).first())))
        return found


def obstacle(lead: Lead) -> str:
    """Why the lead cannot be edited now."""
    if lead.state not in CLOSED:
        return ""
    return _("This lead is %(state)s. Reopen it before changing it.") % {"state": lead.state_label.lower()}


def _closing_facts(lead: Lead) -> list[Fact]:
    if lead.state != "disqualified":
        return [(_("Closed"), shown.moment(lead.closed_at))]
    reasons = dict(reasons_for(LEAD_MACHINE, "disqualified"))
    return [
        (_("Reason"), reasons.get(lead.status_reason, lead.reason_label)),
        (_("Note"), lead.disqualify_note),
        (_("Closed"), shown.moment(lead.closed_at)),
    ]


def _person_facts(lead: Lead) -> list[Fact]:
    town = " ".join(part for part in (lead.postal_code, lead.city) if part)
    address = (lead.street, town, lead.state_or_province, lead.country)
    return [
        (_("Salutation"), lead.salutation),
        (_("Job title"), lead.job_title),
        (_("Company"), lead.company),
        (_("Second e-mail"), mail_link(lead.email2)),
        (_("Mobile phone"), phone_link(lead.mobile)),
        (_("Fax"), lead.fax),
        (_("Website"), web_link(lead.website)),
        (_("Address"), ", ".join(part.replace("\n", ", ") for part in address if part)),
        (_("Industry"), lead.industry),
        (_("Employees"), shown.quantity(lead.employees)),
        (_("Annual revenue"), _money(lead, lead.annual_revenue)),
        (_("Description"), lead.description),
    ]


def _interest_facts(lead: Lead) -> list[Fact]:
    return [
        (_("Estimated value"), _money(lead, lead.estimated_value)),
        (_("Estimated close"), shown.day(lead.estimated_close_on)),
        (_("Budget"), _money(lead, lead.budget_amount)),
        (_("Budget status"), lead.get_budget_status_display()),
        (_("Timeframe"), lead.get_purchase_timeframe_display()),
        (_("Purchase process"), lead.get_purchase_process_display()),
        (_("Need"), lead.get_need_display()),
        (_("Decision maker"), _("yes") if lead.decision_maker else ""),
    ]


def _origin_facts(lead: Lead) -> list[Fact]:
    """Where the lead came from; all of it is text that a stranger may have written."""
    utm = (lead.utm_source, lead.utm_medium, lead.utm_campaign, lead.utm_term, lead.utm_content)
    return [
        (_("Source campaign"), lead.campaign_code),
        (_("UTM"), " / ".join(part for part in utm if part)),
        (_("Referrer"), lead.referrer),
        (_("First contact"), shown.moment(lead.contacted_at)),
        (_("Consent"), lead.consent_text),
    ]


def _money(lead: Lead, amount: Any) -> str:
    return "" if amount is None else shown.money_html(amount, lead.currency.code if lead.currency else "")


class LeadEditView(EditView[Lead]):
    model, form_class = Lead, LeadForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "existing_account": visible_choice(Account, request, "account"),
            "existing_contact": visible_choice(Contact, request, "contact"),
        }

    def create(self, form: LeadForm, actor: Any) -> Lead:
        return create_lead(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: LeadForm, actor: Any) -> Lead:
        return update_lead(lead_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Lead) -> str:
        return obstacle(record)


class LeadDeleteView(DeleteView):
    model = Lead
