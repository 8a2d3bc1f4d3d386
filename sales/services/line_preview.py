"""What saving the grid would give: priced and added up as saving does it, with nothing written."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.actors import Actor
from crm.core.errors import Refusal
from sales.models import PricedModel
from sales.services.documents import InvalidLine, Sheet
from sales.services.line_checks import LineEditor
from sales.services.lines import LineRow, known_line
from sales.totals import DocumentTotals

_MOST_LEFT_OUT = 20


@dataclass
class LinesPreview:
    """`lines` by row; a row that cannot be accepted has none, counts for nothing, and says why in `refusals`.

    `problem` is what is wrong with the whole; then there are no `totals`.
    """

    lines: dict[int, Any] = field(default_factory=dict)
    refusals: dict[int, InvalidLine] = field(default_factory=dict)
    totals: DocumentTotals | None = None
    problem: str = ""


def preview_lines(
    *, document: PricedModel, rows: Sequence[LineRow], removed: Iterable[int], actor: Actor, at: dt.datetime
) -> LinesPreview:
    """Changes `document` in memory only. The caller has asked for the right to write and for the state."""
    sheet, preview = Sheet(document, at=at), LinesPreview()
    editor = LineEditor(sheet, actor)
    try:
        editor.remove(removed)
    except Refusal as refusal:
        preview.problem = refusal.sentence
        return preview
    _apply(sheet, editor, rows, preview)
    sheet.price()
    _add_up(sheet, preview)
    return preview


def _apply(sheet: Sheet, editor: LineEditor, rows: Sequence[LineRow], preview: LinesPreview) -> None:
    editor.load(rows)
    known = {line.pk: line for line in sheet.lines}
    for place, row in enumerate(rows):
        try:
            preview.lines[place] = editor.apply(row, known_line(known, row, place + 1), place + 1)
        except InvalidLine as refusal:
            preview.refusals[place] = refusal
    accepted = list(preview.lines.values())
    named = {row.line_id for row in rows}
    sheet.lines = accepted + [line for line in sheet.lines if line.pk not in named]


def _add_up(sheet: Sheet, preview: LinesPreview) -> None:
    """Lines that stand in the way are left out one by one, as long as they are few."""
    while preview.totals is None:
        try:
            sheet.add_up()
            preview.totals = sheet.totals
        except InvalidLine as refusal:
            line = sheet.lines.pop(refusal.position - 1)
            place = next((place for place, other in preview.lines.items() if other is line), None)
            if place is None or len(preview.refusals) > _MOST_LEFT_OUT:
                preview.problem = refusal.sentence
                return
            del preview.lines[place]
            preview.refusals[place] = refusal
        except Refusal as refusal:
            preview.problem = refusal.sentence
            return
