"""Lists of invoices."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.badges import RED, Badge, state_badge
from crm.core.tables import (
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    OwnerColumn,
    Paper,
    Table,
    TextColumn,
)
from sales.due import DueColumn
from sales.models import Invoice
from sales.states import INVOICE_MACHINE
from sales.tables.customers import CustomerColumn


class NumberOrDraftColumn(LinkColumn):
    """The number leads to the page; a draft has none yet."""

    def cell(self, paper: Paper, *values: Any) -> str:
        pk, number = values
        return super().cell(paper, pk, number or _("Draft"))


class InvoiceStateColumn(Column):
    """The badge of the state; overdue stands in its place until the invoice is paid."""

    def __init__(self, label: Any, *, place: str = "mark") -> None:
        super().__init__(label, "state", "status_reason", "due_on", place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        state, reason, due_on = values
        # The reader's day; the page of the record goes by the organisation's.
        if state == "issued" and due_on and due_on < paper.today:
            return overdue_badge().html()
        return state_badge(INVOICE_MACHINE, state, reason).html()


def overdue_badge() -> Badge:
    return Badge(_("Overdue"), RED, "alert-triangle")


class InvoiceTable(Table):
    model = Invoice
    columns = (
        NumberOrDraftColumn(gettext_lazy("Number"), "number"),
        TextColumn(gettext_lazy("Name"), "name", sort="sort_key"),
        CustomerColumn(gettext_lazy("Customer"), Invoice),
        InvoiceStateColumn(gettext_lazy("State")),
        MoneyColumn(gettext_lazy("Total"), "total_amount", currency="currency__code", sort="base_total_amount"),
        MoneyColumn(gettext_lazy("Balance"), "balance", currency="currency__code", place=""),
        DateColumn(gettext_lazy("Issued"), "issued_on"),
        DueColumn(gettext_lazy("Due"), "due_on", states=("issued",), sort="due_on"),
        DateTimeColumn(gettext_lazy("Created"), "created_at", sort="created_at"),
        OwnerColumn(gettext_lazy("Owner")),
    )
    default_sort = "-created_at"
