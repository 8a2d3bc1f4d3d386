"""What the reports by campaign and by source have in common: a line of figures from the lead to the money."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.reports.marketing.figures import (
    FIGURES,
    INVOICED,
    LEADS,
    OPPORTUNITIES,
    ORDERED,
    PAID,
    QUALIFIED,
    WON,
    Figure,
    Scope,
    list_address,
    may_read,
)
from crm.reports.sheets import Cell, Chart, Head, Line, Series, ratio

MOST_LINES = 500
MOST_BARS = 12

type Values = Mapping[str, Any]

HEADS = (
    Head(LEADS.label),
    Head(QUALIFIED.label),
    Head(gettext_lazy("Qualified %"), "percent"),
    Head(OPPORTUNITIES.label),
    Head(WON.label),
    Head(ORDERED.label, "money"),
    Head(INVOICED.label, "money"),
    Head(PAID.label, "money"),
)


def readable(actor: Any) -> frozenset[str]:
    """The keys of the figures whose tables this person may read."""
    return frozenset(figure.key for figure in FIGURES if may_read(figure.model, actor))


def cells_of(values: Values, known: frozenset[str], link: Callable[[Figure], str]) -> list[Cell]:
    """The figures of one line in the order of `HEADS`."""
    cells = {figure.key: _cell(figure, values, known, link) for figure in FIGURES}
    share = Cell(ratio(cells["qualified"].value, cells["leads"].value), "percent")
    return [cells["leads"], cells["qualified"], share, *(cells[figure.key] for figure in FIGURES[2:])]


def _cell(figure: Figure, values: Values, known: frozenset[str], link: Callable[[Figure], str]) -> Cell:
    kind: Any = "money" if figure.amount else "count"
    if figure.key not in known:
        return Cell(None, kind)
    value = values.get(figure.key) or (Decimal(0) if figure.amount else 0)
    return Cell(value, kind, link(figure) if value else "")


def linker(scope: Scope, term: str | None) -> Callable[[Figure], str]:
    """What leads to the list of a figure; without a term there is no such list."""
    return no_link if term is None else lambda figure: list_address(figure, scope, term)


def no_link(_figure: Figure) -> str:
    return ""


def money_chart(title: str, lines: Sequence[Line]) -> Chart:
    """Ordered, invoiced and paid of the first lines."""
    shown = lines[:MOST_BARS]
    series = [
        Series(
            str(HEADS[place].label),
            [line.cells[place].value for line in shown],
            [line.cells[place].url for line in shown],
        )
        for place in (5, 6, 7)
    ]
    return Chart(title, [line.name for line in shown], series)


def too_many() -> str:
    return _("Only the first %(most)d lines are shown; the last line adds up these.") % {"most": MOST_LINES}
