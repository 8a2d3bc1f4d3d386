"""Volume discounts: inclusive ranges that do not overlap, in service and database alike."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import DiscountTier
from catalog.services.discounts import Tier, set_tiers
from crm.core.actors import SYSTEM
from crm.core.errors import Invalid
from tests.catalog.rows import AT
from tests.factories.catalog import DiscountListFactory, currency

pytestmark = pytest.mark.django_db

D = Decimal


def _stored() -> list[Tier]:
    return list(DiscountTier.objects.order_by("low").values_list("low", "high", "value"))


def test_tiers_are_replaced_as_a_whole() -> None:
    discounts = DiscountListFactory.create()
    set_tiers(discount_list_id=discounts.pk, tiers=[(D(10), D(49), D(5)), (D(50), None, D(8))], actor=SYSTEM, at=AT)
    set_tiers(discount_list_id=discounts.pk, tiers=[(D(5), D(5), D(1)), (D(6), D(9), D(2))], actor=SYSTEM, at=AT)
    assert _stored() == [(D(5), D(5), D(1)), (D(6), D(9), D(2))]


@pytest.mark.parametrize(
    ("tiers", "field"),
    [
        ([(D(1), D(10), D(5)), (D(10), D(20), D(6))], "low"),
        ([(D(5), None, D(5)), (D(10), D(20), D(6))], "low"),
        ([(D(10), D(9), D(5))], "high"),
        ([(D(1), D(10), D("100.1"))], "value"),
    ],
)
def test_tiers_that_make_no_sense_change_nothing(tiers: list[Tier], field: str) -> None:
    discounts = DiscountListFactory.create()
    set_tiers(discount_list_id=discounts.pk, tiers=[(D(1), D(2), D(3))], actor=SYSTEM, at=AT)
    with pytest.raises(Invalid) as refused:
        set_tiers(discount_list_id=discounts.pk, tiers=tiers, actor=SYSTEM, at=AT)
    assert refused.value.field == field
    assert _stored() == [(D(1), D(2), D(3))]


@pytest.mark.parametrize(("low", "high"), [(D(49), D(60)), (D(1), D(10)), (D(20), D(30)), (D(1), None)])
def test_the_database_refuses_an_overlap(low: Decimal, high: Decimal | None) -> None:
    discounts = DiscountListFactory.create()
    DiscountTier.objects.create(discount_list=discounts, low=10, high=49, value=5)
    with pytest.raises(IntegrityError, match="tiers_do_not_overlap"), transaction.atomic():
        _write_and_check(DiscountTier(discount_list=discounts, low=low, high=high, value=5))
    assert len(_stored()) == 1


def _write_and_check(*tiers: DiscountTier) -> None:
    """As at the end of a transaction."""
    DiscountTier.objects.bulk_create(tiers)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_tiers_of_two_lists_may_overlap() -> None:
    lists = (DiscountListFactory.create(), DiscountListFactory.create())
    _write_and_check(*(DiscountTier(discount_list=discounts, low=10, high=49, value=5) for discounts in lists))
    assert len(_stored()) == 2


def test_a_list_of_amounts_has_a_currency_and_one_of_percentages_has_none() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DiscountListFactory.create(kind="amount")
    with pytest.raises(IntegrityError), transaction.atomic():
        DiscountListFactory.create(kind="percent", currency=currency())
