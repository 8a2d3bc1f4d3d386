"""Catalogue and customers in the administration: the same walls as everywhere."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import PriceList, Product, UnitGroup
from crm.customers.models import Account
from tests.catalog.pages import text_of
from tests.customers.rows import row
from tests.factories.cast import Cast
from tests.factories.catalog import (
    CompetitorFactory,
    DiscountListFactory,
    PriceListItemFactory,
    ProductFactory,
    currency,
)
from tests.factories.customers import AccountFactory, AddressFactory, ContactFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


def test_every_table_has_its_pages(ada: Client) -> None:
    item, address = PriceListItemFactory.create(), AddressFactory.create(account=AccountFactory.create())
    records: list[Any] = [
        item,
        item.product,
        item.price_list,
        item.unit,
        item.product.unit_group,
        item.product.tax_rate,
        DiscountListFactory.create(),
        CompetitorFactory.create(),
        address,
        address.account,
        ContactFactory.create(),
    ]
    for record in records:
        base = f"/admin/{record._meta.app_label}/{record._meta.model_name}/"
        for url in (base, f"{base}?q=a", f"{base}add/", f"{base}{record.pk}/change/"):
            text_of(ada, url)


def _inline(prefix: str) -> dict[str, str]:
    return {f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def test_a_product_is_saved_by_its_service(ada: Client) -> None:
    group = UnitGroup.objects.get()
    form = {
        "number": "P-1",
        "name": "Ölfilter",
        "type": "goods",
        "unit_group": group.pk,
        "default_unit": group.units.get().pk,
        "decimals": "2",
        "currency": currency().pk,
        "tax_rate": ProductFactory.create(number="P-0").tax_rate_id,
    }
    ada.post("/admin/catalog/product/add/", form)
    product = Product.objects.get(number="P-1")
    assert (product.sort_key, product.state) == ("olfilter", "draft")
    ada.post(f"/admin/catalog/product/{product.pk}/change/", {**form, "name": "Luftfilter"})
    assert (row(product)["name"], row(product)["sort_key"]) == ("Luftfilter", "luftfilter")


def test_the_currency_of_a_list_with_prices_stays(ada: Client) -> None:
    price_list = PriceListItemFactory.create().price_list
    before = row(price_list)
    form = {"name": price_list.name, "currency": currency("USD").pk, **_inline("territories")}
    answer = ada.post(f"/admin/catalog/pricelist/{price_list.pk}/change/", form, follow=True)
    assert "while the list has prices" in answer.content.decode()
    assert row(price_list) == before


def test_a_state_moves_only_by_its_act(ada: Client) -> None:
    price_list = PriceList.objects.get()
    page = text_of(ada, f"/admin/catalog/pricelist/{price_list.pk}/change/")
    assert 'name="state"' not in page
    form = {"name": "Renamed", "currency": currency().pk, "state": "inactive", **_inline("territories")}
    ada.post(f"/admin/catalog/pricelist/{price_list.pk}/change/", form)
    assert (row(price_list)["name"], row(price_list)["state"]) == ("Renamed", "active")


def test_an_account_saved_here_has_its_keys(cast: Cast, ada: Client) -> None:
    form = {
        "name": "Müller GmbH",
        "owner": cast.rep_a.pk,
        "preferred_contact_method": "any",
        "email": "info@mueller.example",
        **_inline("addresses"),
    }
    ada.post("/admin/customers/account/add/", form)
    account = Account.objects.get()
    assert (account.company_key, account.email_domain, account.owning_unit) == (
        "muller",
        "mueller.example",
        cast.north,
    )
