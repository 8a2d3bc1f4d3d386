"""How a list looks: its columns, their order, density, groups and sort, as one form that leads to an address.

Without JavaScript a column moves by a button that shows the form again; with it by dragging or by the same buttons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.screens.orders import fields_to_group_by
from crm.core.screens.selections import DENSITIES, Selection
from crm.core.tables.choosing import MOST_COLUMNS, Offered, names_of, offered_columns

type Text = str | Promise

PANEL = "look"
# What the form itself sends; everything else of the address goes along.
_OWN = frozenset({"pick", "columns", "density", "group", "sort", "move", "panel", "after", "before"})


@dataclass(frozen=True, slots=True)
class Pick:
    """One column in the form. The name of the row cannot be left out."""

    name: str
    label: str
    is_picked: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Columns that belong together: those of the record itself, or those of one that it leads to."""

    label: str
    picks: list[Pick]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
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
    for name in ("columns", "density", "group", "sort"):
        if found.get(name, "") == getattr(shown.chosen, name, ""):
            found.pop(name, None)
    return found


def context_of(found: Selection, request: HttpRequest) -> dict[str, Any]:
    table, actor = found.declared.table, found.actor
    offered = {one.name: one for one in offered_columns(table, actor)}
    names = _moved(_names(found, request.GET, offered), request.GET.get("move", ""))
    picked = [_pick(offered[name], is_picked=True) for name in names if name in offered]
    return {
        "picked": picked,
        "groups": _groups([one for name, one in offered.items() if name not in names]),
        "densities": _densities(found.density),
        "groupings": _groupings(found),
        "sorts": _sorts(found, picked, offered),
        "kept": [(name, value) for name, values in request.GET.lists() if name not in _OWN for value in values],
        "path": request.path,
        "most": MOST_COLUMNS,
    }


def _picked(parameters: QueryDict) -> list[str]:
    return list(dict.fromkeys(name for name in parameters.getlist("pick") if name and "," not in name))[:MOST_COLUMNS]


def _names(found: Selection, parameters: QueryDict, offered: Mapping[str, Offered]) -> list[str]:
    """Those that were ticked a moment ago, else those that the list shows."""
    if "pick" in parameters:
        return [name for name in _picked(parameters) if name in offered]
    return names_of(found.sheet, found.declared.table, found.actor)


def _moved(names: list[str], move: str) -> list[str]:
    """`up:company` or `down:company`, one place."""
    way, _colon, name = move.partition(":")
    if name not in names or way not in {"up", "down"}:
        return names
    place = names.index(name)
    other = min(max(place + (-1 if way == "up" else 1), 0), len(names) - 1)
    names.insert(other, names.pop(place))
    return names


def _pick(one: Offered, *, is_picked: bool = False) -> Pick:
    label = str(one.label)
    return Pick(one.name, label[:1].upper() + label[1:], is_picked, is_picked and one.is_name_of_row)


def _groups(offered: Sequence[Offered]) -> list[PickGroup]:
    groups: dict[str, PickGroup] = {}
    for one in offered:
        root = one.name.partition(".")[0] if one.field and one.field.through else ""
        pick = _pick(one)
        if root not in groups:
            label = pick.label.partition(":")[0] if root else _("Of the record itself")
            groups[root] = PickGroup(label, [])
        groups[root].picks.append(pick)
    return list(groups.values())


def _densities(chosen: str) -> list[Option]:
    words = {"": _("Usual"), "compact": _("Compact"), "roomy": _("Roomy")}
    return [Option(value, words[value], value == chosen) for value in ("", *DENSITIES)]


def _groupings(found: Selection) -> list[Option]:
    chosen = found.grouping.name if found.grouping else ""
    fields = fields_to_group_by(found.model, found.actor)
    return [
        Option("", _("Not grouped"), not chosen),
        *(Option(field.name, _capital(field.label), field.name == chosen) for field in fields),
    ]


def _sorts(found: Selection, picked: Sequence[Pick], offered: dict[str, Offered]) -> list[Option]:
    """Both ways by each column that is shown and can be sorted by."""
    usual = found.declared.table.default_sort
    options = [Option("", _("The usual order"), found.sort == usual)]
    for pick in picked:
        token = offered[pick.name].sort
        if token:
            down = _("%(column)s, descending") % {"column": pick.label}
            options.append(Option(token, pick.label, found.sort == token != usual))
            options.append(Option(f"-{token}", down, found.sort == f"-{token}" != usual))
    return options


def _capital(label: Text) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]
