"""Products: what services write, and what they refuse without a trace."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Product, Unit, UnitGroup
from catalog.services.products import (
    create_product,
    publish_product,
    retire_product,
    revert_product,
    revise_product,
    update_product,
)
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Invalid
from crm.core.history import events_of
from tests.catalog.rows import AT, row
from tests.factories.catalog import (
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    UnitFactory,
    currency,
)

pytestmark = pytest.mark.django_db


def _values(**changes: Any) -> dict[str, Any]:
    return {"number": "P-1", "name": "Ölfilter", "unit_group": UnitGroup.objects.get(name="Unit"), **changes}


def test_a_new_product_is_a_draft_with_the_organisations_defaults() -> None:
    product = create_product(values=_values(list_price=Decimal("12.50")), actor=SYSTEM, at=AT)
    product.refresh_from_db()
    assert (product.state, product.kind, product.revision, product.sort_key) == ("draft", "product", 0, "olfilter")
    assert product.default_unit == Unit.objects.get(name="each")
    assert (product.currency.code, product.tax_rate.name, product.tax_category) == ("EUR", "Standard 20 %", "S")
    assert product.list_price == Decimal("12.50")


def test_a_product_is_found_in_history_under_its_action() -> None:
    product = create_product(values=_values(), actor=SYSTEM, at=AT)
    assert [event.pgh_context["action"] for event in events_of(product)] == ["product.created"]  # type: ignore[attr-defined]  # an event


@pytest.mark.parametrize("number", ["P-1", "p-1"])
def test_a_number_is_used_once_in_any_case(number: str) -> None:
    create_product(values=_values(), actor=SYSTEM, at=AT)
    with pytest.raises(Invalid, match="product with this number already") as refused:
        create_product(values=_values(number=number), actor=SYSTEM, at=AT)
    assert refused.value.field == "number"
    assert Product.objects.count() == 1


def test_a_number_is_free_again_when_its_product_is_in_the_bin() -> None:
    first = create_product(values=_values(), actor=SYSTEM, at=AT)
    delete_record(model=Product, record_id=first.pk, actor=SYSTEM, at=AT)
    second = create_product(values=_values(), actor=SYSTEM, at=AT)
    assert list(Product.objects.values_list("pk", flat=True)) == [second.pk]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"name": ""}, "name"),
        ({"decimals": 6}, "decimals"),
        ({"list_price": Decimal(-1)}, "list_price"),
        ({"valid_from": dt.date(2026, 2, 1), "valid_to": dt.date(2026, 1, 31)}, "valid_to"),
        ({"unit_group": None}, "unit_group"),
        ({"website": "no address"}, "website"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_product(values=_values(**changes), actor=SYSTEM, at=AT)
    assert refused.value.field == field
    assert not Product.objects.exists()


def test_the_default_unit_belongs_to_the_unit_group() -> None:
    with pytest.raises(Invalid, match="unit of the product's unit group") as refused:
        create_product(values=_values(default_unit=UnitFactory.create()), actor=SYSTEM, at=AT)
    assert refused.value.field == "default_unit"
    assert not Product.objects.exists()


def test_a_field_that_is_not_editable_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="revision"):
        create_product(values=_values(revision=7), actor=SYSTEM, at=AT)


def test_a_product_with_prices_stays_in_its_unit_group() -> None:
    product = PriceListItemFactory.create().product
    other = UnitFactory.create()
    before = row(product)
    with pytest.raises(Invalid, match="unit group stays") as refused:
        update_product(
            product_id=product.pk, values={"unit_group": other.group, "default_unit": other}, actor=SYSTEM, at=AT
        )
    assert refused.value.field == "unit_group"
    assert row(product) == before


def test_an_unused_product_may_change_its_unit_group() -> None:
    product, other = ProductFactory.create(), UnitFactory.create()
    update_product(
        product_id=product.pk, values={"unit_group": other.group, "default_unit": other}, actor=SYSTEM, at=AT
    )
    assert (row(product)["unit_group_id"], row(product)["default_unit_id"]) == (other.group_id, other.pk)


def test_the_currency_stays_while_a_list_computes_from_the_list_price() -> None:
    product = ProductFactory.create()
    PriceListItemFactory.create(product=product, method="percent of list", amount=None, percentage=Decimal(90))
    with pytest.raises(Invalid, match="currency stays"):
        update_product(product_id=product.pk, values={"currency": currency("USD")}, actor=SYSTEM, at=AT)
    assert row(product)["currency_id"] == currency("EUR").pk


def test_a_retired_product_is_read_only() -> None:
    product = ProductFactory.create(state="retired", status_reason="retired")
    before = row(product)
    with pytest.raises(Conflict, match="retired"):
        update_product(product_id=product.pk, values={"name": "Other"}, actor=SYSTEM, at=AT)
    assert row(product) == before


def test_an_inactive_price_list_is_no_new_default() -> None:
    product = ProductFactory.create()
    inactive = PriceListFactory.create(state="inactive", status_reason="inactive")
    with pytest.raises(Invalid, match="not active") as refused:
        update_product(product_id=product.pk, values={"default_price_list": inactive}, actor=SYSTEM, at=AT)
    assert refused.value.field == "default_price_list"
    assert row(product)["default_price_list_id"] is None


def test_publishing_counts_revisions() -> None:
    product = create_product(values=_values(), actor=SYSTEM, at=AT)
    publish_product(product_id=product.pk, actor=SYSTEM, at=AT)
    revise_product(product_id=product.pk, actor=SYSTEM, at=AT)
    assert publish_product(product_id=product.pk, actor=SYSTEM, at=AT).revision == 2


def test_reverting_brings_back_what_was_published_last() -> None:
    product = create_product(values=_values(list_price=Decimal(10)), actor=SYSTEM, at=AT)
    publish_product(product_id=product.pk, actor=SYSTEM, at=AT)
    update_product(product_id=product.pk, values={"list_price": Decimal(11)}, actor=SYSTEM, at=AT)
    revise_product(product_id=product.pk, actor=SYSTEM, at=AT)
    update_product(product_id=product.pk, values={"name": "Luftfilter", "list_price": Decimal(99)}, actor=SYSTEM, at=AT)
    reverted = revert_product(product_id=product.pk, actor=SYSTEM, at=AT)
    assert (reverted.name, reverted.list_price, reverted.sort_key) == ("Ölfilter", Decimal(11), "olfilter")
    assert (reverted.state, reverted.revision) == ("active", 1)


def test_a_product_on_an_active_price_list_cannot_be_retired() -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(name="Europe"))
    before = row(item.product)
    with pytest.raises(Conflict) as refused:
        retire_product(product_id=item.product_id, actor=SYSTEM, at=AT)
    assert refused.value.details == ("Europe",)
    assert row(item.product) == before


def test_a_product_on_inactive_price_lists_only_can_be_retired() -> None:
    item = PriceListItemFactory.create(price_list=PriceListFactory.create(state="inactive", status_reason="inactive"))
    retire_product(product_id=item.product_id, actor=SYSTEM, at=AT)
    assert row(item.product)["state"] == "retired"


def test_what_may_be_sold_on_a_day() -> None:
    day = dt.date(2026, 5, 4)
    open_end = ProductFactory.create()
    first_day = ProductFactory.create(valid_from=day)
    last_day = ProductFactory.create(valid_to=day)
    ProductFactory.create(valid_from=day + dt.timedelta(days=1))
    ProductFactory.create(valid_to=day - dt.timedelta(days=1))
    ProductFactory.create(state="draft", status_reason="draft")
    ProductFactory.create(state="under_revision", status_reason="under_revision")
    ProductFactory.create(state="retired", status_reason="retired")
    assert set(Product.objects.sellable_on(day)) == {open_end, first_day, last_day}


def test_the_database_refuses_negative_prices() -> None:
    with pytest.raises(IntegrityError, match="product_prices_not_negative"), transaction.atomic():
        ProductFactory.create(standard_cost=Decimal(-1))


def test_units_groups_and_rates_in_use_stay() -> None:
    product = ProductFactory.create(name="Filter")
    for record in (product.unit_group, product.tax_rate):
        with pytest.raises(Conflict) as refused:
            delete_record(model=type(record), record_id=record.pk, actor=SYSTEM, at=AT)
        assert "Product: Filter" in refused.value.details
        assert row(record)["deleted_at"] is None
    with pytest.raises(Conflict) as refused:
        delete_record(model=Unit, record_id=product.default_unit_id, actor=SYSTEM, at=AT)
    assert refused.value.details == ("It is the base unit of its group.", "Product: Filter")
