"""The pages of orders."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact
from sales.filters.documents import OrderFilter
from sales.forms.orders import OrderForm
from sales.models import Order
from sales.services.orders import create_order, update_order
from sales.tables.orders import OrderTable
from sales.views.documents import detail_facts, edit_obstacle, head_facts, initial_customer


class OrderListView(ListView):
    model, table, filterset = Order, OrderTable, OrderFilter
    create_url_name = "sales:order_create"
    system_views = (
        SystemView(
            "my-open",
            gettext_lazy("My open orders"),
            lambda rows, user: rows.filter(state__in=("active", "fulfilled"), owner=user),
            default=True,
        ),
        SystemView("active", gettext_lazy("Active"), lambda rows, _user: rows.filter(state="active")),
        SystemView("to-invoice", gettext_lazy("To invoice"), lambda rows, _user: rows.filter(state="fulfilled")),
        SystemView("invoiced", gettext_lazy("Invoiced"), lambda rows, _user: rows.filter(state="invoiced")),
        SystemView("canceled", gettext_lazy("Canceled"), lambda rows, _user: rows.filter(state="canceled")),
        SystemView("all", gettext_lazy("All orders")),
    )


class OrderDetailView(DetailView[Order]):
    model = Order
    first_tab = "lines"

    def subtitle(self, record: Order) -> str:
        return f"{record.name} · {record.customer}"

    def facts(self, record: Order) -> list[Fact]:
        return [
            *head_facts(record),
            (_("Ordered"), shown.day(record.ordered_on)),
            (_("Delivered"), shown.day(record.fulfilled_on)),
            (_("Canceled"), shown.day(record.canceled_on)),
            (_("Prices"), _("locked") if record.is_price_locked else _("follow the price list")),
        ]

    def details(self, record: Order) -> list[Fact]:
        return [
            *detail_facts(record),
            (_("Delivery requested by"), shown.day(record.requested_delivery_on)),
            (_("Closing note"), record.closing_note),
        ]

    def edit_obstacle(self, record: Order) -> str:
        return edit_obstacle(record)


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
