"""What the grid asks while somebody types: sums as saving would make them, products, pasted rows."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.history import events_of
from sales.forms.line_paste import pasted_rows, plain_number
from sales.models import Quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_active_quote,
    make_invoice_of_order,
    make_order,
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
HTMX = {"HX-Request": "true"}


def _preview(client: Client, quote: Quote, sent: dict[str, Any], **more: Any) -> str:
    """The answer to htmx; whatever it is, the quote stays as it was."""
    before = (again(quote).version, list(quote.lines.order_by("pk").values()), len(list(events_of(quote))))
    response = client.post(f"/quotes/{quote.pk}/lines/preview/", sent | more, headers=HTMX)
    assert response.status_code == 200
    assert (again(quote).version, list(quote.lines.order_by("pk").values()), len(list(events_of(quote)))) == before
    return response.content.decode()


def test_the_sums_come_back_as_saving_would_make_them(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("100", rate=no_tax())
    quote, client = make_quote(cast.rep_a, [row(product, "2")]), client_for(cast.rep_a)
    rows = [
        line_of(quote.lines.get(), quantity="3", price="", discount="10 %"),
        {"kind": "write_in", "item": "Travel", "price": "40", "tax": no_tax().pk},
    ]
    page = _preview(client, quote, grid(*rows))
    assert '<span id="line-0-net" hx-swap-oob="true">270.00</span>' in page
    assert '<span id="line-1-net" hx-swap-oob="true">40.00</span>' in page
    assert "310.00" in page
    client.post(f"/quotes/{quote.pk}/lines/", grid(*rows))
    assert again(quote).total_amount == D(310)


def test_a_named_product_shows_its_name_its_price_and_its_units(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("12.5", rate=no_tax())
    quote = make_quote(cast.rep_a)
    rows = [line_of(quote.lines.get()), {"kind": "product", "item": product.number.lower()}]
    page = _preview(client_for(cast.rep_a), quote, grid(*rows), changed="line-1-item")
    assert product.name in page
    assert 'data-price="12.50"' in page
    assert "innerHTML:#line-1-unit" in page
    assert 'name="lines-total" id="lines-total" value="5"' in page


def test_a_row_that_cannot_be_says_so_and_counts_for_nothing(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a, [write_in("100", rate=no_tax())])
    wrong = [
        {"kind": "product", "item": "Nothing such"},
        {"kind": "write_in", "item": "Too much off", "price": "5", "discount": "6"},
        {"kind": "write_in", "item": "Too much", "price": "5", "discount": "100.01 %"},
        {"kind": "write_in", "item": "No number", "price": "five"},
    ]
    page = _preview(client_for(cast.rep_a), quote, grid(line_of(quote.lines.get()), *wrong))
    for sentence in (
        "There is no “Nothing such”",
        "is larger than the amount",
        "lies between 0 and 100",
        "Enter a number.",
    ):
        assert sentence in page
    assert page.count("100.00") >= 2  # lines and total


def test_a_duplicate_stands_under_its_row(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("100", rate=no_tax())
    quote = make_quote(cast.rep_a, [row(product, "2"), write_in("7", rate=no_tax())])
    sent = grid(*[line_of(line, price="") for line in quote.lines.order_by("position")])
    sent["line-1-price"] = "7"
    page = _preview(client_for(cast.rep_a), quote, sent, act="duplicate", row="line-0")
    assert f'name="line-1-item" value="{product.number}"' in page
    assert 'name="line-2-item" value="Write-in"' in page
    assert "407.00" in page


def test_rows_of_a_spreadsheet_become_rows_of_the_grid(cast: Cast, client_for: ClientFor) -> None:
    pump, hose = make_product("100", rate=no_tax()), make_product("7.5", rate=no_tax())
    quote = make_quote(cast.rep_a, [write_in("1", rate=no_tax())])
    text = f"Product\tQty\tPrice\n{pump.number}\t2\t90,50\n{hose.name}\t1.000\n"
    page = _preview(client_for(cast.rep_a), quote, grid(line_of(quote.lines.get())), act="paste", paste=text)
    assert f'name="line-1-item" value="{pump.number}"' in page
    assert f'name="line-2-item" value="{hose.name}"' in page
    assert "Was 100.00" in page
    assert "189.50" in page


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234", "1234"),
        ("4,5", "4.5"),
        ("1.5", "1.5"),
        ("1.234.567", "1234567"),
        ("−12", "-12"),
        ("5 %", "5 %"),
        ("1 000", "1000"),
        ("two", "two"),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert plain_number(typed) == number


def test_a_unit_stands_between_quantity_and_price() -> None:
    (values,) = pasted_rows("P-1;4;box;9.90;5 %", {"box": 7})
    assert values == {
        "kind": "product",
        "item": "P-1",
        "quantity": "4",
        "unit": "7",
        "price": "9.90",
        "discount": "5 %",
    }


def test_without_htmx_the_preview_is_a_page_with_what_was_typed(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    sent = grid(line_of(quote.lines.get(), price="77"), act="paste", paste="Nothing such;1")
    response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/preview/", sent)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="77"' in page
    assert 'value="Nothing such"' in page
    assert "<title>Lines of" in page
    assert list(quote.lines.values_list("price_per_unit", flat=True)) == [D(100)]


def test_only_what_is_open_is_previewed(cast: Cast, client_for: ClientFor) -> None:
    quote = make_active_quote(cast.rep_a)
    for client, status in (
        (client_for(cast.rep_a), 409),
        (client_for(cast.read_only), 403),
        (client_for(cast.rep_c), 404),
    ):
        assert client.post(f"/quotes/{quote.pk}/lines/preview/", {"lines-total": "0"}).status_code == status
        assert client.get(f"/quotes/{quote.pk}/lines/products/?q=pro").status_code == status
    assert client_for(cast.rep_a).get(f"/quotes/{quote.pk}/lines/preview/").status_code == 405


def test_products_are_found_by_code_and_name_with_their_price(cast: Cast, client_for: ClientFor) -> None:
    flow = make_product("149.5", number="FM-25", name="Magnetic flow meter")
    make_product(None, number="X-1", name="Flow cable")
    quote, client = make_quote(cast.rep_a), client_for(cast.rep_a)
    url = f"/quotes/{quote.pk}/lines/products/"
    by_code = client.get(url, {"q": "fm-"}).content.decode()
    by_name = client.get(url, {"q": "FLOW"}).content.decode()
    assert "149.50 / each" in by_code
    assert by_name.index("Flow cable") < by_name.index("Magnetic flow meter")
    assert "no price" in by_name
    for nothing in ("f", "", "%%", "zzz", "\x00"):
        assert "role" not in client.get(url, {"q": nothing}).content.decode()
    assert flow.number in by_code


def test_an_orders_invoice_takes_no_new_rows(cast: Cast, client_for: ClientFor) -> None:
    invoice = make_invoice_of_order(make_order(cast.rep_a, [write_in("10", "3", rate=no_tax())]))
    sent = grid(line_of(invoice.lines.get(), quantity="2"))
    client = client_for(cast.rep_a)
    for act in ({}, {"act": "duplicate", "row": "line-0"}, {"act": "paste", "paste": "a\tb\nc\td"}):
        page = client.post(f"/invoices/{invoice.pk}/lines/preview/", sent | act, headers=HTMX).content.decode()
        assert "20.00" in page
        assert "line-1-" not in page


def test_a_preview_costs_as_many_queries_for_fifty_rows_as_for_two(cast: Cast, client_for: ClientFor) -> None:
    products = [make_product("10") for _number in range(5)]
    client = client_for(cast.rep_a)

    def queries(count: int) -> int:
        quote = make_quote(cast.rep_a, [row(products[number % 5]) for number in range(count)])
        lines = quote.lines.order_by("position")
        new = [{"kind": "product", "item": products[number % 5].number} for number in range(count)]
        sent = grid(*[line_of(line, quantity="4", price="") for line in lines], *new)
        client.get(f"/quotes/{quote.pk}/")
        with CaptureQueriesContext(connection) as captured:
            client.post(f"/quotes/{quote.pk}/lines/preview/", sent, headers=HTMX)
        return len(captured)

    few = queries(2)
    assert queries(50) == few
    assert few <= 25
