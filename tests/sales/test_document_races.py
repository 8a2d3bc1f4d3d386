"""Twenty people do the same at the same moment: one result, gapless numbers, and nobody sees a deadlock."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from crm.core.errors import Refusal
from sales.models import Invoice, Order, Payment, Quote
from sales.services.invoices import create_invoice_from_order, issue_invoice
from sales.services.orders import cancel_order, create_order_from_quote, fulfill_order
from sales.services.payments import pay_invoice
from sales.services.quotes import activate_quote, create_quote_from_opportunity, revise_quote
from tests.factories.cast import Cast, make_cast
from tests.factories.sales import (
    D,
    again,
    make_active_quote,
    make_invoice,
    make_issued_invoice,
    make_opportunity,
    make_order,
    no_tax,
    write_in,
)

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


def all_at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the type of what it raised, in any order."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results.append(act())
        except Refusal as refusal:
            results.append(type(refusal).__name__)
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [result for result in results if isinstance(result, Exception)]
    return results


def test_the_order_of_the_same_quote(people: Cast) -> None:
    opportunity = make_opportunity(people.rep_a, [write_in("100", rate=no_tax())])
    quotes = [
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=people.rep_a, at=timezone.now())
        for _number in range(2)
    ]
    for quote in quotes:
        activate_quote(quote_id=quote.pk, actor=people.rep_a, at=timezone.now())

    def act() -> int:
        order = create_order_from_quote(quote_id=quotes[0].pk, actor=people.rep_a, at=timezone.now())
        return order.pk

    orders = all_at_once(*[act] * THREADS)
    assert orders == [Order.objects.get().pk] * THREADS
    assert (again(opportunity).state, again(quotes[0]).state, again(quotes[1]).status_reason) == (
        "won",
        "won",
        "canceled",
    )


def test_orders_of_two_quotes_of_one_opportunity(people: Cast) -> None:
    opportunity = make_opportunity(people.rep_a, [write_in("100", rate=no_tax())])
    quotes = [
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=people.rep_a, at=timezone.now())
        for _number in range(2)
    ]
    for quote in quotes:
        activate_quote(quote_id=quote.pk, actor=people.rep_a, at=timezone.now())

    def act(quote: Quote) -> Callable[[], Any]:
        return lambda: create_order_from_quote(quote_id=quote.pk, actor=people.rep_a, at=timezone.now()).pk

    results = Counter(all_at_once(*[act(quotes[number % 2]) for number in range(THREADS)]))
    assert results == {Order.objects.get().pk: THREADS // 2, "IllegalMove": THREADS // 2}
    assert sorted(again(quote).state for quote in quotes) == ["closed", "won"]


def test_the_invoice_of_the_same_order(people: Cast) -> None:
    order = make_order(people.rep_a, [write_in("100", "3")])

    def act() -> int:
        invoice = create_invoice_from_order(order_id=order.pk, actor=people.rep_a, at=timezone.now())
        return invoice.pk

    invoices = all_at_once(*[act] * THREADS)
    assert invoices == [Invoice.objects.get().pk] * THREADS
    assert (order.lines.get().quantity_invoiced, again(order).state) == (3, "invoiced")


def test_issuing_two_invoices(people: Cast) -> None:
    drafts = [make_invoice(people.rep_a) for _number in range(2)]

    def act(invoice: Invoice) -> Callable[[], Any]:
        return lambda: issue_invoice(invoice_id=invoice.pk, actor=people.rep_a, at=timezone.now()).number

    results = all_at_once(*[act(drafts[number % 2]) for number in range(THREADS)])
    numbers = sorted(result for result in results if result != "IllegalMove")
    assert [number[-5:] for number in numbers] == ["00001", "00002"]
    assert sorted(again(draft).number for draft in drafts) == numbers


def test_issuing_twenty_invoices_leaves_no_gap(people: Cast) -> None:
    drafts = [make_invoice(people.rep_a) for _number in range(THREADS)]

    def act(invoice: Invoice) -> Callable[[], Any]:
        return lambda: issue_invoice(invoice_id=invoice.pk, actor=people.rep_a, at=timezone.now()).number

    numbers = all_at_once(*[act(draft) for draft in drafts])
    assert sorted(int(number[-5:]) for number in numbers) == list(range(1, THREADS + 1))


def test_paying_the_same_balance(people: Cast) -> None:
    invoice = make_issued_invoice(people.rep_a)

    def act() -> str:
        pay_invoice(invoice_id=invoice.pk, amount=D("120"), actor=people.rep_a, at=timezone.now())
        return "paid"

    assert Counter(all_at_once(*[act] * THREADS)) == {"paid": 1, "IllegalMove": THREADS - 1}
    assert (Payment.objects.count(), again(invoice).balance, again(invoice).state) == (1, 0, "paid")


def test_paying_parts_never_takes_more_than_is_open(people: Cast) -> None:
    invoice = make_issued_invoice(people.rep_a)

    def act() -> str:
        pay_invoice(invoice_id=invoice.pk, amount=D("25"), actor=people.rep_a, at=timezone.now())
        return "paid"

    assert Counter(all_at_once(*[act] * THREADS)) == {"paid": 4, "Invalid": THREADS - 4}
    assert (Payment.objects.count(), again(invoice).balance) == (4, D(20))


def test_revising_the_same_quote(people: Cast) -> None:
    quote = make_active_quote(people.rep_a)

    def act() -> str:
        revise_quote(quote_id=quote.pk, actor=people.rep_a, at=timezone.now())
        return "revised"

    assert Counter(all_at_once(*[act] * THREADS)) == {"revised": 1, "IllegalMove": THREADS - 1}
    assert sorted(Quote.objects.values_list("revision", "state")) == [(0, "closed"), (1, "draft")]


def test_canceling_against_fulfilling_and_invoicing(people: Cast) -> None:
    order = make_order(people.rep_a)

    def act(move: Callable[..., Any], **more: Any) -> Callable[[], Any]:
        def run() -> str:
            move(order_id=order.pk, actor=people.rep_a, at=timezone.now(), **more)
            return move.__name__

        return run

    acts = [act(cancel_order), act(create_invoice_from_order), act(fulfill_order, status_reason="complete")]
    won = Counter(all_at_once(*(acts[number % 3] for number in range(THREADS))))
    assert (won["cancel_order"] == 1) is (again(order).state == "canceled")
    assert (won["cancel_order"] == 0) is (Invoice.objects.count() == 1)
