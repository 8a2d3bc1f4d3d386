"""Lines and totals on the page of every record that has them, and the page of the grid."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.access import WRITE
from crm.core.addresses import screen_name
from crm.core.idempotency import new_key
from crm.core.money import ZERO
from crm.core.panels import Panel
from crm.core.screens.buttons import rights_on
from sales.forms.line_added import AddedBox, AddedFields
from sales.forms.line_rows import GridRow
from sales.forms.lines import LineGrid
from sales.models import DocumentLine, LineKind, PricedModel
from sales.panels.prices import PriceFrom, price_from
from sales.services.lines import frozen_sentence

type Money = Callable[[Decimal], str]

# Looked up once for a grid: 500 rows say the same.
_SAYS = {
    "place": gettext_lazy("Place of row %(number)d"),
    "text": gettext_lazy("Text of row %(number)d"),
    "kind": gettext_lazy("Kind of row %(number)d"),
    "item": gettext_lazy("Product or text of row %(number)d"),
    "quantity": gettext_lazy("Quantity of row %(number)d"),
    "unit": gettext_lazy("Unit of row %(number)d"),
    "price": gettext_lazy("Price of row %(number)d"),
    "discount": gettext_lazy("Discount of row %(number)d, an amount or a percentage"),
    "tax": gettext_lazy("Tax of row %(number)d"),
    "remove": gettext_lazy("Remove row %(number)d"),
    "more": gettext_lazy("More for row %(number)d"),
    "added": gettext_lazy("Further fields of row %(number)d"),
}
_HEADS = {
    "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"),
    "price": gettext_lazy("Price"),
    "from": gettext_lazy("Price from"),
    "discount": gettext_lazy("Discount"),
    "tax": gettext_lazy("Tax"),
    "net": gettext_lazy("Net"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line to read, its amounts as texts; of a section `net` is the sum of what stands under it."""

    line: DocumentLine
    source: PriceFrom
    net: str
    discount: str
    number: int
    added: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the grid to draw. `price` is what the list asks, shown in a box that nobody filled.

    `number` counts what is sold; `label` all rows, for those who hear the page: `says` names the fields by it.
    """

    row: GridRow
    source: PriceFrom
    net: str
    price: str
    units: SafeString
    taxes: SafeString
    number: int
    label: int
    says: Mapping[str, str]
    added: Sequence[AddedBox] = ()

    @property
    def filled(self) -> int:
        """How many of the added fields hold something."""
        return sum(box.is_filled for box in self.added)

    @property
    def is_open(self) -> bool:
        return any(box.is_wrong for box in self.added)


def lines_panel() -> Panel:
    return Panel(
        name="lines",
        title=gettext_lazy("Lines"),
        template="sales/panels/lines.html",
        context=lines_of,
        position=10,
        tab="lines",
    )


def lines_of(record: PricedModel, user: Any) -> Mapping[str, Any]:
    """The grid for those who may change the lines now, else the lines to read."""
    if record.is_editable and _may_write(record, user):
        return grid_context(LineGrid(record, user))
    lines = list(record.lines.order_by("position", "pk"))
    return {
        "rows": list(_to_read(lines, AddedFields(record.line_model(), lines, user), record)),
        "frozen": "" if record.is_editable else frozen_words(record),
    }


def frozen_words(record: PricedModel) -> str:
    """Why nothing changes here, and what to do instead."""
    instead = {
        "quote": _("Changes go into a new revision."),
        "invoice": _("Changes go through a credit note."),
    }.get(str(record._meta.model_name), "")
    return f"{frozen_sentence(record)} {instead}".strip()


def _to_read(lines: Sequence[DocumentLine], added: AddedFields, record: PricedModel) -> Iterable[ShownLine]:
    number, money, digits = 0, money_of(record), record.currency.digits
    for place, line in enumerate(lines):
        number += line.is_sold
        net = _under(lines[place + 1 :]) if line.kind == LineKind.SECTION else line.net_amount
        told = added.shown(line) if line.is_sold else ()
        yield ShownLine(line, price_from(line, digits), money(net), _discount(line, money), number, told)


def _under(following: Iterable[Any]) -> Decimal:
    """The net of the lines until the next section."""
    total = ZERO
    for line in following:
        if line.kind == LineKind.SECTION:
            break
        total += line.net_amount
    return total


def _discount(line: DocumentLine, money: Money) -> str:
    if line.discount_percent:
        return shown.percent(line.discount_percent)
    return money(-line.discount_total) if line.discount_total else ""


def money_of(record: PricedModel) -> Money:
    """Amounts with the decimals of the currency and without its code, which stands in the head."""
    digits = record.currency.digits
    return lambda amount: shown.money(amount, digits=digits)


def _may_write(record: PricedModel, user: Any) -> bool:
    return bool(rights_on(record, user, {WRITE})[WRITE])


def grid_context(grid: LineGrid) -> dict[str, Any]:
    record = grid.document
    return {
        "grid": grid,
        "grid_rows": shown_rows(grid, grid.rows),
        "grid_words": grid_words(),
        "grid_url": reverse(screen_name(type(record), "lines"), args=[record.pk]),
        "preview_url": reverse(screen_name(type(record), "lines_preview"), args=[record.pk]),
        "products_url": reverse(screen_name(type(record), "line_products"), args=[record.pk]),
        "record": record,
        "version": record.version,
        "idempotency_key": new_key(),
    }


def grid_words() -> dict[str, str]:
    """The heads of the columns, which cards repeat."""
    return {name: str(words) for name, words in _HEADS.items()}


def shown_rows(grid: LineGrid, rows: Iterable[GridRow]) -> list[ShownRow]:
    """`rows` of the grid as they are drawn, with the sums of its sections."""
    sums = {row.prefix: sum((line.net_amount for line in lines), ZERO) for row, lines in grid.sections()}
    wanted = {row.prefix for row in rows}
    number, drawn, patterns = 0, [], {name: str(words) for name, words in _SAYS.items()}
    for label, row in enumerate(grid.rows, start=1):
        number += row.is_sold and not row.is_removed
        if row.prefix in wanted:
            says = {name: pattern % {"number": label} for name, pattern in patterns.items()}
            drawn.append(replace(_shown_row(row, grid, sums.get(row.prefix)), number=number, label=label, says=says))
    return drawn


def _shown_row(row: GridRow, grid: LineGrid, under: Decimal | None) -> ShownRow:
    line, money, digits = row.result, money_of(grid.document), grid.document.currency.digits
    source = PriceFrom(row.sentences[0], row.sentences, "alert-circle", "red") if row.errors else None
    net = under if under is not None else (line.net_amount if line else None)
    is_priced = line is not None and row.kind == LineKind.PRODUCT and not line.pricing_error
    return ShownRow(
        row=row,
        source=source or (price_from(line, digits) if line else PriceFrom("")),
        net="" if net is None else money(net),
        price=shown.price(line.price_per_unit, digits) if is_priced else "",
        units=_options(tuple(row.units), row.values.get("unit", "")),
        taxes=_options(tuple(grid.taxes), row.values.get("tax", "")),
        number=0,
        label=0,
        says={},
        added=grid.added.boxes(row),
    )


@lru_cache(2048)
def _options(choices: tuple[tuple[int, str], ...], selected: str) -> SafeString:
    """500 rows have the same few menus."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if str(key) == selected else "", name) for key, name in choices),
    )
