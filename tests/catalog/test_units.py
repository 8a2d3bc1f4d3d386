"""Unit groups: one base unit, the others multiples of any unit of the group, no loops."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Unit, UnitGroup
from catalog.services.units import create_unit, create_unit_group, update_unit
from catalog.unit_factors import UnitRow, factors_to_base
from crm.core.actors import SYSTEM
from crm.core.errors import Forbidden, Invalid
from tests.catalog.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.catalog import UnitFactory

pytestmark = pytest.mark.django_db


def test_a_group_is_made_with_its_base_unit() -> None:
    group = create_unit_group(name="Weight", base_unit="kg", actor=SYSTEM, at=AT)
    assert list(group.units.values_list("name", "base_unit", "factor")) == [("kg", None, Decimal(1))]


def test_two_groups_of_one_name_are_refused() -> None:
    create_unit_group(name="Weight", base_unit="kg", actor=SYSTEM, at=AT)
    with pytest.raises(Invalid, match="unit group of this name already") as refused:
        create_unit_group(name="Weight", base_unit="kg", actor=SYSTEM, at=AT)
    assert refused.value.field == "name"
    assert UnitGroup.objects.filter(name="Weight").count() == 1


def test_a_unit_is_a_multiple_of_any_unit_of_its_group() -> None:
    each = UnitFactory.create(name="each")
    box = create_unit(
        group_id=each.group_id, values={"name": "box", "base_unit": each, "factor": Decimal(12)}, actor=SYSTEM, at=AT
    )
    pallet = create_unit(
        group_id=each.group_id, values={"name": "pallet", "base_unit": box, "factor": Decimal(40)}, actor=SYSTEM, at=AT
    )
    rows = [UnitRow(unit.pk, unit.base_unit_id, unit.factor) for unit in (each, box, pallet)]
    assert factors_to_base(rows) == {each.pk: Decimal(1), box.pk: Decimal(12), pallet.pk: Decimal(480)}


def test_a_second_base_unit_is_refused() -> None:
    each = UnitFactory.create()
    with pytest.raises(Invalid, match="has a base unit already"):
        create_unit(group_id=each.group_id, values={"name": "piece"}, actor=SYSTEM, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitFactory.create(group=each.group)
    assert each.group.units.count() == 1


def test_a_loop_of_units_is_refused_by_service_and_database() -> None:
    each = UnitFactory.create(name="each")
    box = UnitFactory.create(group=each.group, name="box", base_unit=each, factor=12)
    pallet = UnitFactory.create(group=each.group, name="pallet", base_unit=box, factor=40)
    before = row(box)
    with pytest.raises(Invalid, match="multiple of itself") as refused:
        update_unit(unit_id=box.pk, values={"base_unit": pallet}, actor=SYSTEM, at=AT)
    assert refused.value.field == "base_unit"
    with pytest.raises(IntegrityError, match="multiple of itself"), transaction.atomic():
        Unit.objects.filter(pk=box.pk).update(base_unit=pallet)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=box.pk).update(base_unit=box)
    assert row(box) == before


def test_a_base_unit_cannot_become_a_multiple_of_its_own_multiple() -> None:
    each = UnitFactory.create(name="each")
    box = UnitFactory.create(group=each.group, name="box", base_unit=each, factor=12)
    with pytest.raises(Invalid, match="multiple of itself"):
        update_unit(unit_id=each.pk, values={"base_unit": box, "factor": Decimal(2)}, actor=SYSTEM, at=AT)
    assert Unit.objects.get(pk=each.pk).base_unit_id is None


def test_a_unit_of_another_group_is_no_base() -> None:
    each, metre = UnitFactory.create(), UnitFactory.create()
    with pytest.raises(Invalid, match="own group"):
        create_unit(group_id=each.group_id, values={"name": "roll", "base_unit": metre}, actor=SYSTEM, at=AT)
    with pytest.raises(IntegrityError, match="own group"), transaction.atomic():
        UnitFactory.create(group=each.group, base_unit=metre, factor=2)
    assert each.group.units.count() == 1


@pytest.mark.parametrize("factor", [Decimal(0), Decimal(-1)])
def test_a_factor_is_above_zero(factor: Decimal) -> None:
    each = UnitFactory.create()
    with pytest.raises(Invalid) as refused:
        create_unit(
            group_id=each.group_id, values={"name": "box", "base_unit": each, "factor": factor}, actor=SYSTEM, at=AT
        )
    assert refused.value.field == "factor"
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitFactory.create(group=each.group, base_unit=each, factor=factor)


def test_a_salesperson_makes_no_units(cast: Cast) -> None:
    before = UnitGroup.objects.count()
    with pytest.raises(Forbidden):
        create_unit_group(name="Weight", base_unit="kg", actor=cast.rep_a, at=AT)
    assert UnitGroup.objects.count() == before


@pytest.mark.parametrize(
    "rows",
    [
        [UnitRow(1, 2, Decimal(2)), UnitRow(2, 1, Decimal(2))],
        [UnitRow(1, 3, Decimal(2))],
    ],
)
def test_factors_of_a_broken_chain_are_an_error(rows: list[UnitRow]) -> None:
    with pytest.raises(ValueError, match="unit 1"):
        factors_to_base(rows)
