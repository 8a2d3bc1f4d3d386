"""What can be done with an order."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import WRITE
from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from sales.forms.orders import CancelOrderForm, FulfillForm
from sales.models import Invoice, Order
from sales.services import orders as service
from sales.services.invoices import create_invoice_from_order
from sales.services.lines import frozen_sentence
from sales.states import InvoiceState, OrderState

type Values = Mapping[str, Any]


def _page(order: Order) -> str:
    return screen_url(Order, "detail", order.pk)


def _plain(act: Callable[..., Order]) -> Callable[[int, Values, Any], str]:
    def perform(pk: int, _values: Values, actor: Any) -> str:
        return _page(act(order_id=pk, actor=actor, at=timezone.now()))

    return perform


def _fulfill(pk: int, values: Values, actor: Any) -> str:
    return _page(service.fulfill_order(order_id=pk, **values, actor=actor, at=timezone.now()))


def _cancel(pk: int, values: Values, actor: Any) -> str:
    return _page(service.cancel_order(order_id=pk, **values, actor=actor, at=timezone.now()))


def _create_invoice(pk: int, _values: Values, actor: Any) -> str:
    invoice = create_invoice_from_order(order_id=pk, actor=actor, at=timezone.now())
    return screen_url(Invoice, "detail", invoice.pk)


def _to_be_delivered(order: Order) -> str:
    if order.machine.can("fulfill", order) or order.machine.can("complete", order):
        return ""
    return order.machine.refusal(order, "fulfill")


def _to_be_invoiced(order: Order) -> str:
    """Once everything is invoiced the act leads to the draft that did it, while there is one."""
    if order.state == OrderState.CANCELED:
        return order.machine.refusal(order, "invoice")
    if order.state == OrderState.INVOICED and not order.invoices.filter(state=InvoiceState.DRAFT).exists():
        return _("Everything on this order is invoiced.")
    return ""


def _lockable(order: Order) -> str:
    if not order.is_editable:
        return frozen_sentence(order)
    return _("The prices are locked already.") if order.is_price_locked else ""


def _editable(order: Order) -> str:
    return "" if order.is_editable else frozen_sentence(order)


FULFILL = Action(
    name="fulfill",
    label=gettext_lazy("Fulfill"),
    model=Order,
    right="fulfill",
    url_name="sales:order_fulfill",
    form=FulfillForm,
    perform=_fulfill,
    obstacle=_to_be_delivered,
    done=gettext_lazy("Order fulfilled"),
    position=10,
)
CREATE_INVOICE = Action(
    name="create-invoice",
    label=gettext_lazy("Create invoice"),
    model=Order,
    right="create_invoice",
    url_name="sales:order_create_invoice",
    perform=_create_invoice,
    obstacle=_to_be_invoiced,
    confirm=gettext_lazy("A draft invoice is made for everything that is not invoiced yet."),
    done=gettext_lazy("Draft invoice made"),
    position=20,
)
LOCK = Action(
    name="lock",
    label=gettext_lazy("Lock prices"),
    model=Order,
    right=WRITE,
    url_name="sales:order_lock",
    perform=_plain(service.lock_order_prices),
    obstacle=_lockable,
    confirm=gettext_lazy("From now on the price list no longer changes what is on this order."),
    done=gettext_lazy("Prices locked"),
    position=60,
)
USE_CURRENT_PRICING = Action(
    name="use-current-pricing",
    label=gettext_lazy("Use current pricing"),
    model=Order,
    right=WRITE,
    url_name="sales:order_use_current_pricing",
    perform=_plain(service.use_current_prices),
    obstacle=_editable,
    confirm=gettext_lazy("The prices are read from the price list at once, and with every later change."),
    done=gettext_lazy("Prices read again"),
    position=61,
)
PEND = Action(
    name="mark-pending",
    label=gettext_lazy("Mark as pending"),
    model=Order,
    right=WRITE,
    move="pend",
    url_name="sales:order_mark_pending",
    perform=_plain(service.pend_order),
    done=gettext_lazy("Order pending"),
    position=70,
)
HOLD = Action(
    name="hold",
    label=gettext_lazy("Put on hold"),
    model=Order,
    right=WRITE,
    move="hold",
    url_name="sales:order_hold",
    perform=_plain(service.hold_order),
    done=gettext_lazy("Order on hold"),
    position=71,
)
RESUME = Action(
    name="resume",
    label=gettext_lazy("Resume"),
    model=Order,
    right=WRITE,
    move="resume",
    url_name="sales:order_resume",
    perform=_plain(service.resume_order),
    done=gettext_lazy("Order resumed"),
    position=72,
)
CANCEL = Action(
    name="cancel",
    label=gettext_lazy("Cancel order"),
    model=Order,
    right="cancel",
    move="cancel",
    url_name="sales:order_cancel",
    form=CancelOrderForm,
    perform=_cancel,
    done=gettext_lazy("Order canceled"),
    danger=True,
    position=90,
)
ASSIGN = assign_action(Order)

ALL = (FULFILL, CREATE_INVOICE, LOCK, USE_CURRENT_PRICING, PEND, HOLD, RESUME, CANCEL, ASSIGN)


def register_actions() -> None:
    register(*ALL)
