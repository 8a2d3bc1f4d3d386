"""The pages of price lists, and the prices on them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import PriceList, PriceListItem
from tests.catalog.pages import hidden, names_in, text_of
from tests.catalog.rows import row
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListFactory, PriceListItemFactory, ProductFactory, UnitFactory, currency
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(cast: Cast, client_for: ClientFor) -> Client:
    """The manager, who keeps the catalogue."""
    return client_for(cast.manager)


def test_a_price_list_is_made_and_listed(mara: Client) -> None:
    text_of(mara, "/price-lists/new/")
    made = mara.post("/price-lists/new/", {"name": "Overseas", "currency": currency("USD").pk})
    price_list = PriceList.objects.get(name="Overseas")
    assert (made.status_code, made["Location"]) == (302, f"/price-lists/{price_list.pk}/")
    assert (price_list.currency.code, price_list.prices_include_tax) == ("USD", False)
    assert names_in(text_of(mara, "/price-lists/")) == ["Overseas", "Standard prices"]


def test_a_name_that_is_taken_is_told_at_the_field(mara: Client) -> None:
    refused = mara.post("/price-lists/new/", {"name": "Standard prices", "currency": currency().pk})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'id="id_name_error"' in page
    assert "There is a price list of this name already." in page
    assert PriceList.objects.count() == 1


def test_a_price_list_is_changed(mara: Client) -> None:
    price_list = PriceListFactory.create()
    text_of(mara, f"/price-lists/{price_list.pk}/edit/")
    answer = mara.post(f"/price-lists/{price_list.pk}/edit/", {"name": "Renamed", "currency": currency().pk})
    assert answer.status_code == 302
    assert row(price_list)["name"] == "Renamed"


def test_a_price_list_is_deactivated_and_activated(mara: Client) -> None:
    price_list = PriceListFactory.create()
    text_of(mara, f"/price-lists/{price_list.pk}/deactivate/")
    assert mara.post(f"/price-lists/{price_list.pk}/deactivate/").status_code == 302
    assert row(price_list)["state"] == "inactive"
    assert mara.post(f"/price-lists/{price_list.pk}/deactivate/").status_code == 409
    assert names_in(text_of(mara, "/price-lists/?view=inactive")) == [price_list.name]
    assert mara.get(f"/price-lists/{price_list.pk}/edit/").status_code == 409
    assert mara.post(f"/price-lists/{price_list.pk}/activate/").status_code == 302
    assert row(price_list)["state"] == "active"


def test_the_default_list_is_neither_deactivated_nor_deleted(mara: Client) -> None:
    standard = PriceList.objects.get()
    for move in ("deactivate", "delete"):
        answer = mara.post(f"/price-lists/{standard.pk}/{move}/")
        assert answer.status_code == 409
        assert "default" in answer.content.decode()
    assert (row(standard)["state"], row(standard)["deleted_at"]) == ("active", None)


@pytest.mark.parametrize("typed", ["{name}", "{number}", "{beginning}", "{name} (#{pk})", "{pk}"])
def test_a_price_is_added_by_typing_the_product(mara: Client, typed: str) -> None:
    product = ProductFactory.create(name="Ölfilter groß", number="OIL-1")
    price_list = PriceListFactory.create()
    assert "Add price" in text_of(mara, f"/price-lists/{price_list.pk}/")
    text = typed.format(name=product.name, number="oil-1", beginning="olf", pk=product.pk)
    answer = mara.post(f"/price-lists/{price_list.pk}/items/new/", {"product": text, "amount": "9.95"})
    assert (answer.status_code, answer["Location"]) == (302, f"/price-lists/{price_list.pk}/")
    item = price_list.items.get()
    assert (item.product, item.unit, item.amount) == (product, product.default_unit, Decimal("9.95"))
    assert 'value="9.95"' in text_of(mara, f"/price-lists/{price_list.pk}/")


@pytest.mark.parametrize(
    ("product", "amount", "sentence"),
    [
        ("Nothing of the kind", "1", "There is no “Nothing of the kind” that you may see."),
        ("Filter", "1", "fits several"),
        ("", "1", "This field is required."),
        ("Filter one", "", "This field is required."),
        ("Filter one", "-1", "greater than or equal to 0"),
        ("Filter one", "many", "Enter a number."),
    ],
)
def test_a_price_that_cannot_be_added_is_told_at_its_field(
    mara: Client, product: str, amount: str, sentence: str
) -> None:
    ProductFactory.create(name="Filter one")
    ProductFactory.create(name="Filter two")
    price_list = PriceListFactory.create()
    answer = mara.post(f"/price-lists/{price_list.pk}/items/new/", {"product": product, "amount": amount})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not price_list.items.exists()


def test_a_price_is_changed_in_the_grid(mara: Client) -> None:
    item = PriceListItemFactory.create()
    page = text_of(mara, f"/price-lists/{item.price_list_id}/")
    row_form = page[page.index(f'id="item-{item.pk}"') :]
    sent = {name: hidden(row_form, name) for name in ("version", "unit", "idempotency_key")}
    url = f"/price-lists/{item.price_list_id}/items/{item.pk}/edit/"
    answer = mara.post(url, {**sent, "amount": "81.5"})
    assert (answer.status_code, answer["Location"]) == (302, f"/price-lists/{item.price_list_id}/")
    assert row(item)["amount"] == Decimal("81.5")
    stale = mara.post(url, {**sent, "amount": "99", "idempotency_key": "another"})
    assert stale.status_code == 409
    assert "99" in stale.content.decode()
    assert row(item)["amount"] == Decimal("81.5")


def test_a_price_keeps_its_unit_group(mara: Client) -> None:
    item, metre = PriceListItemFactory.create(), UnitFactory.create()
    answer = mara.post(f"/price-lists/{item.price_list_id}/items/{item.pk}/edit/", {"unit": metre.pk, "amount": "1"})
    assert answer.status_code == 422
    assert 'id="id_unit_error"' in answer.content.decode()
    assert row(item)["unit_id"] == item.unit_id


def test_a_price_is_removed_after_a_question(mara: Client) -> None:
    item = PriceListItemFactory.create()
    url = f"/price-lists/{item.price_list_id}/items/{item.pk}/delete/"
    text_of(mara, url)
    assert PriceListItem.objects.count() == 1
    assert mara.post(url)["Location"] == f"/price-lists/{item.price_list_id}/"
    assert PriceListItem.objects.count() == 0
    assert mara.post(url).status_code == 404


def test_a_price_is_found_only_in_its_own_list(mara: Client) -> None:
    item, other = PriceListItemFactory.create(), PriceListFactory.create()
    for path in ("edit", "delete"):
        url = f"/price-lists/{other.pk}/items/{item.pk}/{path}/"
        assert mara.get(url).status_code == 404
        assert mara.post(url, {"unit": item.unit_id, "amount": "1"}).status_code == 404
    assert row(item)["amount"] == Decimal(80)


def test_an_inactive_list_shows_its_prices_and_changes_none(mara: Client) -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(state="inactive", status_reason="inactive"))
    page = text_of(mara, f"/price-lists/{item.price_list_id}/")
    assert item.product.name in page
    assert "Add price" not in page
    url = f"/price-lists/{item.price_list_id}/items/{item.pk}/edit/"
    assert mara.get(url).status_code == 409
    assert mara.post(url, {"unit": item.unit_id, "amount": "1"}).status_code == 409
    assert row(item)["amount"] == Decimal(80)


def test_a_salesperson_reads_prices_and_changes_none(cast: Cast, client_for: ClientFor) -> None:
    anna, item = client_for(cast.rep_a), PriceListItemFactory.create()
    page = text_of(anna, f"/price-lists/{item.price_list_id}/")
    assert item.product.name in page
    assert "Add price" not in page
    before = row(item), row(item.price_list)
    base = f"/price-lists/{item.price_list_id}"
    for path in ("edit/", "delete/", "deactivate/", "items/new/", f"items/{item.pk}/edit/", f"items/{item.pk}/delete/"):
        assert anna.get(f"{base}/{path}").status_code == 403
        assert anna.post(f"{base}/{path}", {"amount": "1"}).status_code == 403
    assert (row(item), row(item.price_list)) == before


def test_prices_come_by_pages_in_the_order_of_names(mara: Client) -> None:
    price_list = PriceListFactory.create()
    for number in range(55):
        PriceListItemFactory.create(price_list=price_list, product=ProductFactory.create(name=f"Part {number:03d}"))
    page = text_of(mara, f"/price-lists/{price_list.pk}/")
    assert "Part 049" in page
    assert "Part 050" not in page
    last = price_list.items.get(product__name="Part 049")
    rest = text_of(mara, f"/price-lists/{price_list.pk}/?panel=lines&after={last.pk}")
    assert [f"Part {number:03d}" in rest for number in range(49, 55)] == [False, True, True, True, True, True]
    for nonsense in ("x", "99999999", "9" * 30):
        assert "Part 000" in text_of(mara, f"/price-lists/{price_list.pk}/?panel=lines&after={nonsense}")


def test_list_and_page_take_as_many_queries_for_fifty_as_for_two(mara: Client) -> None:
    price_list = PriceListFactory.create()
    counts = []
    for wanted in (2, 50):
        for _more in range(wanted - PriceList.objects.count()):
            PriceListFactory.create()
        for _more in range(wanted - price_list.items.count()):
            PriceListItemFactory.create(price_list=price_list)
        for url in ("/price-lists/", f"/price-lists/{price_list.pk}/"):
            text_of(mara, url)
            with CaptureQueriesContext(connection) as queries:
                text_of(mara, url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert counts[2] <= 8
    assert counts[3] <= 12
