"""A list as a board: its rows as cards in columns side by side, one for each value of a field."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core import format as shown
from crm.core.fields import Kind, own_fields
from crm.core.query import value_text
from crm.core.query.writer import quoted
from crm.core.screens.lists.board_fields import BoardField
from crm.core.screens.lists.selections import Selection
from crm.core.sorted_pages import Total, first_of_each, totals_by
from crm.core.tables import MoneyColumn, Sheet

#: Of one column; the others are one link away.
MOST_CARDS = 20
# Words of the query that are no values.
_SPECIAL = frozenset({"none", "any"})


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One value: its word, how many rows have it, what they are worth together in base currency, and the first cards.
    `more` says how many further there are; `more_url` leads to all of the value, "" where no query can ask for it."""

    label: str
    count: str
    amount: str
    amount_label: str
    cards: SafeString
    more: str
    more_url: str


def board_columns(found: Selection, url_of: Callable[[str], str]) -> list[BoardColumn]:
    """Two queries beside those of the cells. `url_of(term)` gives the list narrowed by one term more."""
    board = found.board
    assert board is not None  # noqa: S101 - only asked of a board
    money = _summed(found.sheet, found.actor)
    totals = totals_by(found.rows, found.branches, board.value, money[1] if money else "")
    rows = first_of_each(
        found.rows, found.branches, board.value, found.order.ordering, fields=found.sheet.fields, size=MOST_CARDS
    )
    cards = _cards(found, rows)
    return [
        _column(label, totals.get(key, Total(0)), cards.get(key, ()), money[0] if money else "", term and url_of(term))
        for key, label, term in _values(board, totals)
    ]


def _cards(found: Selection, rows: dict[Any, list[tuple[Any, ...]]]) -> dict[Any, list[str]]:
    """All at once, so that what cells look up is looked up once."""
    drawn = iter(found.sheet.cards([row for each in rows.values() for row in each], actor=found.actor))
    return {key: [next(drawn) for _row in each] for key, each in rows.items()}


def _values(board: BoardField, totals: dict[Any, Total]) -> Iterator[tuple[str, str, str]]:
    """Key, word and term of the query. What is stored and no choice any more stands behind the choices, and what has
    no value at the end, if there is any."""
    known = dict(board.choices)
    for key, word in board.choices:
        yield key, str(word), f"{board.name}:{quoted(key) if key in _SPECIAL else value_text(key)}"
    for key in sorted(set(totals) - set(known) - {""}):
        yield key, key, ""
    if "" in totals and "" not in known:
        yield "", _("Without a value"), f"{board.name}:none"


def _column(label: str, total: Total, cards: Sequence[str], money: str, url: str) -> BoardColumn:
    more = total.count - len(cards)
    words = ngettext("%(number)s more", "%(number)s more", more) % {"number": shown.number(more, 0)}
    return BoardColumn(
        label=label,
        count=shown.number(total.count, 0),
        amount=shown.money(total.amount or Decimal(0), digits=0) if money and total.count else "",
        amount_label=money,
        cards=SafeString("".join(cards)),
        more=words if more > 0 else "",
        more_url=url,
    )


def _summed(sheet: Sheet, actor: Any) -> tuple[str, str] | None:
    """Label and path of what can be added up: the first amount of the sheet, in the base currency."""
    column = next((one for one in sheet.columns if isinstance(one, MoneyColumn)), None)
    if column is None:
        return None
    path = f"base_{column.path}" if len(column.fields) > 1 else column.path
    fields = (field for field in own_fields(sheet.model, actor).values() if field.kind is Kind.MONEY)
    return next(((str(column.label), path) for field in fields if field.path == path and "__" not in path), None)
