"""What hostile people post: parts of somebody else's document, states by the back door, figures beyond the limits.

Each refusal leaves every row of the documents as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from sales.models import (
    Invoice,
    InvoiceLine,
    Opportunity,
    Order,
    OrderLine,
    Payment,
    Quote,
    QuoteLine,
)
from tests.factories.cast import Cast
from tests.factories.opportunities import salesperson_without
from tests.factories.sales import (
    again,
    make_account,
    make_active_quote,
    make_invoice,
    make_issued_invoice,
    make_order,
    make_order_of_quote,
    make_product,
    make_quote,
    no_tax,
    row,
    write_in,
)
from tests.fixtures import ClientFor
from tests.sales.test_lines_grid import grid, line_of

pytestmark = pytest.mark.django_db

D = Decimal
_TABLES: tuple[Any, ...] = (Opportunity, Quote, QuoteLine, Order, OrderLine, Invoice, InvoiceLine, Payment)


@contextmanager
def unchanged() -> Iterator[None]:
    """Every row of every document is as before."""
    before = [list(table.objects.order_by("pk").values()) for table in _TABLES]
    yield
    assert [list(table.objects.order_by("pk").values()) for table in _TABLES] == before


# Parts of somebody else's document.


def test_a_line_of_another_quote_is_not_taken_over(cast: Cast, client_for: ClientFor) -> None:
    mine, theirs = make_quote(cast.rep_a), make_quote(cast.rep_c, customer_account=make_account(cast.rep_c))
    foreign = theirs.lines.get()
    sent = grid(line_of(mine.lines.get()), line_of(foreign, price="1", item="Taken"))
    for removes in ({}, {"line-1-remove": "on"}):
        with unchanged():
            response = client_for(cast.rep_a).post(f"/quotes/{mine.pk}/lines/", sent | removes)
            preview = client_for(cast.rep_a).post(f"/quotes/{mine.pk}/lines/preview/", sent | removes)
        assert (response.status_code, preview.status_code) == (422, 200)
        assert "no longer there" in response.content.decode()


def test_a_payment_of_another_invoice_is_not_reversed_through_mine(cast: Cast, client_for: ClientFor) -> None:
    mine = make_issued_invoice(cast.manager)
    theirs = make_issued_invoice(cast.manager, customer_account=make_account(cast.manager, name="Other"))
    client = client_for(cast.manager)
    client.post(f"/invoices/{theirs.pk}/pay/", {"amount": "20"})
    client.post(f"/invoices/{mine.pk}/pay/", {"amount": "30"})
    foreign = Payment.objects.get(invoice=theirs)
    with unchanged():
        response = client.post(f"/invoices/{mine.pk}/reverse-payment/", {"payment": foreign.pk, "reason": "Not mine"})
    assert response.status_code == 422


def test_nobody_pays_an_invoice_that_is_not_theirs_to_see(cast: Cast, client_for: ClientFor) -> None:
    theirs = make_issued_invoice(cast.rep_c, customer_account=make_account(cast.rep_c))
    with unchanged():
        response = client_for(cast.rep_a).post(f"/invoices/{theirs.pk}/pay/", {"amount": "20", "invoice": theirs.pk})
    assert response.status_code == 404


def test_what_is_not_on_the_form_is_not_saved(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    line = quote.lines.get()
    more = {"net_amount": "1", "price_trace": "{}", "is_price_overridden": "", "document": "1", "base_amount": "1"}
    sent = grid(line_of(line), **{f"line-0-{name}": value for name, value in more.items()})
    with unchanged():
        header = {"total_amount": "1", "state": "won", "owner": str(cast.rep_b.pk), "exchange_rate": "9"}
        assert client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", sent | header).status_code == 302


# States by the back door.


def _canceled_invoice(cast: Cast, client: Client) -> Any:
    invoice = make_invoice(cast.rep_a)
    client.post(f"/invoices/{invoice.pk}/cancel/")
    return again(invoice)


def _won_quote(cast: Cast, _client: Client) -> Any:
    return make_order_of_quote(cast.rep_a).quote


_JUMPS: list[tuple[str, Callable[[Cast, Client], Any], str, dict[str, Any]]] = [
    ("order of a draft quote", lambda cast, _: make_quote(cast.rep_a), "create-order", {}),
    ("revision of a draft", lambda cast, _: make_quote(cast.rep_a), "revise", {}),
    ("activation of an active quote", lambda cast, _: make_active_quote(cast.rep_a), "activate", {}),
    ("lines of an active quote", lambda cast, _: make_active_quote(cast.rep_a), "lines", {"lines-total": "0"}),
    ("header of an active quote", lambda cast, _: make_active_quote(cast.rep_a), "edit", {"name": "Other"}),
    ("revision of a won quote", _won_quote, "revise", {}),
    ("closing of a won quote", _won_quote, "close", {"status_reason": "lost"}),
    ("payment of a draft", lambda cast, _: make_invoice(cast.rep_a), "pay", {"amount": "5"}),
    ("payment of a canceled invoice", _canceled_invoice, "pay", {"amount": "5"}),
    ("issue of a canceled invoice", _canceled_invoice, "issue", {}),
    ("second issue", lambda cast, _: make_issued_invoice(cast.rep_a), "issue", {}),
    ("cancellation of an issued invoice", lambda cast, _: make_issued_invoice(cast.rep_a), "cancel", {}),
    ("lines of an issued invoice", lambda cast, _: make_issued_invoice(cast.rep_a), "lines", {"lines-total": "0"}),
]


@pytest.mark.parametrize(("make", "move", "sent"), [jump[1:] for jump in _JUMPS], ids=[jump[0] for jump in _JUMPS])
def test_a_move_that_the_state_does_not_allow_is_a_conflict(
    make: Callable[[Cast, Client], Any], move: str, sent: dict[str, Any], cast: Cast, client_for: ClientFor
) -> None:
    client = client_for(cast.rep_a)
    record = make(cast, client)
    with unchanged():
        response = client.post(f"/{record._meta.model_name}s/{record.pk}/{move}/", sent)
    assert response.status_code == 409


# Figures beyond the limits.


@pytest.mark.parametrize(
    "typed",
    [
        {"discount": "100.01 %"},
        {"discount": "-1 %"},
        {"discount": "100.01"},
        {"quantity": "-1"},
        {"quantity": "1e400"},
        {"price": "-0.01"},
        {"price": "NaN"},
    ],
)
def test_no_figure_of_a_line_leaves_its_limits(typed: dict[str, str], cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a, [write_in("100", rate=no_tax())])
    with unchanged():
        response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", grid(line_of(quote.lines.get(), **typed)))
    assert response.status_code == 422


@pytest.mark.parametrize("percent", ["100.01", "-0.01", "NaN"])
def test_no_discount_of_a_document_leaves_its_limits(percent: str, cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    form = {"name": "Mine", "customer_account": "Green Lakes Dairy", "currency": quote.currency_id}
    with unchanged():
        response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/edit/", form | {"discount_percent": percent})
    assert response.status_code == 422


def test_prices_are_typed_only_with_the_right_to_it(cast: Cast, client_for: ClientFor) -> None:
    plain = salesperson_without("override_price", cast.north)
    product = make_product("100", rate=no_tax())
    quote = make_quote(plain, [row(product, "2")], customer_account=make_account(plain))
    client, line = client_for(plain), quote.lines.get()
    with unchanged():
        for sent in (line_of(line, price="1"), {"kind": "product", "item": product.number, "price": "1"}):
            assert client.post(f"/quotes/{quote.pk}/lines/", grid(sent)).status_code == 422
    assert client.post(f"/quotes/{quote.pk}/lines/", grid(line_of(line, price="", quantity="3"))).status_code == 302
    assert again(quote).total_amount == D(300)


def test_a_negative_line_does_not_open_a_larger_discount(cast: Cast, client_for: ClientFor) -> None:
    """The manager may return lines; the discount still never exceeds what is left."""
    quote = make_quote(cast.manager, [write_in("100", rate=no_tax())], customer_account=make_account(cast.manager))
    sent = grid(
        line_of(quote.lines.get(), discount="100"),
        {"kind": "write_in", "item": "Return", "quantity": "-1", "price": "50", "discount": "60", "tax": no_tax().pk},
    )
    with unchanged():
        assert client_for(cast.manager).post(f"/quotes/{quote.pk}/lines/", sent).status_code == 422


def test_an_order_keeps_at_least_what_is_invoiced(cast: Cast, client_for: ClientFor) -> None:
    order = make_order(cast.rep_a, [write_in("10", "5", rate=no_tax())])
    client, line = client_for(cast.rep_a), order.lines.get()
    client.post(f"/orders/{order.pk}/create-invoice/")
    invoice = Invoice.objects.get()
    part = grid(line_of(invoice.lines.get(), quantity="3"))
    assert client.post(f"/invoices/{invoice.pk}/lines/", part).status_code == 302
    with unchanged():
        assert client.post(f"/orders/{order.pk}/lines/", grid(line_of(line, quantity="2"))).status_code == 422
        assert client.post(f"/orders/{order.pk}/lines/", grid(line_of(line, remove="on"))).status_code == 409
        more = grid(line_of(invoice.lines.get(), quantity="6"))
        assert client.post(f"/invoices/{invoice.pk}/lines/", more).status_code == 422
