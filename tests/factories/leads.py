"""Leads and the forms that bring them, made by the services, so that every computed column is there."""

import datetime as dt
from typing import Any

from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.folding import fold
from crm.users.models import Team, User
from leads.models import CaptureForm, Lead
from leads.services.leads import create_lead, disqualify_lead

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def make_lead(owner: User | Team, *, at: dt.datetime | None = None, **values: Any) -> Lead:
    """An open, new lead; `values` are columns, by default those of Megan Chang of Williams-Sheppard."""
    columns = {"first_name": "Megan", "last_name": "Chang", "company": "Williams-Sheppard Ltd"} | values
    return create_lead(values=columns, owner=owner, actor=SYSTEM, at=at or timezone.now())


def make_contacted_lead(owner: User | Team, **values: Any) -> Lead:
    lead = make_lead(owner, **values)
    lead.contact(at=timezone.now())
    lead.save()
    return lead


def make_disqualified_lead(owner: User | Team, *, reason: str = "lost", **values: Any) -> Lead:
    lead = make_lead(owner, **values)
    return disqualify_lead(lead_id=lead.pk, reason=reason, actor=SYSTEM, at=timezone.now())


def make_qualified_lead(owner: User | Team, **values: Any) -> Lead:
    """Qualified by its state alone: `sales` makes what belongs to it."""
    lead = make_lead(owner, **values)
    lead.qualify(at=timezone.now())
    lead.save()
    return lead


def make_form(owner: User | Team, **values: Any) -> CaptureForm:
    """A lead form, by default active and without a host to return to."""
    owned = {"owner_team": owner} if isinstance(owner, Team) else {"owner": owner}
    columns = {"name": f"Form {CaptureForm.objects.count() + 1}"} | values
    form: CaptureForm = CaptureForm.objects.create(**owned, **columns, sort_key=fold(columns["name"]))
    return form
