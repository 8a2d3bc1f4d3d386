"""Lists of orders."""

from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    OwnerColumn,
    StateColumn,
    Table,
    TextColumn,
)
from sales.models import Order
from sales.states import ORDER_MACHINE
from sales.tables.customers import CustomerColumn


class OrderTable(Table):
    model = Order
    columns = (
        LinkColumn(_("Number"), "number"),
        TextColumn(_("Name"), "name", sort="sort_key"),
        CustomerColumn(_("Customer"), Order),
        StateColumn(_("State"), ORDER_MACHINE),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", sort="base_total_amount"),
        DateColumn(_("Ordered"), "ordered_on"),
        DateColumn(_("Delivered"), "fulfilled_on"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"
