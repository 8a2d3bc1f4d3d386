"""What can be done with a quote."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from sales.forms.quotes import CloseQuoteForm, CreateOrderForm
from sales.models import Order, Quote
from sales.services.orders import create_order_from_quote
from sales.services.quotes import activate_quote, close_quote, revise_quote
from sales.states import QuoteState

type Values = Mapping[str, Any]


def _activate(pk: int, _values: Values, actor: Any) -> str:
    quote = activate_quote(quote_id=pk, actor=actor, at=timezone.now())
    return screen_url(Quote, "detail", quote.pk)


def _revise(pk: int, _values: Values, actor: Any) -> str:
    quote = revise_quote(quote_id=pk, actor=actor, at=timezone.now())
    return screen_url(Quote, "detail", quote.pk)


def _close(pk: int, values: Values, actor: Any) -> str:
    quote = close_quote(
        quote_id=pk,
        status_reason=values["status_reason"],
        closed_on=values["closed_on"],
        description=values["description"],
        close_opportunity=values.get("close_opportunity", False),
        actor=actor,
        at=timezone.now(),
    )
    return screen_url(Quote, "detail", quote.pk)


def _create_order(pk: int, values: Values, actor: Any) -> str:
    order = create_order_from_quote(
        quote_id=pk,
        won_on=values["won_on"],
        close_opportunity=values.get("close_opportunity", False),
        actual_revenue=values.get("actual_revenue"),
        close_siblings=values.get("close_siblings", False),
        description=values["description"],
        actor=actor,
        at=timezone.now(),
    )
    return screen_url(Order, "detail", order.pk)


def _open_only(quote: Quote) -> str:
    if quote.state in (QuoteState.DRAFT, QuoteState.ACTIVE):
        return ""
    return quote.machine.refusal(quote, "close")


def _active_or_won(quote: Quote) -> str:
    """A won quote gives its order again, or a new one after that was canceled."""
    if quote.state in (QuoteState.ACTIVE, QuoteState.WON):
        return ""
    return quote.machine.refusal(quote, "create_order")


ACTIVATE = Action(
    name="activate",
    label=_("Activate"),
    model=Quote,
    right="activate",
    move="activate",
    url_name="sales:quote_activate",
    perform=_activate,
    confirm=_("Header, lines and exchange rate stay as they are from now on. Changes go into a new revision."),
    done=_("Quote activated"),
    position=10,
)
CREATE_ORDER = Action(
    name="create-order",
    label=_("Create order"),
    model=Quote,
    right="create_order",
    url_name="sales:quote_create_order",
    form=CreateOrderForm,
    perform=_create_order,
    obstacle=_active_or_won,
    confirm=_("The quote is won and its order is made, in one step."),
    done=_("Order created"),
    position=20,
)
REVISE = Action(
    name="revise",
    label=_("Revise"),
    model=Quote,
    right="revise",
    move="revise",
    url_name="sales:quote_revise",
    perform=_revise,
    confirm=_("This quote closes as revised, and a draft with the next revision of its number is made."),
    done=_("Draft revision made"),
    position=40,
)
CLOSE = Action(
    name="close",
    label=_("Close"),
    model=Quote,
    right="close",
    url_name="sales:quote_close",
    form=CloseQuoteForm,
    perform=_close,
    obstacle=_open_only,
    done=_("Quote closed"),
    danger=True,
    position=50,
)
ASSIGN = assign_action(Quote)


def register_actions() -> None:
    register(ACTIVATE, CREATE_ORDER, REVISE, CLOSE, ASSIGN)
