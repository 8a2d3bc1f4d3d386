"""Screens of leads as an app would declare them, with small services of their own, and their addresses."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import include, path
from django.utils import timezone

from crm.core.access import lock_for
from crm.core.actions import Action
from crm.core.actors import Actor
from crm.core.errors import Invalid
from crm.core.filters import RecordFilter
from crm.core.folding import fold
from crm.core.forms import RecordForm, TransitionForm
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView, TransitionView
from crm.core.screens.details import Fact
from crm.core.tables import (
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    OwnerColumn,
    StateColumn,
    Table,
    TextColumn,
)
from crm.core.transactions import service
from crm.users.models import User
from crm.users.services.ownership import owner_fields
from leads.models import Lead
from leads.states import LEAD_MACHINE


@service("lead.created")
def create_row(*, values: Mapping[str, Any], actor: Any) -> Lead:
    if values["company"] == "Refused":
        raise Invalid("This company is refused.", field="company")
    number = "TAKEN" if values["company"] == "Taken" else f"S-{Lead.objects.count() + 1}"
    name = values["last_name"]
    lead: Lead = Lead.objects.create(number=number, name=name, sort_key=fold(name), **owner_fields(actor), **values)
    return lead


@service("lead.updated")
def update_row(*, lead_id: int, values: Mapping[str, Any], actor: Actor) -> Lead:
    lead = lock_for(Lead, lead_id, actor, "write")
    for name, value in values.items():
        setattr(lead, name, value)
    lead.save(update_fields=list(values))
    return lead


@service("lead.disqualified")
def disqualify_row(*, lead_id: int, reason: str, actor: Actor) -> Lead:
    lead = lock_for(Lead, lead_id, actor, "disqualify")
    if reason == "canceled":
        raise Invalid("Nobody cancels a lead here.", field="reason")
    LEAD_MACHINE.check("disqualify", lead)
    lead.disqualify(at=timezone.now(), reason=reason, note="")
    lead.save()
    return lead


class DisqualifyForm(TransitionForm):
    reason = forms.ChoiceField(choices=[("lost", "Lost"), ("canceled", "Canceled")])


def _disqualify(record_id: int, data: Mapping[str, Any], actor: Any) -> str:
    disqualify_row(lead_id=record_id, reason=data["reason"], actor=actor)
    return f"/leads/{record_id}/"


def _contact(record_id: int, data: Mapping[str, Any], actor: Any) -> str:
    contact_row(lead_id=record_id, actor=actor)
    return f"/leads/{record_id}/"


@service("lead.contacted")
def contact_row(*, lead_id: int, actor: Actor) -> None:
    lead = lock_for(Lead, lead_id, actor, "write")
    LEAD_MACHINE.check("contact", lead)
    lead.contact(at=timezone.now())
    lead.save()


DISQUALIFY = Action(
    name="disqualify",
    label="Disqualify",
    model=Lead,
    right="disqualify",
    move="disqualify",
    perform=_disqualify,
    url_name="leads:lead_disqualify",
    form=DisqualifyForm,
    danger=True,
    done="Lead disqualified",
    position=20,
)
CONTACT = Action(
    name="contact",
    label="Mark as contacted",
    model=Lead,
    right="write",
    move="contact",
    perform=_contact,
    url_name="leads:lead_contact",
    confirm="The lead becomes Contacted.",
    position=10,
)


class LeadTable(Table):
    model = Lead
    columns = (
        LinkColumn("Name", "name", sort="sort_key"),
        TextColumn("Company", "company", place="sub"),
        ChoiceColumn("Rating", "rating", Lead.Rating.choices),
        StateColumn("State", LEAD_MACHINE),
        DateTimeColumn("Arrived", "created_at", sort="created_at"),
        DateColumn("Close", "estimated_close_on", sort="estimated_close_on"),
        NumberColumn("Employees", "employees"),
        MoneyColumn("Value", "estimated_value", currency="currency__code"),
        Column("Shout", "company", "pk", render=lambda company, _pk: f"<{company}>"),
        OwnerColumn("Owner"),
    )


class LeadFilter(RecordFilter):
    search_fields = ("sort_key__contains", "company")

    class Meta:
        model = Lead
        fields = {"rating": ["exact"], "existing_account": ["exact"], "estimated_close_on": ["gte"]}


class LeadForm(RecordForm[Lead]):
    sections = (("Person", ("last_name",)),)

    class Meta:
        model = Lead
        fields = ("last_name", "company", "rating", "estimated_close_on")


class LeadListView(ListView):
    model, table, filterset = Lead, LeadTable, LeadFilter
    create_url_name = "leads:lead_create"
    system_views = (
        SystemView("my-open", "My open leads", "state:open owner:me", default=True),
        SystemView("all", "All leads"),
    )


class LeadDetailView(DetailView[Lead]):
    model = Lead

    def subtitle(self, record: Lead) -> str:
        return record.topic

    def details(self, record: Lead) -> list[Fact]:
        return [("Company", record.company)]

    def edit_obstacle(self, record: Lead) -> str:
        return "" if record.state == "open" else "Closed leads cannot be edited."


class LeadEditView(EditView[Lead]):
    model, form_class = Lead, LeadForm

    def create(self, form: LeadForm, actor: User) -> Lead:
        return create_row(values=form.values, actor=actor)

    def update(self, record_id: int, form: LeadForm, actor: User) -> Lead:
        return update_row(lead_id=record_id, values=form.values, actor=actor)

    def obstacle(self, record: Lead) -> str:
        return "" if record.state == "open" else "Closed leads cannot be edited."


class LeadDeleteView(DeleteView):
    model = Lead


_screens = (
    [
        path("leads/", LeadListView.as_view(), name="lead_list"),
        path("leads/triage/", LeadListView.as_view(), name="lead_triage"),
        path("leads/new/", LeadEditView.as_view(), name="lead_create"),
        path("leads/<int:pk>/", LeadDetailView.as_view(), name="lead_detail"),
        path("leads/<int:pk>/edit/", LeadEditView.as_view(), name="lead_edit"),
        path("leads/<int:pk>/delete/", LeadDeleteView.as_view(), name="lead_delete"),
        path("leads/<int:pk>/disqualify/", TransitionView.as_view(action=DISQUALIFY), name="lead_disqualify"),
        path("leads/<int:pk>/contact/", TransitionView.as_view(action=CONTACT), name="lead_contact"),
    ],
    "leads",
)

urlpatterns = [
    path("", include(_screens)),
    path("", include("crm.core.urls")),
    path("", include("crm.users.urls")),
    path("", include("crm.data.urls")),
]
