"""Unit groups and their units."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Unit, UnitGroup
from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid
from crm.core.transactions import service
from crm.core.values import save, set_values

_UNIT_FIELDS = ("name", "base_unit", "factor")
_FIELDS = {
    "unit_group_name_once": "name",
    "unit_name_once_per_group": "name",
    "one_base_unit_per_group": "base_unit",
    "unit_factor_positive": "factor",
    "base_unit_is_one_of_itself": "factor",
    "unit_is_not_its_own_base": "base_unit",
}


@service("unit_group.created")
def create_unit_group(*, name: str, base_unit: str, actor: Actor, at: dt.datetime) -> UnitGroup:
    """A group together with its base unit, without which it would be of no use."""
    check_create(actor, UnitGroup)
    group = UnitGroup(name=name)
    save(group, fields=_FIELDS)
    save(Unit(group=group, name=base_unit), fields=_FIELDS)
    return group


@service("unit.created")
def create_unit(*, group_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Unit:
    group = lock_for(UnitGroup, group_id, actor, WRITE)
    unit = Unit(group=group)
    _set(unit, values)
    return unit


@service("unit.changed")
def update_unit(*, unit_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Unit:
    group_id = lock_for(Unit, unit_id, actor, WRITE).group_id
    lock_for(UnitGroup, group_id, actor, WRITE)
    unit: Unit = Unit.objects.get(pk=unit_id)
    _set(unit, values)
    return unit


def _set(unit: Unit, values: Mapping[str, Any]) -> None:
    set_values(unit, values, _UNIT_FIELDS)
    base = unit.base_unit
    if base is None and Unit.objects.filter(group=unit.group_id, base_unit__isnull=True).exclude(pk=unit.pk).exists():
        raise Invalid(_("This group has a base unit already. Say of which unit this is a multiple."), field="base_unit")
    if base is not None:
        _refuse_foreign_and_loop(unit, base)
    save(unit, fields=_FIELDS)


def _refuse_foreign_and_loop(unit: Unit, base: Unit) -> None:
    if base.group_id != unit.group_id:
        raise Invalid(_("A unit is a multiple of another unit of its own group."), field="base_unit")
    bases = dict(Unit.objects.filter(group=unit.group_id).values_list("pk", "base_unit_id"))
    above: int | None = base.pk
    while above is not None:
        if above == unit.pk:
            raise Invalid(_("This unit would be a multiple of itself. Choose another one."), field="base_unit")
        above = bases.get(above)
