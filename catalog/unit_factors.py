"""How many base units each unit of a group holds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm.core.money import exact_arithmetic


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`factor` of the unit `base_id` make one of this; the base unit has no `base_id`."""

    id: int
    base_id: int | None
    factor: Decimal


def factors_to_base(rows: Iterable[UnitRow]) -> dict[int, Decimal]:
    """Base units per unit, by id. A chain that is broken or runs in a circle raises ValueError."""
    by_id = {row.id: row for row in rows}
    with exact_arithmetic():
        return {unit_id: _factor(unit_id, by_id) for unit_id in by_id}


def _factor(unit_id: int, by_id: Mapping[int, UnitRow]) -> Decimal:
    factor = Decimal(1)
    at: int | None = unit_id
    for _step in by_id:
        row = by_id.get(at) if at is not None else None
        if row is None:
            raise ValueError(f"unit {unit_id} does not lead to a base unit")
        if row.base_id is None:
            return factor
        factor, at = factor * row.factor, row.base_id
    raise ValueError(f"unit {unit_id} is a multiple of itself")
