"""Prices from the rows of the catalogue, and which price list is proposed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import DiscountTier, PriceList, PriceListItem, PriceListTerritory
from catalog.price_terms import PricingError, PricingErrorCode
from catalog.pricing import PriceFound, find_price
from catalog.services.prices import PriceBook, default_price_list, price_for
from crm.users.models import Territory
from tests.factories.catalog import (
    DiscountListFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    UnitFactory,
    currency,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 5, 4)


def _price(item: PriceListItem, quantity: int = 1, **changes: Any) -> PriceFound | PricingError:
    asked: dict[str, Any] = {"product": item.product, "unit": item.unit, "price_list": item.price_list, **changes}
    return price_for(quantity=Decimal(quantity), currency=currency(), on=DAY, **asked)


def test_the_amount_of_the_documents_list_is_the_price() -> None:
    found = _price(PriceListItemFactory.create())
    assert isinstance(found, PriceFound)
    assert (found.price_per_unit, found.volume_discount) == (Decimal(80), Decimal(0))
    assert found.trace.list_price == Decimal(100)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("percent of list", "90"),
        ("markup on current cost", "114"),
        ("margin on current cost", "600"),
        ("markup on standard cost", "95"),
        ("margin on standard cost", "500"),
    ],
)
def test_every_method_is_priced_from_the_products_figures(method: str, expected: str) -> None:
    product = ProductFactory.create(list_price=100, current_cost=60, standard_cost=50)
    item = PriceListItemFactory.create(product=product, method=method, amount=None, percentage=Decimal(90))
    found = _price(item)
    assert isinstance(found, PriceFound)
    assert found.price_per_unit == Decimal(expected)


def test_a_computed_price_is_rounded_as_the_item_says() -> None:
    product = ProductFactory.create(list_price=Decimal("111.10"))
    item = PriceListItemFactory.create(
        product=product,
        method="percent of list",
        amount=None,
        percentage=Decimal(90),
        rounding="up",
        rounding_option="ends in",
        rounding_amount=Decimal("0.99"),
    )
    found = _price(item)
    assert isinstance(found, PriceFound)
    assert found.price_per_unit == Decimal("99.99")


def test_another_unit_of_the_group_is_converted_along_the_chain() -> None:
    each = UnitFactory.create(name="each")
    box = UnitFactory.create(group=each.group, name="box", base_unit=each, factor=12)
    pallet = UnitFactory.create(group=each.group, name="pallet", base_unit=box, factor=40)
    product = ProductFactory.create(unit_group=each.group, default_unit=each)
    item = PriceListItemFactory.create(product=product, unit=box, amount=Decimal(24))
    found = _price(item, unit=pallet)
    assert isinstance(found, PriceFound)
    assert found.price_per_unit == Decimal(960)


def test_a_volume_discount_counts_from_its_tier_on_and_only_while_active() -> None:
    discounts = DiscountListFactory.create()
    DiscountTier.objects.create(discount_list=discounts, low=10, high=49, value=5)
    item = PriceListItemFactory.create(amount=Decimal(100), discount_list=discounts)
    found = [_price(item, quantity) for quantity in (9, 10, 49, 50)]
    assert [price.volume_discount for price in found if isinstance(price, PriceFound)] == [0, 5, 5, 0]
    discounts.is_active = False
    discounts.save()
    inactive = _price(item, 10)
    assert isinstance(inactive, PriceFound)
    assert (inactive.volume_discount, inactive.trace.inactive_discount_list) == (Decimal(0), discounts.name)


def test_the_products_default_list_helps_where_the_documents_list_has_no_price() -> None:
    fallback = PriceListFactory.create()
    product = ProductFactory.create(default_price_list=fallback)
    item = PriceListItemFactory.create(price_list=fallback, product=product, amount=Decimal(70))
    found = _price(item, price_list=PriceListFactory.create())
    assert isinstance(found, PriceFound)
    assert (found.price_per_unit, str(found.trace.source)) == (Decimal(70), "default price list")


def test_nothing_is_silently_zero() -> None:
    item = PriceListItemFactory.create()
    assert _price(item, product=ProductFactory.create()) == PricingError(PricingErrorCode.MISSING_PRICE)
    assert _price(item, unit=UnitFactory.create()) == PricingError(PricingErrorCode.MISSING_UNIT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "inactive", "status_reason": "inactive"}, PricingErrorCode.INACTIVE_PRICE_LIST),
        ({"valid_to": DAY - dt.timedelta(days=1)}, PricingErrorCode.PRICE_LIST_OUT_OF_DATE),
        ({"prices_include_tax": True}, PricingErrorCode.OTHER_TAX_BASIS),
    ],
)
def test_a_list_that_cannot_be_used_gives_its_error(changes: dict[str, object], code: PricingErrorCode) -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(**changes))
    assert _price(item) == PricingError(code)


def test_a_list_in_another_currency_gives_its_error() -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(currency=currency("USD")))
    assert _price(item) == PricingError(PricingErrorCode.OTHER_CURRENCY)


def test_a_book_prices_fifty_products_with_the_queries_of_two() -> None:
    price_list, discounts = PriceListFactory.create(), DiscountListFactory.create()
    products = [ProductFactory.create() for _number in range(50)]
    for product in products:
        PriceListItemFactory.create(price_list=price_list, product=product, discount_list=discounts)
    counts = []
    for some in (products[:2], products):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            book = PriceBook.load(some, price_list)
            prices = [
                find_price(
                    book.request(
                        product_id=product.pk,
                        unit_id=product.default_unit_id,
                        quantity=Decimal(1),
                        currency="EUR",
                        on=DAY,
                    )
                )
                for product in some
            ]
        assert all(isinstance(price, PriceFound) and price.price_per_unit == 80 for price in prices)
        counts.append(len(queries))
    assert counts == [4, 4]


def test_the_default_list_is_the_customers_then_the_territorys_then_the_organisations() -> None:
    standard = PriceList.objects.get(is_default=True)
    customers, regional = PriceListFactory.create(), PriceListFactory.create()
    north = Territory.objects.create(name="North")
    PriceListTerritory.objects.create(price_list=regional, territory=north)

    def proposed(customer_list: PriceList | None, territory: Territory | None) -> PriceList | None:
        return default_price_list(customer_list=customer_list, territory=territory, currency=currency(), on=DAY)

    assert proposed(customers, north) == customers
    assert proposed(None, north) == regional
    assert proposed(None, None) == standard
    PriceListTerritory.objects.create(price_list=PriceListFactory.create(), territory=north)
    assert proposed(None, north) == standard


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "inactive", "status_reason": "inactive"},
        {"valid_from": DAY + dt.timedelta(days=1)},
        {"valid_to": DAY - dt.timedelta(days=1)},
    ],
)
def test_a_list_that_cannot_be_used_is_not_proposed(changes: dict[str, object]) -> None:
    unusable = PriceListFactory.create(**changes)
    standard = PriceList.objects.get(is_default=True)
    assert default_price_list(customer_list=unusable, territory=None, currency=currency(), on=DAY) == standard


def test_a_list_in_another_currency_is_not_proposed() -> None:
    dollars = PriceListFactory.create(currency=currency("USD"))
    assert default_price_list(customer_list=None, territory=None, currency=currency("USD"), on=DAY) is None
    found = default_price_list(customer_list=dollars, territory=None, currency=currency("USD"), on=DAY)
    assert found == dollars
    assert default_price_list(customer_list=dollars, territory=None, currency=None, on=DAY) == dollars
