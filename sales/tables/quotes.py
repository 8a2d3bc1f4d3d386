"""Lists of quotes."""

from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
    DateTimeColumn,
    MoneyColumn,
    OwnerColumn,
    StateColumn,
    Table,
    TextColumn,
)
from sales.due import DueColumn
from sales.models import Quote
from sales.states import QUOTE_MACHINE
from sales.tables.customers import CustomerColumn
from sales.tables.revisions import RevisionColumn


class QuoteTable(Table):
    model = Quote
    columns = (
        RevisionColumn(_("Number")),
        TextColumn(_("Name"), "name", sort="sort_key"),
        CustomerColumn(_("Customer"), Quote),
        StateColumn(_("State"), QUOTE_MACHINE),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", sort="base_total_amount"),
        DueColumn(_("Last day to accept"), "expires_on", states=("active",), sort="expires_on"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"
