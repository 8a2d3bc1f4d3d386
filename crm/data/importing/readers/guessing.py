"""What a file seems to be: encoding, delimiter, and the line with the heads."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.data.importing.readers.encodings import guessed_encoding
from crm.data.importing.readers.rows import (
    Reading,
    Row,
    Unreadable,
    all_rows,
    first_lines,
    header_of,
    named_delimiter,
)

DELIMITERS = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Vertical bar"),
}
_LOOKED_AT = 50
_SEEN_BEFORE_HEADS = 20
#: Looks like a value, not like a head: an address, a number, a date, a time.
_VALUE = re.compile(r"[^@\s]+@[^@\s]+\.\w+|https?://.*|[-+(]?[\d.,\s:/'()-]*\d[\d.,\s:/'()%€$£-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """`notices` are sentences about what was lost or odd."""

    reading: Reading
    header: list[str]
    notices: tuple[str, ...] = ()


def guess(path: Path, is_known: Callable[[str], bool] = lambda _head: False) -> Guess:
    """Raises `Unreadable` for a file without any row. `is_known` says whether a text is the name of a field."""
    encoding, has_lost = guessed_encoding(path)
    delimiter = guessed_delimiter(path, encoding)
    first = list(islice(all_rows(path, encoding, delimiter), _LOOKED_AT))
    if all(row.is_blank for row in first):
        raise Unreadable(_("The file is empty."))
    reading = Reading(encoding, delimiter, header_line(first, is_known))
    notices = []
    if has_lost:
        notices.append(_("Some signs of this file cannot be read; � stands in their place."))
    return Guess(reading, header_of(path, reading), tuple(notices))


def guessed_delimiter(path: Path, encoding: str) -> str:
    """What the first line names, else what gives the most rows of the same number of cells."""
    lines = first_lines(path, encoding, _LOOKED_AT)
    if lines and (named := named_delimiter(lines[0])):
        return named
    return max(DELIMITERS, key=lambda sign: _evenness(lines, sign))


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Which share of the rows is as wide as most of them are, and how wide that is."""
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells))
    except csv.Error:
        return 0.0, 0
    wide = {width: number for width, number in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width = max(wide, key=lambda one: (wide[one], one))
    return wide[width] / sum(widths.values()), width


def header_line(rows: Sequence[Row], is_known: Callable[[str], bool]) -> int:
    """The line of the first row that looks like heads; 0 where the first filled row looks like values already."""
    filled = [row for row in rows if not row.is_blank][:_SEEN_BEFORE_HEADS]
    width = Counter(_filled(row) for row in filled).most_common(1)[0][0]
    widest = max(_filled(row) for row in filled)
    for row in filled:
        names = [cell for cell in row.cells if cell]
        if sum(map(is_known, names)) >= min(2, widest):
            return row.line
        if len(names) < max(1, min(width, widest) * 0.6):
            continue
        return 0 if any(_VALUE.fullmatch(name[:100]) for name in names) else row.line
    return 0


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell)
