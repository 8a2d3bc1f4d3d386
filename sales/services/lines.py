"""The lines of opportunities and documents: one grid saved at once, or single lines.

Every function locks the record (its order first where it is an invoice of one), changes the lines in memory
and lets `documents.Sheet` price, add up and store them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict
from crm.core.money import ZERO
from crm.core.transactions import service
from sales.models import Invoice, LineKind, Order, PricedModel
from sales.models.columns import ONE
from sales.services.documents import InvalidLine, Sheet
from sales.services.invoicing import sync_order
from sales.services.line_checks import LineEditor


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One row of the grid as a person filled it in.

    Without `line_id` it is new. `price_per_unit` None asks for the list's price; a price that differs from the
    line's present one overrides the list. Discounts and charges are an amount or a percentage, never both.
    `custom` holds values of added fields by key; what is not in it stays.
    """

    line_id: int | None = None
    kind: str = LineKind.PRODUCT
    product_id: int | None = None
    name: str = ""
    description: str = ""
    unit_id: int | None = None
    quantity: Decimal = ONE
    price_per_unit: Decimal | None = None
    price_quantity: Decimal = ONE
    discount_amount: Decimal = ZERO
    discount_percent: Decimal | None = None
    charge_amount: Decimal = ZERO
    charge_percent: Decimal | None = None
    tax_rate_id: int | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@service("document.lines_saved")
def save_lines[D: PricedModel](
    *,
    model: type[D],
    document_id: int,
    rows: Sequence[LineRow],
    removed: Iterable[int] = (),
    actor: Actor,
    at: dt.datetime,
) -> D:
    """Save the grid in the order of its rows. Lines that are neither in it nor `removed` follow behind.

    Raises InvalidLine with the position of the row at fault.
    """

    def change(sheet: Sheet, editor: LineEditor) -> None:
        editor.remove(removed)
        known = {line.pk: line for line in sheet.lines}
        editor.load(rows)
        edited = [
            editor.apply(row, known_line(known, row, position), position) for position, row in enumerate(rows, start=1)
        ]
        kept = [line for line in sheet.lines if line not in edited]
        sheet.lines = edited + kept

    return _changed(model, document_id, change, actor=actor, at=at)


@service("document.line_added")
def add_line[D: PricedModel](*, model: type[D], document_id: int, row: LineRow, actor: Actor, at: dt.datetime) -> D:
    """Add one line at the end."""

    def change(sheet: Sheet, editor: LineEditor) -> None:
        editor.load([row])
        sheet.lines.append(editor.apply(row, None, len(sheet.lines) + 1))

    return _changed(model, document_id, change, actor=actor, at=at)


@service("document.line_changed")
def update_line[D: PricedModel](*, model: type[D], document_id: int, row: LineRow, actor: Actor, at: dt.datetime) -> D:
    """Change the line that the row names."""

    def change(sheet: Sheet, editor: LineEditor) -> None:
        editor.load([row])
        known = {line.pk: line for line in sheet.lines}
        line = known_line(known, row, 1)
        editor.apply(row, line, sheet.lines.index(line) + 1 if line else 1)

    return _changed(model, document_id, change, actor=actor, at=at)


@service("document.line_removed")
def remove_line[D: PricedModel](*, model: type[D], document_id: int, line_id: int, actor: Actor, at: dt.datetime) -> D:
    def change(sheet: Sheet, editor: LineEditor) -> None:
        editor.remove([line_id])

    return _changed(model, document_id, change, actor=actor, at=at)


@service("document.lines_reordered")
def reorder_lines[D: PricedModel](
    *, model: type[D], document_id: int, line_ids: Sequence[int], actor: Actor, at: dt.datetime
) -> D:
    """Put the lines into the order of the ids; lines that are not named keep their order behind them."""

    def change(sheet: Sheet, editor: LineEditor) -> None:
        places = {line_id: place for place, line_id in enumerate(line_ids)}
        sheet.lines.sort(key=lambda line: places.get(line.pk, len(places)))

    return _changed(model, document_id, change, actor=actor, at=at)


def _changed[D: PricedModel](
    model: type[D],
    document_id: int,
    change: Callable[[Sheet, LineEditor], None],
    *,
    actor: Actor,
    at: dt.datetime,
) -> D:
    document, order = lock_editable(model, document_id, actor)
    # "quote.lines_saved" says more to its reader than "document.lines_saved".
    act = str(history.current()["action"]).partition(".")[2]
    with history.action(f"{model._meta.model_name}.{act}"):
        _write(Sheet(document, at=at), change, actor)
    if order is not None:
        sync_order(order)
    return document


def _write(sheet: Sheet, change: Callable[[Sheet, LineEditor], None], actor: Actor) -> None:
    change(sheet, LineEditor(sheet, actor))
    sheet.price()
    sheet.add_up()
    sheet.store()


def write_first_lines[D: PricedModel](document: D, rows: Sequence[LineRow], *, actor: Actor, at: dt.datetime) -> D:
    """Price and add up a document that its service has just made, with these lines. Raises InvalidLine, Invalid."""

    def change(sheet: Sheet, editor: LineEditor) -> None:
        editor.load(rows)
        sheet.lines = [editor.apply(row, None, position) for position, row in enumerate(rows, start=1)]

    _write(Sheet(document, at=at, lines=[]), change, actor)
    return document


def lock_editable[D: PricedModel](model: type[D], document_id: int, actor: Actor) -> tuple[D, Order | None]:
    """The locked record, and before it the order that its figures come from. Raises Conflict unless editable."""
    order = lock_order_of(document_id) if issubclass(model, Invoice) else None
    document = lock_for(model, document_id, actor, WRITE)
    if not document.is_editable:
        raise Conflict(frozen_sentence(document))
    return document, order


def lock_order_of(invoice_id: int) -> Order | None:
    order_id = Invoice.with_bin.filter(pk=invoice_id).values_list("order_id", flat=True).first()
    orders: Any = Order.with_bin.select_for_update(of=("self",))
    found: Order | None = orders.filter(pk=order_id).first()
    return found


def frozen_sentence(document: PricedModel) -> str:
    return _("This %(noun)s is %(state)s, so its figures and lines stay as they are.") % {
        "noun": document._meta.verbose_name,
        "state": document.machine.described(document),
    }


def known_line(known: dict[int, Any], row: LineRow, position: int) -> Any:
    if row.line_id is None:
        return None
    if row.line_id not in known:
        raise InvalidLine(_("This line is no longer there. Reload the page."), position=position)
    return known[row.line_id]
