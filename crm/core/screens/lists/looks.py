"""How a list looks, as one form that leads to an address: list or board, columns, order, density, groups and sort.

Without JavaScript a column moves by a button that shows the form again; with it by dragging or by the same buttons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from crm.core.screens.lists.look_choices import (
    Choices,
    density_choices,
    group_choices,
    layout_choices,
    moved,
    offered_by_name,
    picks_of,
    sort_choices,
)
from crm.core.screens.lists.selections import BOARD, LOOK, Selection
from crm.core.tables.choosing import MOST_COLUMNS, names_of

PANEL = "look"
# What the form itself sends; everything else of the address goes along.
_OWN = frozenset({"pick", "columns", "density", "group", "layout", "sort", "move", "panel", "after", "before"})


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


def is_sent(parameters: QueryDict) -> bool:
    """Was the form sent, so that its answer is an address?"""
    return "pick" in parameters and "move" not in parameters


def address_of(parameters: QueryDict, shown: Selection) -> QueryDict:
    """What the sent form means, as the list says it; what the view says by itself is left out. `shown` is what the
    list shows without the form."""
    found = parameters.copy()
    for name in ("pick", "panel", "after", "before"):
        found.pop(name, None)
    found["columns"] = ",".join(_picked(parameters))
    usual = names_of(shown.declared.table.sheet(), shown.declared.table, shown.actor)
    if found["columns"] == ",".join(usual) and not getattr(shown.chosen, "columns", ""):
        found.pop("columns")
    for name in LOOK:
        if found.get(name, "") == getattr(shown.chosen, name, ""):
            found.pop(name, None)
    return found


def context_of(found: Selection, request: HttpRequest) -> dict[str, Any]:
    table, actor = found.declared.table, found.actor
    offered = offered_by_name(table, actor)
    names = moved([name for name in _names(found, request.GET) if name in offered], request.GET.get("move", ""))
    picks = picks_of(offered, names)
    sort = "" if found.sort == table.default_sort else found.sort
    return {
        "picked": picks.picked,
        "groups": picks.groups,
        "densities": _options(density_choices(), found.density),
        "groupings": _options(group_choices(found.model, actor), found.grouping.name if found.grouping else ""),
        "layouts": _options(layout_choices(table, actor), BOARD if found.board else ""),
        "sorts": _options(sort_choices([offered[name] for name in names]), sort),
        "kept": [(name, value) for name, values in request.GET.lists() if name not in _OWN for value in values],
        "path": request.path,
    }


def _picked(parameters: QueryDict) -> list[str]:
    return list(dict.fromkeys(name for name in parameters.getlist("pick") if name and "," not in name))[:MOST_COLUMNS]


def _names(found: Selection, parameters: QueryDict) -> Sequence[str]:
    """Those that were ticked a moment ago, else those that the list shows."""
    if "pick" in parameters:
        return _picked(parameters)
    return names_of(found.sheet, found.declared.table, found.actor)


def _options(choices: Choices, chosen: str) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in choices]
