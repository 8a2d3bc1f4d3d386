"""Price lists and their items."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import PriceList, PriceListItem
from catalog.services.price_lists import (
    add_item,
    create_price_list,
    deactivate_price_list,
    remove_item,
    update_item,
    update_price_list,
)
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Invalid, NotFound
from tests.catalog.rows import AT, row
from tests.factories.catalog import (
    DiscountListFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    UnitFactory,
    currency,
)

pytestmark = pytest.mark.django_db


def test_a_new_price_list_is_active_and_nobodys_default() -> None:
    price_list = create_price_list(values={"name": "Übersee", "currency": currency("USD")}, actor=SYSTEM, at=AT)
    stored = row(price_list)
    assert (stored["name"], stored["sort_key"], stored["state"], stored["is_default"]) == (
        "Übersee",
        "ubersee",
        "active",
        False,
    )


def test_the_default_flag_moves() -> None:
    old = PriceList.objects.get(is_default=True)
    new = create_price_list(values={"name": "New", "currency": currency(), "is_default": True}, actor=SYSTEM, at=AT)
    assert list(PriceList.objects.filter(is_default=True)) == [new]
    update_price_list(price_list_id=old.pk, values={"is_default": True}, actor=SYSTEM, at=AT)
    assert list(PriceList.objects.filter(is_default=True)) == [old]


def test_the_database_keeps_one_default_and_keeps_it_active() -> None:
    other = PriceListFactory.create()
    with pytest.raises(IntegrityError, match="one_default_price_list"), transaction.atomic():
        PriceList.objects.filter(pk=other.pk).update(is_default=True)
    with pytest.raises(IntegrityError, match="default_list_is_active"), transaction.atomic():
        PriceList.objects.filter(is_default=True).update(state="inactive", status_reason="inactive")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Standard prices"}, "name"),
        ({"valid_from": dt.date(2026, 2, 1), "valid_to": dt.date(2026, 1, 31)}, "valid_to"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_price_list(values={"name": "New", "currency": currency(), **changes}, actor=SYSTEM, at=AT)
    assert refused.value.field == field
    assert PriceList.objects.count() == 1


@pytest.mark.parametrize("changes", [{"prices_include_tax": True}, {"currency": "USD"}])
def test_currency_and_tax_stay_while_there_are_prices(changes: dict[str, Any]) -> None:
    price_list = PriceListItemFactory.create().price_list
    before = row(price_list)
    values = {**changes, **({"currency": currency("USD")} if "currency" in changes else {})}
    with pytest.raises(Invalid, match="while the list has prices") as refused:
        update_price_list(price_list_id=price_list.pk, values=values, actor=SYSTEM, at=AT)
    assert refused.value.field == next(iter(changes))
    assert row(price_list) == before


def test_an_inactive_list_is_read_only() -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(state="inactive", status_reason="inactive"))
    before = row(item.price_list), row(item)
    for refused in (
        lambda: update_price_list(price_list_id=item.price_list_id, values={"name": "X"}, actor=SYSTEM, at=AT),
        lambda: update_item(item_id=item.pk, values={"amount": Decimal(1)}, actor=SYSTEM, at=AT),
        lambda: remove_item(item_id=item.pk, actor=SYSTEM, at=AT),
        lambda: add_item(price_list_id=item.price_list_id, values={}, actor=SYSTEM, at=AT),
    ):
        with pytest.raises(Conflict, match="inactive"):
            refused()
    assert (row(item.price_list), row(item)) == before


def test_a_default_list_is_not_deactivated() -> None:
    standard = PriceList.objects.get(is_default=True)
    with pytest.raises(Conflict, match="default price list"):
        deactivate_price_list(price_list_id=standard.pk, actor=SYSTEM, at=AT)
    assert row(standard)["state"] == "active"


def test_the_default_list_of_a_product_is_not_deactivated() -> None:
    price_list = PriceListFactory.create()
    ProductFactory.create(name="Filter", default_price_list=price_list)
    with pytest.raises(Conflict) as refused:
        deactivate_price_list(price_list_id=price_list.pk, actor=SYSTEM, at=AT)
    assert refused.value.details == ("Filter",)
    assert row(price_list)["state"] == "active"


def test_an_item_has_the_price_of_a_product_in_a_unit() -> None:
    price_list, product = PriceListFactory.create(), ProductFactory.create()
    values = {"product": product, "unit": product.default_unit, "amount": Decimal("9.99999")}
    item = add_item(price_list_id=price_list.pk, values=values, actor=SYSTEM, at=AT)
    stored = row(item)
    assert (stored["amount"], stored["method"], stored["rounding"], stored["selling_rule"]) == (
        Decimal("9.99999"),
        "amount",
        "none",
        "any",
    )


def test_a_product_has_one_price_per_list_and_unit() -> None:
    item = PriceListItemFactory.create()
    values = {"product": item.product, "unit": item.unit, "amount": Decimal(1)}
    with pytest.raises(Invalid, match="price for this product and unit already") as refused:
        add_item(price_list_id=item.price_list_id, values=values, actor=SYSTEM, at=AT)
    assert refused.value.field == "unit"
    assert list(PriceListItem.objects.values_list("amount", flat=True)) == [Decimal(80)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"method": "percent of list"}, "amount"),
        ({"method": "nonsense"}, "method"),
        ({"rounding": "up"}, "rounding_amount"),
        ({"percentage": Decimal(100_001), "method": "percent of list"}, "percentage"),
    ],
)
def test_an_item_has_what_its_method_needs(changes: dict[str, Any], field: str) -> None:
    price_list, product = PriceListFactory.create(), ProductFactory.create()
    values = {"product": product, "unit": product.default_unit, "amount": Decimal(1), **changes}
    with pytest.raises(Invalid) as refused:
        add_item(price_list_id=price_list.pk, values=values, actor=SYSTEM, at=AT)
    assert refused.value.field == field
    assert not PriceListItem.objects.exists()


def test_an_item_is_refused_for_a_foreign_unit_a_retired_product_and_a_foreign_discount() -> None:
    price_list, product = PriceListFactory.create(), ProductFactory.create()
    retired = ProductFactory.create(state="retired", status_reason="retired")
    dollars = DiscountListFactory.create(kind="amount", currency=currency("USD"))
    good = {"product": product, "unit": product.default_unit, "amount": Decimal(1)}
    for changes, field in (
        ({"unit": UnitFactory.create()}, "unit"),
        ({"product": retired}, "product"),
        ({"discount_list": dollars}, "discount_list"),
    ):
        with pytest.raises(Invalid) as refused:
            add_item(price_list_id=price_list.pk, values={**good, **changes}, actor=SYSTEM, at=AT)
        assert refused.value.field == field
    assert not PriceListItem.objects.exists()


def test_a_percentage_needs_the_products_currency() -> None:
    price_list, product = PriceListFactory.create(currency=currency("USD")), ProductFactory.create()
    values = {
        "product": product,
        "unit": product.default_unit,
        "method": "percent of list",
        "percentage": Decimal(90),
    }
    with pytest.raises(Invalid, match="another currency") as refused:
        add_item(price_list_id=price_list.pk, values=values, actor=SYSTEM, at=AT)
    assert refused.value.field == "method"
    assert not PriceListItem.objects.exists()


def test_an_item_is_changed_and_removed() -> None:
    item = PriceListItemFactory.create()
    update_item(item_id=item.pk, values={"amount": Decimal("75.5")}, actor=SYSTEM, at=AT)
    assert (row(item)["amount"], row(item)["version"]) == (Decimal("75.5"), 2)
    remove_item(item_id=item.pk, actor=SYSTEM, at=AT)
    assert not PriceListItem.objects.exists()
    with pytest.raises(NotFound):
        remove_item(item_id=item.pk, actor=SYSTEM, at=AT)


def test_a_price_list_in_use_and_the_default_one_are_not_deleted() -> None:
    used = PriceListFactory.create()
    ProductFactory.create(name="Filter", default_price_list=used)
    with pytest.raises(Conflict) as refused:
        delete_record(model=PriceList, record_id=used.pk, actor=SYSTEM, at=AT)
    assert refused.value.details == ("Product: Filter",)
    standard = PriceList.objects.get(is_default=True)
    with pytest.raises(Conflict):
        delete_record(model=PriceList, record_id=standard.pk, actor=SYSTEM, at=AT)
    assert (row(used)["deleted_at"], row(standard)["deleted_at"]) == (None, None)


def test_an_unused_price_list_goes_to_the_bin_and_its_prices_with_it() -> None:
    item = PriceListItemFactory.create()
    delete_record(model=PriceList, record_id=item.price_list_id, actor=SYSTEM, at=AT)
    assert row(item.price_list)["deleted_at"] == AT
    delete_record(model=type(item.product), record_id=item.product_id, actor=SYSTEM, at=AT)
    assert row(item.product)["deleted_at"] == AT
