from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.next_steps import NextStepColumn
from crm.core.markup import Pattern
from crm.core.tables import (
    ChoiceColumn,
    Column,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    OwnerColumn,
    Paper,
    StateColumn,
    Table,
    TextColumn,
)
from crm.customers.countries import country_code
from leads.models import CaptureForm, Lead
from leads.states import LEAD_MACHINE
from leads.touch import FirstTouchColumn

_COMPANY = Pattern('<span title="{}">{}</span>')
_OF_A_COUNTRY = Pattern('<span title="{}">{} <span class="country" title="{}">{}</span></span>')


class CompanyColumn(Column):
    """The company, with the letters of its country."""

    def __init__(self, label: Any) -> None:
        super().__init__(label, "company", "country", place="sub")

    def cell(self, paper: Paper, *values: Any) -> str:
        company, country = values
        code = country_code(country)
        return _OF_A_COUNTRY(company, company, country, code) if code else _COMPANY(company, company)


class LeadTable(Table):
    model = Lead
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        CompanyColumn(_("Company")),
        TextColumn(_("Topic"), "topic"),
        StateColumn(_("State"), LEAD_MACHINE, place=""),
        DateTimeColumn(_("Arrived"), "created_at", sort="created_at"),
        FirstTouchColumn(_("First touch"), place="mark"),
        MoneyColumn(_("Est. value"), "estimated_value", currency="currency__code"),
        NextStepColumn(_("Next step"), Lead),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"
    board = "status_reason"


def _activity(is_active: bool) -> str:
    return gettext("yes") if is_active else gettext("no")


def _given(person: str | None, team: str | None) -> str:
    return person or team or ""


class CaptureFormTable(Table):
    model = CaptureForm
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        Column(_("Active"), "is_active", render=_activity, place="mark"),
        Column(_("Leads go to"), "owner__name", "owner_team__name", render=_given, place="sub"),
        ChoiceColumn(_("Source"), "source", Lead.Source.choices),
        ChoiceColumn(_("The same person again"), "again", CaptureForm.Again.choices),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
    )
    default_sort = "sort_key"
