"""What can be chosen of the look of a list, for whoever asks: list or board, columns, orders, groups, densities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.fields import Model
from crm.core.screens.lists.board_fields import usual_board_field
from crm.core.screens.lists.orders import fields_to_group_by
from crm.core.tables import Table
from crm.core.tables.choosing import Offered, offered_columns

type Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pick:
    """One column in a form. The name of the row cannot be left out."""

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
class Picks:
    """The columns that are shown, in their order, and the others, as `screens/column_picks.html` reads them."""

    picked: list[Pick]
    groups: list[PickGroup]


def offered_by_name(table: type[Table], actor: Any) -> dict[str, Offered]:
    return {one.name: one for one in offered_columns(table, actor)}


def picks_of(offered: Mapping[str, Offered], names: Sequence[str]) -> Picks:
    """What is named but not offered is gone; it stays until somebody takes it away."""
    picked = [_pick(offered[name], is_picked=True) if name in offered else _gone(name) for name in names]
    return Picks(picked, _groups([one for name, one in offered.items() if name not in names]))


def moved(names: Sequence[str], move: str) -> list[str]:
    """`up:company` or `down:company`, one place."""
    way, _colon, name = move.partition(":")
    found = list(names)
    if name not in found or way not in {"up", "down"}:
        return found
    place = found.index(name)
    other = min(max(place + (-1 if way == "up" else 1), 0), len(found) - 1)
    found.insert(other, found.pop(place))
    return found


def density_choices() -> Choices:
    return [("", _("Usual")), ("compact", _("Compact")), ("roomy", _("Roomy"))]


def layout_choices(table: type[Table], actor: Any) -> Choices:
    """Nothing where no field can be the columns of a board."""
    return [("", _("List")), ("board", _("Board"))] if usual_board_field(table, actor) else []


def group_choices(model: Model, actor: Any) -> Choices:
    fields = fields_to_group_by(model, actor)
    return [("", _("Not grouped")), *((field.name, capital(field.label)) for field in fields)]


def sort_choices(offered: Sequence[Offered]) -> Choices:
    """Both ways by each column that can be sorted by."""
    found = [("", _("The usual order"))]
    for one in offered:
        if one.sort:
            label = capital(one.label)
            found.append((one.sort, label))
            found.append((f"-{one.sort}", _("%(column)s, descending") % {"column": label}))
    return found


def gone_words(name: str) -> str:
    """Of a column or field that was chosen once and is no more."""
    return _("“%(name)s”, which is gone") % {"name": name.removeprefix("-")}


def capital(label: str | Promise) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


def _pick(one: Offered, *, is_picked: bool = False) -> Pick:
    return Pick(one.name, capital(one.label), is_picked, is_picked and one.is_name_of_row)


def _gone(name: str) -> Pick:
    return Pick(name, gone_words(name), is_picked=True)


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
