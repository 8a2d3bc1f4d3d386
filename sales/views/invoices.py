"""The pages of invoices."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, Stage
from sales.due import due_day
from sales.filters.documents import InvoiceFilter
from sales.forms.invoices import InvoiceForm
from sales.models import Invoice
from sales.services.invoices import create_invoice, delete_invoice, undelete_invoice, update_invoice
from sales.tables.invoices import InvoiceTable
from sales.views.documents import DocumentDetailView, edit_obstacle, initial_customer
from sales.views.stages import invoice_stages


class InvoiceListView(ListView):
    model, table, filterset = Invoice, InvoiceTable, InvoiceFilter
    create_url_name = "sales:invoice_create"
    system_views = (
        SystemView("open", gettext_lazy("Open invoices"), "state:draft,issued", default=True),
        SystemView("drafts", gettext_lazy("Drafts"), "state:draft"),
        SystemView("overdue", gettext_lazy("Overdue"), "state:issued due:past"),
        SystemView("due-soon", gettext_lazy("Due in a week"), "state:issued due:next-7-days"),
        SystemView("paid", gettext_lazy("Paid"), "state:paid"),
        SystemView("all", gettext_lazy("All invoices")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No invoices yet"),
            "text": _("An order is invoiced whole or in parts. An invoice waits here until the last payment is in."),
        }


class InvoiceDetailView(DocumentDetailView[Invoice]):
    model = Invoice

    def heading(self, record: Invoice) -> str:
        return record.number or _("Draft invoice")

    def facts(self, record: Invoice) -> list[Fact]:
        is_open = record.state == "issued"
        return [
            (_("Customer"), self.parties(record).customer),
            (_("Issued"), shown.day(record.issued_on)),
            (_("Due"), due_day(record.due_on, timezone.localdate()) if is_open else shown.day(record.due_on)),
            (_("Paid on"), shown.day(record.paid_on)),
            (_("Customer reference"), record.customer_reference),
            (_("Opportunity"), "" if is_open else self.parties(record).opportunity),
            self.next_step(record) if is_open else ("", ""),
        ]

    def own_details(self, record: Invoice) -> list[Fact]:
        return [
            (_("Issued"), shown.day(record.issued_on)),
            (_("Due"), shown.day(record.due_on)),
            (_("Delivered"), shown.day(record.delivered_on)),
        ]

    def stages(self, record: Invoice) -> list[Stage]:
        return invoice_stages(record, timezone.now())


class InvoiceEditView(EditView[Invoice]):
    model, form_class = Invoice, InvoiceForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return initial_customer(request)

    def create(self, form: InvoiceForm, actor: Any) -> Invoice:
        return create_invoice(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: InvoiceForm, actor: Any) -> Invoice:
        return update_invoice(invoice_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Invoice) -> str:
        return edit_obstacle(record)


class InvoiceDeleteView(DeleteView):
    """The order gets back what the draft had taken of it."""

    model = Invoice

    def remove(self, record_id: int, actor: Any, at: dt.datetime) -> None:
        delete_invoice(invoice_id=record_id, actor=actor, at=at)

    def undelete(self, record_id: int, deleted_at: dt.datetime, actor: Any, at: dt.datetime) -> bool:
        return undelete_invoice(invoice_id=record_id, deleted_at=deleted_at, actor=actor, at=at)
