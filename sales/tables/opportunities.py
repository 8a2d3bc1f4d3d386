"""Lists of opportunities."""

from django.utils.translation import gettext_lazy as _

from activities.next_steps import NextStepColumn
from crm.core.tables import (
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    OwnerColumn,
    StateColumn,
    Table,
)
from sales.due import DueColumn
from sales.models import Invoice, Opportunity, Order, Quote
from sales.states import INVOICE_MACHINE, OPPORTUNITY_MACHINE, ORDER_MACHINE, QUOTE_MACHINE
from sales.tables.customers import CustomerColumn
from sales.tables.revisions import RevisionColumn


class OpportunityTable(Table):
    model = Opportunity
    columns = (
        LinkColumn(_("Topic"), "topic", sort="sort_key"),
        CustomerColumn(_("Customer"), Opportunity),
        StateColumn(_("State"), OPPORTUNITY_MACHINE, place=""),
        MoneyColumn(_("Est. revenue"), "estimated_revenue", currency="currency__code", sort="base_estimated_revenue"),
        NumberColumn(_("Prob. %"), "probability"),
        DueColumn(_("Est. close"), "estimated_close_on", states=("open",), sort="estimated_close_on", place="mark"),
        NextStepColumn(_("Next step"), Opportunity),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "estimated_close_on"
    board = "forecast_category"


class CustomerOpportunitiesTable(Table):
    """The opportunities of one customer, on its page."""

    model = Opportunity
    columns = (
        LinkColumn(_("Topic"), "topic"),
        StateColumn(_("State"), OPPORTUNITY_MACHINE),
        MoneyColumn(_("Est. revenue"), "estimated_revenue", currency="currency__code"),
        DueColumn(_("Est. close"), "estimated_close_on", states=("open",)),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-created_at"


class OpportunityQuotesTable(Table):
    """The quotes of one opportunity, on its page."""

    model = Quote
    columns = (
        RevisionColumn(_("Number")),
        StateColumn(_("State"), QUOTE_MACHINE),
        DueColumn(_("Last day to accept"), "expires_on", states=("active",)),
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
        DueColumn(_("Due"), "due_on", states=("issued",)),
        MoneyColumn(_("Total"), "total_amount", currency="currency__code", digits=None),
    )
    default_sort = "-created_at"
