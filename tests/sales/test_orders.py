"""Orders: from a won quote, from an opportunity, alone; locked, fulfilled, canceled."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.models import Activity
from catalog.models import PriceListItem
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.models import Organisation
from crm.customers.models import Account
from sales.models import Opportunity, Order, OrderLine, Quote
from sales.services.documents import InvalidLine
from sales.services.lines import LineRow
from sales.services.orders import (
    cancel_order,
    create_order,
    create_order_from_opportunity,
    create_order_from_quote,
    fulfill_order,
    hold_order,
    lock_order_prices,
    pend_order,
    resume_order,
    update_order,
    use_current_prices,
)
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_account,
    make_active_quote,
    make_invoice_of_order,
    make_opportunity,
    make_order,
    make_order_of_quote,
    make_product,
    make_quote,
    no_tax,
    put_lines,
    row,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal

type Acts = tuple[Callable[..., Any], ...]


def today() -> dt.date:
    return Organisation.load().today(timezone.now())


def opportunity_of(quote: Quote) -> Opportunity:
    assert quote.opportunity_id
    return Opportunity.objects.get(pk=quote.opportunity_id)


def two_quotes(cast: Cast) -> tuple[Quote, Quote]:
    """An active quote of 100 and a draft, of the same opportunity."""
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())], estimated_revenue=D(80))
    first, second = (
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
        for _number in range(2)
    )
    return activate_quote(quote_id=first.pk, actor=cast.rep_a, at=timezone.now()), second


def test_creating_the_order_wins_quote_and_opportunity_and_closes_the_siblings(cast: Cast) -> None:
    quote, sibling = two_quotes(cast)
    order = create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    quote, sibling = again(quote), again(sibling)
    opportunity = opportunity_of(quote)
    assert (quote.state, quote.won_on, sibling.state, sibling.status_reason) == ("won", today(), "closed", "canceled")
    assert (opportunity.state, opportunity.actual_revenue, opportunity.actual_close_on) == ("won", D(100), today())
    assert (order.state, order.status_reason, order.is_price_locked) == ("active", "new", True)
    assert (order.quote, order.opportunity, order.owner, order.total_amount) == (
        quote,
        opportunity,
        cast.rep_a,
        D(100),
    )
    assert order.number.startswith(f"ORD-{today().year}-")
    assert order.lines.get().quote_line == quote.lines.get()
    assert Activity.objects.filter(kind="close").count() == 3


def test_the_opportunity_may_stay_open(cast: Cast) -> None:
    quote, sibling = two_quotes(cast)
    create_order_from_quote(
        quote_id=quote.pk, close_opportunity=False, close_siblings=False, actor=cast.rep_a, at=timezone.now()
    )
    assert (opportunity_of(quote).state, again(sibling).state) == ("open", "draft")


def test_open_siblings_never_stay_behind_a_closed_opportunity(cast: Cast) -> None:
    quote, sibling = two_quotes(cast)
    with pytest.raises(Conflict) as refused:
        create_order_from_quote(quote_id=quote.pk, close_siblings=False, actor=cast.rep_a, at=timezone.now())
    assert refused.value.details == (str(sibling),)
    assert (again(quote).state, again(sibling).state, Order.objects.count()) == ("active", "draft", 0)


def test_typed_revenue_goes_onto_the_opportunity(cast: Cast) -> None:
    quote, _sibling = two_quotes(cast)
    create_order_from_quote(quote_id=quote.pk, actual_revenue=D("95.50"), actor=cast.rep_a, at=timezone.now())
    assert opportunity_of(quote).actual_revenue == D("95.50")


def test_a_second_call_gives_the_same_order_until_that_is_canceled(cast: Cast) -> None:
    quote, _sibling = two_quotes(cast)
    order = create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now()) == order
    cancel_order(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    other = create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert (other == order, other.total_amount, Order.objects.count()) == (False, D(100), 2)
    assert again(quote).state == "won"


def test_the_database_allows_one_live_order_per_quote(cast: Cast) -> None:
    order, alone = make_order_of_quote(cast.rep_a), make_order(cast.rep_a)
    with pytest.raises(IntegrityError, match="order_one_live_per_quote"), transaction.atomic():
        Order.objects.filter(pk=alone.pk).update(quote=order.quote)


def test_a_draft_gives_no_order(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(IllegalMove, match="This quote is draft"):
        create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert (again(quote).state, Order.objects.count()) == ("draft", 0)


def test_an_order_of_an_opportunity_leaves_it_open(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    order = create_order_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    assert (order.total_amount, order.is_price_locked, again(opportunity).state) == (D(100), False, "open")
    assert order.lines.get().opportunity_line == opportunity.lines.get()


def test_locked_prices_stay_and_unlocked_ones_follow_the_list(cast: Cast) -> None:
    product = make_product("100", rate=no_tax())
    order = make_order_of_quote(cast.rep_a, [row(product)])
    PriceListItem.objects.filter(product=product).update(amount=D(130))
    update_order(order_id=order.pk, values={"description": "x"}, actor=cast.rep_a, at=timezone.now())
    line = order.lines.get()
    put_lines(order, row(product, "2", line_id=line.pk, price_per_unit="100", rate=no_tax()), actor=cast.rep_a)
    assert again(order).total_amount == D(200)
    use_current_prices(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    assert (again(order).total_amount, again(order).is_price_locked) == (D(260), False)
    lock_order_prices(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    PriceListItem.objects.filter(product=product).update(amount=D(150))
    update_order(order_id=order.pk, values={"description": "y"}, actor=cast.rep_a, at=timezone.now())
    assert again(order).total_amount == D(260)


def test_hold_pend_and_resume(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    for act, reason in ((pend_order, "pending"), (hold_order, "on_hold"), (resume_order, "new")):
        assert act(order_id=order.pk, actor=cast.rep_a, at=timezone.now()).status_reason == reason
    with pytest.raises(IllegalMove):
        resume_order(order_id=order.pk, actor=cast.rep_a, at=timezone.now())


def test_a_complete_order_is_delivered_whole(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("100", "3")])
    yesterday = today() - dt.timedelta(days=1)
    fulfill_order(
        order_id=order.pk, status_reason="complete", fulfilled_on=yesterday, actor=cast.rep_a, at=timezone.now()
    )
    order = again(order)
    assert (order.state, order.status_reason, order.fulfilled_on) == ("fulfilled", "complete", yesterday)
    assert order.lines.get().quantity_delivered == 3


def test_a_partial_order_is_completed_later(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    fulfill_order(order_id=order.pk, status_reason="partial", actor=cast.rep_a, at=timezone.now())
    with pytest.raises(Invalid, match="Choose Complete"):
        fulfill_order(order_id=order.pk, status_reason="partial", actor=cast.rep_a, at=timezone.now())
    fulfill_order(order_id=order.pk, status_reason="complete", actor=cast.rep_a, at=timezone.now())
    assert (again(order).status_reason, order.lines.get().quantity_delivered) == ("complete", 1)


@pytest.mark.parametrize("sentence", ["has no lines", "lies in the future"])
def test_fulfilling_is_refused(cast: Cast, sentence: str) -> None:
    order = make_order(cast.rep_a)
    day = today() + dt.timedelta(days=1)
    if sentence == "has no lines":
        order.lines.all().delete()
        day = today()
    with pytest.raises(Invalid, match=sentence):
        fulfill_order(
            order_id=order.pk, status_reason="complete", fulfilled_on=day, actor=cast.rep_a, at=timezone.now()
        )
    assert again(order).state == "active"


def test_a_fulfilled_order_is_read_only(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    fulfill_order(order_id=order.pk, status_reason="complete", actor=cast.rep_a, at=timezone.now())
    with pytest.raises(Conflict, match="is fulfilled"):
        put_lines(order, write_in("1"))
    with pytest.raises(Conflict, match="is fulfilled"):
        use_current_prices(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    assert order.lines.count() == 1


def test_an_invoiced_order_is_not_canceled(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("100", "2")])
    invoice = make_invoice_of_order(order)
    put_lines(invoice, write_in("100", "1", line_id=invoice.lines.get().pk))
    with pytest.raises(Conflict) as refused:
        cancel_order(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    assert refused.value.details == (str(again(invoice)),)
    assert again(order).state == "active"


def test_quantities_never_drop_below_what_is_invoiced(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("100", "3")])
    line, invoice = order.lines.get(), make_invoice_of_order(order)
    put_lines(invoice, write_in("100", "2", line_id=invoice.lines.get().pk))
    with pytest.raises(InvalidLine, match="2 is already delivered or invoiced"):
        put_lines(again(order), write_in("100", "1", line_id=line.pk))
    with pytest.raises(IntegrityError, match="order_line_invoices_what_is_ordered"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(quantity=1)
    assert order.lines.get().quantity == 3


def test_what_holds_customers_and_products(cast: Cast) -> None:
    product = make_product("100")
    order = make_order(cast.rep_a, [row(product)])
    for model, record in ((Account, order.customer), (type(product), product)):
        with pytest.raises(Conflict) as refused:
            delete_record(model=model, record_id=record.pk, actor=cast.administrator, at=timezone.now())
        assert refused.value.details == (f"Order: {order.number}",)
    delete_record(model=Order, record_id=order.pk, actor=cast.administrator, at=timezone.now())
    delete_record(model=Account, record_id=order.customer.pk, actor=cast.administrator, at=timezone.now())
    assert not Account.objects.exists()


def test_an_order_is_made_with_all_its_lines_or_not_at_all(cast: Cast) -> None:
    product, account = make_product("100", rate=no_tax()), make_account(cast.rep_a)
    who: Any = {"owner": cast.rep_a, "actor": cast.rep_a, "at": timezone.now()}
    rows = [row(product, "2", discount_percent="10"), write_in("5", rate=no_tax())]

    order = create_order(values={"customer_account": account}, rows=rows, **who)

    assert [line.net_amount for line in again(order).lines.order_by("position")] == [D(180), D(5)]
    assert again(order).total_amount == D(185)
    with pytest.raises(InvalidLine, match="Line 2: Choose a product"):
        create_order(values={"customer_account": account}, rows=[rows[0], LineRow()], **who)
    assert Order.objects.get() == order


def test_only_active_orders_are_deleted(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    cancel_order(order_id=order.pk, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Conflict):
        delete_record(model=Order, record_id=order.pk, actor=cast.rep_a, at=timezone.now())
    assert Order.objects.count() == 1


def test_rights_are_asked_for_every_act(cast: Cast) -> None:
    quote, order = make_active_quote(cast.rep_a), make_order(cast.rep_a)
    acts: Acts = (
        lambda actor: create_order_from_quote(quote_id=quote.pk, actor=actor, at=timezone.now()),
        lambda actor: hold_order(order_id=order.pk, actor=actor, at=timezone.now()),
        lambda actor: fulfill_order(order_id=order.pk, status_reason="complete", actor=actor, at=timezone.now()),
        lambda actor: cancel_order(order_id=order.pk, actor=actor, at=timezone.now()),
        lambda actor: use_current_prices(order_id=order.pk, actor=actor, at=timezone.now()),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act(cast.rep_c)
        with pytest.raises(Forbidden):
            act(cast.read_only)
    assert (again(quote).state, again(order).state, Order.objects.count()) == ("active", "active", 1)
