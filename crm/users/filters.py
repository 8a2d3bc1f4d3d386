"""Filters of lists by where an owner stands."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.users.models import BusinessUnit


def units_below(unit_id: int) -> list[int]:
    """The unit and all below it. One query; an organisation has few."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in BusinessUnit.objects.values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found, open_ones = [], [unit_id]
    while open_ones:
        found.append(open_ones.pop())
        open_ones += children.get(found[-1], [])
    return found


class UnitFilter(django_filters.ModelChoiceFilter):
    """Records of a business unit and of those below it."""

    def __init__(self) -> None:
        super().__init__(queryset=BusinessUnit.objects.all(), label=_("Business unit"))

    def filter(self, rows: Any, unit: BusinessUnit | None) -> Any:
        return rows.filter(owning_unit__in=units_below(unit.pk)) if unit else rows
