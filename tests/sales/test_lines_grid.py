"""The grid of lines over the web: one save for all rows, refusals in the row."""

from decimal import Decimal
from typing import Any

import pytest

from sales.models import Quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_invoice_of_order,
    make_opportunity,
    make_order,
    make_product,
    make_quote,
    no_tax,
    put_lines,
    row,
    write_in,
)
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

D = Decimal


def grid(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The POST of rows by the names of the grid."""
    sent = {f"line-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {"lines-total": len(rows), **sent, **more}


def line_of(line: Any, **changes: Any) -> dict[str, Any]:
    shown = {
        "id": line.pk,
        "position": line.position,
        "item": line.name,
        "quantity": f"{line.quantity.normalize():f}",
        "unit": line.unit_id or "",
        "price": f"{line.price_per_unit.normalize():f}",
        "discount": "",
        "tax": line.tax_rate_id,
    }
    return shown | changes


def test_products_and_write_ins_are_added_in_one_save(cast: Cast, client_for: ClientFor) -> None:
    pump, hose = make_product("100", rate=no_tax()), make_product("7.5", rate=no_tax())
    quote = make_quote(cast.rep_a)
    url, old = f"/quotes/{quote.pk}/lines/", quote.lines.get()
    rows = [
        line_of(old, remove="on"),
        {"kind": "product", "item": pump.number, "quantity": "2", "discount": "10 %"},
        {"kind": "product", "item": hose.name, "quantity": "4"},
        {"kind": "write_in", "item": "Travel", "price": "40", "discount": "5", "tax": no_tax().pk},
        {"kind": "product"},
    ]
    response = client_for(cast.rep_a).post(url, grid(*rows, version=again(quote).version))
    assert response.headers["Location"] == f"/quotes/{quote.pk}/"
    assert list(quote.lines.values_list("position", "name", "quantity", "net_amount")) == [
        (1, pump.name, D(2), D(180)),
        (2, hose.name, D(4), D(30)),
        (3, "Travel", D(1), D(35)),
    ]
    assert again(quote).total_amount == D(245)


def test_an_untouched_grid_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("100", rate=no_tax())
    quote = make_quote(cast.rep_a, [row(product, "2", discount_percent="5"), write_in("10.5", rate=no_tax())])
    lines, before = list(quote.lines.all()), again(quote)
    rows = [line_of(lines[0], discount="5 %"), line_of(lines[1])]
    assert client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", grid(*rows)).status_code == 302
    assert list(quote.lines.values()) == [dict(zip(entry, entry.values(), strict=True)) for entry in _stored(lines)]
    assert again(quote).total_amount == before.total_amount


def _stored(lines: list[Any]) -> list[dict[str, Any]]:
    return list(type(lines[0]).objects.filter(pk__in=[line.pk for line in lines]).order_by("position").values())


def test_a_typed_price_overrides_and_an_empty_one_goes_back_to_the_list(cast: Cast, client_for: ClientFor) -> None:
    product, client = make_product("100", rate=no_tax()), client_for(cast.rep_a)
    quote = make_quote(cast.rep_a, [row(product)])
    client.post(f"/quotes/{quote.pk}/lines/", grid(line_of(quote.lines.get(), price="90")))
    line = quote.lines.get()
    assert (line.net_amount, line.is_price_overridden, line.price_overridden_by) == (D(90), True, cast.rep_a)
    client.post(f"/quotes/{quote.pk}/lines/", grid(line_of(line, price="")))
    line = quote.lines.get()
    assert (line.net_amount, line.is_price_overridden, line.price_overridden_by) == (D(100), False, None)


def test_places_put_rows_in_order(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a, [write_in("1", name="one"), write_in("2", name="two")])
    one, two = quote.lines.all()
    client_for(cast.rep_a).post(
        f"/quotes/{quote.pk}/lines/", grid(line_of(one, position="2"), line_of(two, position="1"))
    )
    assert list(quote.lines.values_list("name", "position")) == [("two", 1), ("one", 2)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "product", "item": "Nothing such", "quantity": "1"}, "There is no “Nothing such”"),
        ({"kind": "product", "item": "", "quantity": "1"}, "This field is required."),
        ({"kind": "write_in", "item": "", "price": "5"}, "Enter what this line is for."),
        ({"kind": "write_in", "item": "X", "price": "five"}, "Enter a number."),
        ({"kind": "write_in", "item": "X", "price": "-5"}, "A price is not negative."),
        ({"kind": "write_in", "item": "X", "price": "5", "discount": "ten"}, "Enter an amount such as 30.00"),
        ({"kind": "write_in", "item": "X", "price": "5", "discount": "6"}, "is larger than the amount"),
        ({"kind": "write_in", "item": "X", "price": "5", "quantity": "-1"}, "A negative quantity is a return"),
        ({"kind": "gift", "item": "X", "price": "5"}, "Select a valid choice."),
        ({"id": "999999", "item": "X", "price": "5"}, "This line is no longer there."),
    ],
)
def test_a_wrong_row_comes_back_with_what_was_typed(
    typed: dict[str, str], sentence: str, cast: Cast, client_for: ClientFor
) -> None:
    quote = make_quote(cast.rep_a)
    response = client_for(cast.rep_a).post(
        f"/quotes/{quote.pk}/lines/", grid(line_of(quote.lines.get(), price="77"), typed)
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'value="77"' in page
    assert list(quote.lines.values_list("price_per_unit", flat=True)) == [D(100)]


def test_a_stale_grid_is_refused_and_keeps_what_was_typed(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    old = quote.lines.get()
    put_lines(quote, write_in("50"))
    response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", grid(line_of(old, price="66"), version="1"))
    assert response.status_code == 409
    assert 'value="66"' in response.content.decode()
    assert sorted(quote.lines.values_list("price_per_unit", flat=True)) == [D(50), D(100)]


def test_the_grid_of_an_orders_invoice_takes_quantities_only(cast: Cast, client_for: ClientFor) -> None:
    order = make_order(cast.rep_a, [write_in("10", "3", rate=no_tax())])
    invoice, client = make_invoice_of_order(order), client_for(cast.rep_a)
    line = invoice.lines.get()
    assert client.post(f"/invoices/{invoice.pk}/lines/", grid(line_of(line, quantity="2"))).status_code == 302
    assert (again(invoice).total_amount, again(order).state) == (D(20), "active")
    response = client.post(f"/invoices/{invoice.pk}/lines/", grid(line_of(line, price="9", quantity="2")))
    assert response.status_code == 422
    assert "comes from the order" in response.content.decode()
    assert invoice.lines.get().price_per_unit == D(10)


def test_opportunities_have_the_same_grid(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("100", rate=no_tax())
    opportunity, client = make_opportunity(cast.rep_a, revenue_mode="calculated"), client_for(cast.rep_a)
    url = f"/opportunities/{opportunity.pk}/lines/"
    assert client.get(url).status_code == 200
    assert client.post(url, grid({"kind": "product", "item": product.number, "quantity": "3"})).status_code == 302
    assert again(opportunity).estimated_revenue == D(300)
    assert "Save lines" in client.get(f"/opportunities/{opportunity.pk}/?tab=lines").content.decode()


def test_rubbish_in_the_count_is_no_error(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    for count in ("", "-1", "9" * 30, "x"):
        response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", {"lines-total": count})
        assert response.status_code == 302
    assert Quote.objects.get().lines.count() == 1


def test_another_text_or_order_of_lines_makes_an_open_grid_stale(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a, [write_in("100"), write_in("100")])
    first, second = quote.lines.order_by("position")
    version = again(quote).version
    url = f"/quotes/{quote.pk}/lines/"
    renamed = grid(line_of(first, item="Delivery"), line_of(second), version=version)
    assert client_for(cast.rep_a).post(url, renamed).status_code == 302
    late = client_for(cast.manager).post(url, grid(line_of(first), line_of(second, item="Fitting"), version=version))
    assert late.status_code == 409
    assert list(quote.lines.order_by("position").values_list("name", flat=True)) == ["Delivery", "Write-in"]


def test_a_save_that_changes_nothing_leaves_the_version(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    version = again(quote).version
    response = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", grid(line_of(quote.lines.get())))
    assert (response.status_code, again(quote).version) == (302, version)
