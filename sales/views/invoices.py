"""The pages of invoices."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.models import Organisation
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact
from sales.filters.documents import InvoiceFilter
from sales.forms.invoices import InvoiceForm
from sales.models import Invoice
from sales.services.invoices import create_invoice, delete_invoice, update_invoice
from sales.tables.invoices import InvoiceTable, overdue_badge
from sales.views.documents import detail_facts, edit_obstacle, head_facts, initial_customer


def _overdue(rows: Any, _user: Any) -> Any:
    return rows.filter(state="issued", due_on__lt=Organisation.load().today(timezone.now()))


class InvoiceListView(ListView):
    model, table, filterset = Invoice, InvoiceTable, InvoiceFilter
    create_url_name = "sales:invoice_create"
    system_views = (
        SystemView(
            "open",
            gettext_lazy("Open invoices"),
            lambda rows, _user: rows.filter(state__in=("draft", "issued")),
            default=True,
        ),
        SystemView("drafts", gettext_lazy("Drafts"), lambda rows, _user: rows.filter(state="draft")),
        SystemView("overdue", gettext_lazy("Overdue"), _overdue),
        SystemView("paid", gettext_lazy("Paid"), lambda rows, _user: rows.filter(state="paid")),
        SystemView("all", gettext_lazy("All invoices")),
    )


class InvoiceDetailView(DetailView[Invoice]):
    model = Invoice
    first_tab = "lines"

    def heading(self, record: Invoice) -> str:
        return record.number or _("Draft invoice")

    def subtitle(self, record: Invoice) -> str:
        return f"{record.name} · {record.customer}"

    def facts(self, record: Invoice) -> list[Fact]:
        return [
            *head_facts(record),
            (_("Issued"), shown.day(record.issued_on)),
            (_("Due"), self._due(record)),
            (_("Paid on"), shown.day(record.paid_on)),
        ]

    def details(self, record: Invoice) -> list[Fact]:
        return [*detail_facts(record), (_("Delivered"), shown.day(record.delivered_on))]

    def edit_obstacle(self, record: Invoice) -> str:
        return edit_obstacle(record)

    def _due(self, record: Invoice) -> str:
        is_overdue = record.is_overdue(Organisation.load().today(timezone.now()))
        return f"{shown.day(record.due_on)} · {overdue_badge().label}" if is_overdue else shown.day(record.due_on)


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

    def _delete(self, pk: int) -> str:
        actor: Any = self.request.user
        delete_invoice(invoice_id=pk, actor=actor, at=timezone.now())
        return self._list_url()
