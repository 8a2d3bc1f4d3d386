"""Every move at its address: the walk from quote to paid invoice, and illegal moves by direct POST."""

from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sales.models import Invoice, Order, Payment, Quote
from sales.services.invoices import cancel_invoice
from sales.services.orders import cancel_order, fulfill_order, hold_order, pend_order
from sales.services.payments import pay_invoice
from sales.services.quotes import close_quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    D,
    again,
    make_active_quote,
    make_invoice,
    make_invoice_of_order,
    make_issued_invoice,
    make_order,
    make_order_of_quote,
    make_quote,
)
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def url(noun: str, move: str, record: Any) -> str:
    return f"/{noun}s/{record.pk}/{move}/"


def test_the_walk_from_quote_to_paid_invoice(cast: Cast, client_for: ClientFor) -> None:
    client, quote = client_for(cast.rep_a), make_quote(cast.rep_a)
    client.post(url("quote", "activate", quote))
    client.post(url("quote", "create-order", quote), {"won_on": ""})
    order = Order.objects.get()
    client.post(url("order", "fulfill", order), {"status_reason": "complete"})
    client.post(url("order", "create-invoice", order))
    invoice = Invoice.objects.get()
    client.post(url("invoice", "issue", invoice))
    client.post(url("invoice", "pay", invoice), {"amount": "20", "method": "cash"})
    client.post(url("invoice", "pay", invoice), {"amount": "100"})
    assert [again(record).state for record in (quote, order, invoice)] == ["won", "invoiced", "paid"]
    page = client.get(f"/invoices/{invoice.pk}/").content.decode()
    assert (quote.number in page, order.number in page, again(invoice).number in page) == (True, True, True)


@pytest.mark.parametrize(
    ("noun", "move"), [("quote", "activate"), ("quote", "close"), ("order", "fulfill"), ("invoice", "issue")]
)
def test_get_asks_and_changes_nothing(noun: str, move: str, cast: Cast, client_for: ClientFor) -> None:
    record = {"quote": make_quote, "order": make_order, "invoice": make_invoice}[noun](cast.rep_a)
    before = again(record).version
    assert client_for(cast.rep_a).get(url(noun, move, record)).status_code == 200
    assert again(record).version == before


STATES: dict[str, dict[str, Any]] = {
    "quote": {
        "draft": make_quote,
        "active": make_active_quote,
        "won": lambda owner: make_order_of_quote(owner).quote,
        "lost": lambda owner: _closed(make_active_quote(owner), "lost"),
        "canceled": lambda owner: _closed(make_quote(owner), "canceled"),
    },
    "order": {
        "new": make_order,
        "pending": lambda owner: _with(pend_order, make_order(owner)),
        "on_hold": lambda owner: _with(hold_order, make_order(owner)),
        "complete": lambda owner: _with(fulfill_order, make_order(owner), status_reason="complete"),
        "partial": lambda owner: _with(fulfill_order, make_order(owner), status_reason="partial"),
        "canceled": lambda owner: _with(cancel_order, make_order(owner)),
        "invoiced": lambda owner: make_invoice_of_order(make_order(owner)).order,
    },
    "invoice": {
        "draft": make_invoice,
        "billed": make_issued_invoice,
        "partially_paid": lambda owner: _paid(make_issued_invoice(owner), "20"),
        "paid": lambda owner: _paid(make_issued_invoice(owner), "120"),
        "canceled": lambda owner: _canceled(make_invoice(owner)),
    },
}

# From which reasons each address goes through, with the form that it needs.
OPEN_FROM: dict[str, dict[str, tuple[set[str], dict[str, str]]]] = {
    "quote": {
        "activate": ({"draft"}, {}),
        "revise": ({"active", "lost", "canceled"}, {}),
        "close": ({"draft", "active"}, {"status_reason": "canceled"}),
        "create-order": ({"active", "won"}, {}),
    },
    "order": {
        "fulfill": ({"new", "pending", "on_hold", "partial"}, {"status_reason": "complete"}),
        "create-invoice": ({"new", "pending", "on_hold", "complete", "partial", "invoiced"}, {}),
        "cancel": ({"new", "pending", "on_hold"}, {}),
        "hold": ({"new", "pending"}, {}),
        "mark-pending": ({"new", "on_hold"}, {}),
        "resume": ({"pending", "on_hold"}, {}),
        "lock": ({"new", "pending", "on_hold"}, {}),
        "use-current-pricing": ({"new", "pending", "on_hold"}, {}),
    },
    "invoice": {
        "issue": ({"draft"}, {}),
        "pay": ({"billed", "partially_paid"}, {"amount": "1"}),
        "reverse-payment": ({"partially_paid", "paid"}, {"reason": "x"}),
        "cancel": ({"draft"}, {}),
    },
}


