"""The pages of leads."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section, Stage
from crm.customers.models import Account, Contact
from crm.customers.views.facts import visible_choice
from leads.filters import LeadFilter
from leads.forms import LeadForm
from leads.models import Lead
from leads.services.leads import CLOSED, create_lead, update_lead
from leads.tables import LeadTable
from leads.views import facts


class LeadListView(ListView):
    model, table, filterset = Lead, LeadTable, LeadFilter
    create_url_name = "leads:lead_create"
    system_views = (
        SystemView("my-open", gettext_lazy("My open leads"), "state:open owner:me", default=True),
        SystemView("open", gettext_lazy("All open leads"), "state:open"),
        SystemView("untouched", gettext_lazy("New, untouched"), "state:open status_reason:new"),
        SystemView("forgotten", gettext_lazy("Nobody touched for 14 days"), "state:open updated:>14d"),
        SystemView("closed", gettext_lazy("Closed leads"), "state:qualified,disqualified"),
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
    related = ("owner", "owner_team", "currency")

    def subtitle(self, record: Lead) -> str:
        parts = (record.topic, record.job_title, record.company)
        return " · ".join(part for part in parts if part and part != record.name)

    def facts(self, record: Lead) -> list[Fact]:
        return facts.head_facts(record, self.request.user)

    def key_facts(self, record: Lead) -> list[Fact | KeyFact]:
        return facts.key_facts(record, self.request.user)

    def details(self, record: Lead) -> list[Section]:
        return facts.sections(record, self.request.user)

    def stages(self, record: Lead) -> list[Stage]:
        return facts.stages(record)

    def edit_obstacle(self, record: Lead) -> str:
        return obstacle(record)


def obstacle(lead: Lead) -> str:
    """Why the lead cannot be edited now."""
    if lead.state not in CLOSED:
        return ""
    return _("This lead is %(state)s. Reopen it before changing it.") % {"state": lead.state_label.lower()}


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
