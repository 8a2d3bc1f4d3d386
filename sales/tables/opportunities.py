"""Lists of opportunities."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    OwnerColumn,
    Paper,
    StateColumn,
    Table,
)
from sales.models import Invoice, Opportunity, Order, Quote
from sales.states import INVOICE_MACHINE, OPPORTUNITY_MACHINE, ORDER_MACHINE, QUOTE_MACHINE


class CustomerColumn(Column):
    """The account or the person who is the customer, leading to its page."""

    def __init__(self, label: Any, *, place: str = "sub") -> None:
        super().__init__(
            label,
            "customer_account_id",
            "customer_account__name",
            "customer_contact_id",
            "customer_contact__full_name",
            place=place,
        )

    def cell(self, paper: Paper, *values: Any) -> str:
        account_id, account, contact_id, contact = values
        noun, pk, name = ("account", account_id, account) if account_id else ("contact", contact_id, contact)
        return format_html('<a href="{}" title="{}">{}</a>', paper.address(f"customers:{noun}_detail", pk), name, name)


class OpportunityTable(Table):
    model = Opportunity
    columns = (
        LinkColumn(_("Topic"), "topic", sort="sort_key"),
        CustomerColumn(_("Customer")),
        StateColumn(_("State"), OPPORTUNITY_MACHINE),
        MoneyColumn(_("Est. revenue"), "estimated_revenue", currency="currency__code", sort="base_estimated_revenue"),
        NumberColumn(_("Probability %"), "probability"),
        DateColumn(_("Est. close"), "estimated_close_on", sort="estimated_close_on"),
        DateTimeColumn(_("Changed"), "updated_at", sort="updated_at"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "estimated_close_on"


class CustomerOpportunitiesTable(Table):
    """The opportunities of one customer, on its page."""

    model = Opportunity
    columns = (
        LinkColumn(_("Topic"), "topic"),
        StateColumn(_("State"), OPPORTUNITY_MACHINE),
        MoneyColumn(_("Est. revenue"), "estimated_revenue", currency="currency__code"),
        DateColumn(_("Est. close"), "estimated_close_on"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"


class OpportunityQuotesTable(Table):
    """The quotes of one opportunity, on its page."""

    model = Quote
    columns = (
        LinkColumn(_("Number"), "number"),
        NumberColumn(_("Revision"), "revision"),
        StateColumn(_("State"), QUOTE_MACHINE),
        DateColumn(_("Last day to accept"), "expires_on"),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", digits=None),
    )
    default_sort = "-created_at"


class OpportunityOrdersTable(Table):
    """The orders of one opportunity, on its page."""

    model = Order
    columns = (
        LinkColumn(_("Number"), "number"),
        StateColumn(_("State"), ORDER_MACHINE),
        DateColumn(_("Ordered"), "ordered_on"),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", digits=None),
    )
    default_sort = "-created_at"


class OpportunityInvoicesTable(Table):
    """The invoices of one opportunity, on its page."""

    model = Invoice
    columns = (
        LinkColumn(_("Number"), "number"),
        StateColumn(_("State"), INVOICE_MACHINE),
        DateColumn(_("Issued"), "issued_on"),
        DateColumn(_("Due"), "due_on"),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", digits=None),
    )
    default_sort = "-created_at"
