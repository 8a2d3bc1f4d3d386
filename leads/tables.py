from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from activities.next_steps import NextStepColumn
from crm.core.tables import (
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
from leads.models import Lead
from leads.states import LEAD_MACHINE
from leads.touch import FirstTouchColumn


class CompanyColumn(Column):
    """The company, with the letters of its country."""

    def __init__(self, label: Any) -> None:
        super().__init__(label, "company", "country", place="sub")

    def cell(self, paper: Paper, *values: Any) -> str:
        company, country = values
        code = country_code(country)
        if not code:
            return format_html('<span title="{}">{}</span>', company, company)
        pattern = '<span title="{}">{} <span class="code" title="{}">{}</span></span>'
        return format_html(pattern, company, company, country, code)


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
