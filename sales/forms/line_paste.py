"""Rows copied from a spreadsheet: product, quantity, unit if there is one, price, discount.

Cells are separated by tabs, or by semicolons where there is no tab. A first row of words is taken for the heads.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError

from crm.core import format as shown
from crm.core.typed import read_number
from sales.models import LineKind

MOST_PASTED = 500
_MOST_READ = 200_000
_TWO_READINGS = re.compile(r"-?\d{1,3}[.,]\d{3}")
_NUMBER = re.compile(r"[-\u2212]?[\d\s.,'\u2019]*\d\s*%?")


def pasted_rows(text: str, units: Mapping[str, int]) -> list[dict[str, str]]:
    """The values of new rows by the names of the grid; `units` are keys by folded name."""
    lines = [line for line in text[:_MOST_READ].splitlines() if line.strip()][: MOST_PASTED + 1]
    separator = "\t" if any("\t" in line for line in lines) else ";"
    table = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    if len(table) > 1 and _is_head(table[0]):
        del table[0]
    return [_values(cells, units) for cells in table[:MOST_PASTED] if any(cells)]


def _is_head(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and bool(cells[1]) and not any(_NUMBER.fullmatch(cell) for cell in cells[1:] if cell)


def _values(cells: Sequence[str], units: Mapping[str, int]) -> dict[str, str]:
    item, *rest = cells
    values = {"kind": str(LineKind.PRODUCT), "item": item[:2000]}
    quantity, *rest = rest or [""]
    if rest and rest[0] and not _NUMBER.fullmatch(rest[0]):
        unit, *rest = rest
        values["unit"] = str(units.get(unit.casefold(), ""))
    price, discount, *_more = [*rest, "", ""]
    return values | {
        "quantity": plain_number(quantity),
        "price": plain_number(price),
        "discount": plain_number(discount),
    }


def plain_number(text: str) -> str:
    """As the person's own format reads it, else by its marks; what is no number stays for the person to mend.

    Of two different marks the last one is the decimal one; a single one is, unless exactly three digits follow a
    comma or it occurs more than once.
    """
    if not _NUMBER.fullmatch(text):
        return text[:30]
    percent, bare = (" %" if text.endswith("%") else ""), text.removesuffix("%").strip()
    try:
        return shown.exactly(read_number(bare)) + percent
    except ValidationError:
        return text[:30] if _TWO_READINGS.fullmatch(bare) else shown.exactly(_guessed(bare)) + percent


def _guessed(text: str) -> Decimal:
    digits = re.sub(r"[\s'\u2019]", "", text).replace("\N{MINUS SIGN}", "-")
    mark = _decimal_mark(digits)
    grouping = {".", ","} - {mark}
    plain = "".join(letter for letter in digits if letter not in grouping)
    return Decimal(plain.replace(mark, ".") if mark else plain)


def _decimal_mark(digits: str) -> str:
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) == 1 and (len(marks) > 1 or (last == "," and len(digits.rpartition(",")[2]) == 3)):
        return ""
    return last
