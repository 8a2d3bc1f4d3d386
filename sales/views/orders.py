"""The pages of orders."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Stage
from sales.due import due_day
from sales.filters.documents import OrderFilter
from sales.forms.orders import OrderForm
from sales.models import Order
from sales.services.orders import create_order, update_order
from sales.tables.orders import OrderTable
from sales.views.documents import DocumentDetailView, edit_obstacle, initial_customer
from sales.views.stages import order_stages


class OrderListView(ListView):
    model, table, filterset = Order, OrderTable, OrderFilter
    create_url_name = "sales:order_create"
    system_views = (
        SystemView("my-open", gettext_lazy("My open orders"), "state:active,fulfilled owner:me", default=True),
        SystemView("open", gettext_lazy("All open"), "state:active,fulfilled"),
        SystemView("active", gettext_lazy("Active"), "state:active"),
        SystemView("to-invoice", gettext_lazy("To invoice"), "state:fulfilled"),
        SystemView("invoiced", gettext_lazy("Invoiced"), "state:invoiced"),
        SystemView("canceled", gettext_lazy("Canceled"), "state:canceled"),
        SystemView("all", gettext_lazy("All orders")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No orders yet"),
            "text": _("A quote that the customer accepts becomes an order. It is delivered, and then invoiced."),
        }


class OrderDetailView(DocumentDetailView[Order]):
    model = Order

    def facts(self, record: Order) -> list[Fact]:
        return [
            (_("Customer"), self.parties(record).customer),
            (_("Total"), self.amount(record, record.total_amount)),
            (_("Ordered"), shown.day(record.ordered_on)),
            (_("Delivered"), shown.day(record.fulfilled_on)),
            (_("Canceled"), shown.day(record.canceled_on)),
            (_("Delivery requested by"), self._requested(record)),
            self.next_step(record) if record.is_editable else ("", ""),
        ]

    def _requested(self, record: Order) -> str:
        return due_day(record.requested_delivery_on, timezone.localdate()) if record.is_editable else ""

    def own_key_facts(self, record: Order) -> list[Fact | KeyFact]:
        locked = _("locked") if record.is_price_locked else _("follow the price list")
        return [(_("Prices"), locked), KeyFact(_("Reference"), record.customer_reference, "customer_reference")]

    def own_details(self, record: Order) -> list[Fact]:
        return [
            (_("Ordered"), shown.day(record.ordered_on)),
            (_("Delivery requested by"), shown.day(record.requested_delivery_on)),
            (_("Closing note"), record.closing_note),
        ]

    def stages(self, record: Order) -> list[Stage]:
        return order_stages(record, timezone.now())


class OrderEditView(EditView[Order]):
    model, form_class = Order, OrderForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return initial_customer(request)

    def create(self, form: OrderForm, actor: Any) -> Order:
        return create_order(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: OrderForm, actor: Any) -> Order:
        return update_order(order_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Order) -> str:
        return edit_obstacle(record)


class OrderDeleteView(DeleteView):
    model = Order
