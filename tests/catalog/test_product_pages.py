"""The pages of products."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, TaxRate, Unit
from tests.catalog.pages import hidden, names_in, text_of
from tests.catalog.rows import row
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListFactory, PriceListItemFactory, ProductFactory, currency
from tests.factories.users import UserFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(cast: Cast, client_for: ClientFor) -> Client:
    """The manager, who keeps the catalogue."""
    return client_for(cast.manager)


def _form(**changes: object) -> dict[str, object]:
    unit = Unit.objects.get(group__name="Unit")
    values: dict[str, object] = {
        "number": "P-77",
        "name": "Oil filter",
        "type": "goods",
        "unit_group": unit.group_id,
        "default_unit": unit.pk,
        "decimals": 2,
        "list_price": "12.50",
        "currency": currency().pk,
        "tax_rate": TaxRate.objects.get(is_default=True).pk,
    }
    return {**values, **changes}


def test_a_product_is_made_published_and_listed(mara: Client) -> None:
    page = text_of(mara, "/products/new/")
    assert "Standard 20 %" in page
    made = mara.post("/products/new/", {**_form(), "idempotency_key": hidden(page, "idempotency_key")})
    product = Product.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/products/{product.pk}/")
    assert (product.state, product.list_price, product.number) == ("draft", Decimal("12.50"), "P-77")
    assert "Publish" in text_of(mara, f"/products/{product.pk}/")
    assert names_in(text_of(mara, "/products/")) == []
    assert names_in(text_of(mara, "/products/?view=draft")) == ["Oil filter"]
    assert mara.post(f"/products/{product.pk}/publish/").status_code == 302
    assert names_in(text_of(mara, "/products/")) == ["Oil filter"]


def test_a_form_sent_twice_makes_one_product(mara: Client) -> None:
    form = {**_form(), "idempotency_key": "one-key"}
    answers = [mara.post("/products/new/", form)["Location"] for _time in range(2)]
    assert answers[0] == answers[1]
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"number": "p-1"}, "There is a product with this number already."),
        ({"list_price": "cheap"}, "Enter a number."),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "The last day is not before the first one."),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_the_rest_is_kept(
    mara: Client, changes: dict[str, object], sentence: str
) -> None:
    ProductFactory.create(number="P-1")
    refused = mara.post("/products/new/", _form(supplier="Kept Ltd", **changes))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert sentence in page
    assert 'id="id_' in page.split(sentence)[0].rpartition("field-errors")[2]
    assert "Kept Ltd" in page
    assert Product.objects.count() == 1


def test_a_product_is_changed_and_a_stale_form_is_refused(mara: Client) -> None:
    product = ProductFactory.create(name="Old")
    version = hidden(text_of(mara, f"/products/{product.pk}/edit/"), "version")
    changed = mara.post(f"/products/{product.pk}/edit/", _form(name="New", version=version))
    assert changed.status_code == 302
    before = row(product)
    assert (before["name"], before["list_price"]) == ("New", Decimal("12.50"))
    stale = mara.post(f"/products/{product.pk}/edit/", _form(name="Lost", version=version))
    assert stale.status_code == 409
    assert "Lost" in stale.content.decode()
    assert row(product) == before


def test_a_retired_product_cannot_be_edited(mara: Client) -> None:
    product = ProductFactory.create(state="retired", status_reason="retired")
    before = row(product)
    assert "Reactivate it first" in text_of(mara, f"/products/{product.pk}/edit/", 409)
    assert mara.post(f"/products/{product.pk}/edit/", _form()).status_code == 409
    assert row(product) == before


@pytest.mark.parametrize(
    ("state", "move", "target"),
    [
        ("draft", "publish", "active"),
        ("active", "revise", "under_revision"),
        ("active", "retire", "retired"),
        ("retired", "reactivate", "active"),
    ],
)
def test_a_move_asks_first_and_is_made_by_post(mara: Client, state: str, move: str, target: str) -> None:
    product = ProductFactory.create(state=state, status_reason=state)
    before = row(product)
    text_of(mara, f"/products/{product.pk}/{move}/")
    assert row(product) == before
    answer = mara.post(f"/products/{product.pk}/{move}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/products/{product.pk}/")
    assert row(product)["state"] == target


def test_revert_brings_back_the_published_values(mara: Client) -> None:
    product = ProductFactory.create(name="Published")
    mara.post(f"/products/{product.pk}/revise/")
    mara.post(f"/products/{product.pk}/edit/", _form(name="Draft of a change"))
    assert row(product)["name"] == "Draft of a change"
    mara.post(f"/products/{product.pk}/revert/")
    assert (row(product)["name"], row(product)["state"]) == ("Published", "active")


@pytest.mark.parametrize(
    ("state", "move"),
    [("draft", "retire"), ("active", "publish"), ("retired", "revise"), ("active", "revert"), ("draft", "reactivate")],
)
def test_an_illegal_move_gets_a_sentence_naming_the_state(mara: Client, state: str, move: str) -> None:
    product = ProductFactory.create(state=state, status_reason=state)
    before = row(product)
    for answer in (mara.get(f"/products/{product.pk}/{move}/"), mara.post(f"/products/{product.pk}/{move}/")):
        assert answer.status_code == 409
        assert f"This product is {state.replace('_', ' ')}" in answer.content.decode()
    assert row(product) == before


def test_retiring_a_product_with_prices_names_the_lists(mara: Client) -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(name="Europe"))
    answer = mara.post(f"/products/{item.product_id}/retire/")
    assert answer.status_code == 409
    assert "Europe" in answer.content.decode()
    assert row(item.product)["state"] == "active"


def test_a_product_is_deleted_into_the_bin(mara: Client) -> None:
    product = ProductFactory.create()
    text_of(mara, f"/products/{product.pk}/delete/")
    assert row(product)["deleted_at"] is None
    assert mara.post(f"/products/{product.pk}/delete/")["Location"] == "/products/"
    assert row(product)["deleted_at"] is not None
    text_of(mara, f"/products/{product.pk}/", 404)


def test_a_salesperson_reads_and_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    anna, product = client_for(cast.rep_a), ProductFactory.create(name="Oil filter")
    assert names_in(text_of(anna, "/products/")) == ["Oil filter"]
    page = text_of(anna, f"/products/{product.pk}/")
    assert "/edit/" not in page
    before = row(product)
    for path in ("edit", "delete", "retire", "revise"):
        assert anna.get(f"/products/{product.pk}/{path}/").status_code == 403
        assert anna.post(f"/products/{product.pk}/{path}/", _form()).status_code == 403
    assert anna.post("/products/new/", _form()).status_code == 403
    assert row(product) == before
    assert Product.objects.count() == 1


def test_without_a_role_there_is_no_such_product(client_for: ClientFor) -> None:
    product, client = ProductFactory.create(name="Secret"), client_for(UserFactory.create())
    assert "Secret" not in text_of(client, f"/products/{product.pk}/", 404)
    assert client.post(f"/products/{product.pk}/retire/").status_code == 404
    assert client.get("/products/").status_code == 403
    assert row(product)["state"] == "active"


def test_anonymous_people_are_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get("/products/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/products/")


def test_the_list_filters_searches_and_ignores_nonsense(mara: Client) -> None:
    ProductFactory.create(name="Ölfilter", number="OIL-1", type="goods")
    ProductFactory.create(name="Wartung", number="SRV-1", type="service")
    assert names_in(text_of(mara, "/products/?q=olf")) == ["Ölfilter"]
    assert names_in(text_of(mara, "/products/?q=srv")) == ["Wartung"]
    assert names_in(text_of(mara, "/products/?q=type:service")) == ["Wartung"]
    assert names_in(text_of(mara, "/products/?sort=-number")) == ["Wartung", "Ölfilter"]
    page = text_of(mara, "/products/?sort=secret&unit_group=99999&after=zzz&colour=red&view=none")
    assert names_in(page) == ["Ölfilter", "Wartung"]


def test_a_products_page_shows_its_prices(mara: Client) -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(name="Europe"), amount=Decimal("1234.5"))
    page = text_of(mara, f"/products/{item.product_id}/?tab=related")
    assert "Europe" in page
    assert "1,234.50" in page


def test_the_search_finds_a_product_by_name_and_number(cast: Cast, client_for: ClientFor) -> None:
    ProductFactory.create(name="Ölfilter", number="OIL-1")
    anna = client_for(cast.rep_a)
    for query in ("olfil", "OIL-1"):
        assert "Ölfilter" in text_of(anna, f"/search/?q={query}")


def test_list_and_page_take_as_many_queries_for_fifty_as_for_two(mara: Client) -> None:
    product = ProductFactory.create()
    counts = []
    for wanted in (2, 50):
        for _more in range(wanted - Product.objects.count()):
            ProductFactory.create()
        for _more in range(wanted - product.price_list_items.count()):
            PriceListItemFactory.create(product=product)
        for url in ("/products/", f"/products/{product.pk}/"):
            text_of(mara, url)
            with CaptureQueriesContext(connection) as queries:
                text_of(mara, url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert counts[2] <= 8
    assert counts[3] <= 12