def _with(act: Any, order: Order, **more: Any) -> Order:
    moved: Order = act(order_id=order.pk, actor=order.owner, at=timezone.now(), **more)
    return moved


def _closed(quote: Quote, reason: str) -> Quote:
    return close_quote(quote_id=quote.pk, status_reason=reason, actor=quote.owner, at=timezone.now())  # type: ignore[arg-type]  # owned by a user


def _paid(invoice: Invoice, amount: str) -> Invoice:
    pay_invoice(invoice_id=invoice.pk, amount=D(amount), actor=invoice.owner, at=timezone.now())  # type: ignore[arg-type]  # owned by a user
    return invoice


def _canceled(invoice: Invoice) -> Invoice:
    return cancel_invoice(invoice_id=invoice.pk, actor=invoice.owner, at=timezone.now())  # type: ignore[arg-type]  # owned by a user


ATTEMPTS = [
    pytest.param(noun, reason, move, id=f"{noun}-{reason}-{move}")
    for noun in STATES
    for reason, move in product(STATES[noun], OPEN_FROM[noun])
]


@pytest.mark.parametrize(("noun", "reason", "move"), ATTEMPTS)
def test_a_direct_post_moves_only_from_where_it_may(
    noun: str, reason: str, move: str, cast: Cast, client_for: ClientFor
) -> None:
    record = again(STATES[noun][reason](cast.rep_a))
    assert record.status_reason == reason
    open_from, form = OPEN_FROM[noun][move]
    if move == "reverse-payment":
        form = form | {"payment": str(getattr(Payment.objects.first(), "pk", 0))}
    response = client_for(cast.administrator).post(url(noun, move, record), form)
    after = again(record)
    if reason in open_from:
        assert response.status_code == 302, response.content.decode()
    else:
        assert response.status_code == 409
        assert (after.state, after.status_reason, after.version) == (record.state, reason, record.version)
        assert str(record.machine.described(record)) in response.content.decode()


@pytest.mark.parametrize(
    ("noun", "move", "form"),
    [
        ("quote", "close", {}),
        ("quote", "close", {"status_reason": "revised"}),
        ("order", "fulfill", {"status_reason": "everything"}),
        ("invoice", "issue", {"issued_on": "2999-01-01"}),
    ],
)
def test_wrong_values_come_back(noun: str, move: str, form: dict[str, str], cast: Cast, client_for: ClientFor) -> None:
    record = {"quote": make_quote, "order": make_order, "invoice": make_invoice}[noun](cast.rep_a)
    before = again(record)
    assert client_for(cast.rep_a).post(url(noun, move, record), form).status_code == 422
    assert (again(record).state, again(record).version) == (before.state, before.version)


def test_overpayment_names_the_open_amount(cast: Cast, client_for: ClientFor) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    response = client_for(cast.rep_a).post(url("invoice", "pay", invoice), {"amount": "120.01"})
    assert response.status_code == 422
    assert "Only 120.00 EUR is open" in response.content.decode()
    assert Payment.objects.count() == 0


def test_a_payment_sent_twice_is_one(cast: Cast, client_for: ClientFor) -> None:
    invoice, client = make_issued_invoice(cast.rep_a), client_for(cast.rep_a)
    for _time in range(2):
        response = client.post(url("invoice", "pay", invoice), {"amount": "20", "idempotency_key": "once"})
        assert response.headers["Location"] == f"/invoices/{invoice.pk}/"
    assert (Payment.objects.count(), again(invoice).balance) == (1, 100)


def _refused(client: Client, address: str) -> int:
    return client.post(address, {"amount": "1", "status_reason": "complete"}).status_code


@pytest.mark.parametrize("move", ["activate", "create-order", "revise", "close"])
def test_moves_ask_for_rights(move: str, cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a) if move == "activate" else make_active_quote(cast.rep_a)
    before = again(quote)
    assert _refused(client_for(cast.read_only), url("quote", move, quote)) == 403
    assert _refused(client_for(cast.rep_c), url("quote", move, quote)) == 404
    assert (again(quote).state, again(quote).version) == (before.state, before.version)
