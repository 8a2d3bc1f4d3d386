"""Lists of quotes."""

from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
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
from sales.models import Quote
from sales.states import QUOTE_MACHINE
from sales.tables.opportunities import CustomerColumn


class QuoteTable(Table):
    model = Quote
    columns = (
        LinkColumn(_("Number"), "number"),
        NumberColumn(_("Rev."), "revision"),
        TextColumn(_("Name"), "name", sort="sort_key"),
        CustomerColumn(_("Customer")),
        StateColumn(_("State"), QUOTE_MACHINE),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", sort="base_total_amount"),
        DateColumn(_("Last day to accept"), "expires_on", sort="expires_on"),
        DateTimeColumn(_("Changed"), "updated_at", sort="updated_at"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"
