"""The formats of exports, each a writer: `write(cells)` for every row, `close()`, and then the file is whole."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.fields import Kind
from crm.data.export.columns import Cell, FileColumn
from crm.data.export.safety import harmless, is_harmful

CSV, XLSX = "csv", "xlsx"
COMMA, SEMICOLON, TAB = "comma", "semicolon", "tab"
#: The sign between fields, and the one in numbers.
SIGNS: Mapping[str, tuple[str, str]] = {COMMA: (",", "."), SEMICOLON: (";", ","), TAB: ("\t", ".")}
# What a sheet holds at most, with room for the head.
_ROWS_OF_A_SHEET = 1_000_000
_LONGEST_TEXT = 32_767
_DIGITS_OF_A_NUMBER = 15
_FIRST_DAY = dt.date(1900, 3, 1)


class Writer(Protocol):
    """`cut` counts the texts that were longer than a cell of the format holds."""

    cut: int

    def write(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


type Opening = Callable[[Path, Sequence[FileColumn], str, str], Writer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`open(path, columns, separator, title)` begins a file."""

    key: str
    label: str | Promise
    media_type: str
    open: Opening


_formats: dict[str, Format] = {}


def register_format(*formats: Format) -> None:
    for one in formats:
        _formats[one.key] = one


def format_of(key: str) -> Format:
    return _formats[key]


def format_choices() -> list[tuple[str, str | Promise]]:
    return [(one.key, one.label) for one in _formats.values()]


class CsvWriter:
    """UTF-8 with the mark by which Excel knows it, lines ending as RFC 4180 says, texts made harmless."""

    cut = 0

    def __init__(self, path: Path, columns: Sequence[FileColumn], separator: str, _title: str) -> None:
        sign, self._point = SIGNS[separator]
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._write = csv.writer(self._file, delimiter=sign, lineterminator="\r\n").writerow
        self._write([harmless(column.label) for column in columns])

    def write(self, cells: Sequence[Cell]) -> None:
        self._write([self._text(cell) for cell in cells])

    def close(self) -> None:
        self._file.close()

    def _text(self, cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, str):
            return harmless(cell)
        if isinstance(cell, Decimal):
            return decimal_text(cell).replace(".", self._point)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(" ", "seconds")
        return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def decimal_text(value: Decimal) -> str:
    """Without idle zeros and without an exponent: `1500`, `0.25`."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


_NUMBER_FORMATS: Mapping[Kind, str] = {
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
_WIDTHS: Mapping[Kind, int] = {Kind.MONEY: 14, Kind.DATE: 12, Kind.MOMENT: 17, Kind.LONG_TEXT: 40, Kind.TEXT: 22}


class XlsxWriter:
    """One workbook, row by row in little memory. Every cell has its type, so no text is ever computed."""

    def __init__(self, path: Path, columns: Sequence[FileColumn], _separator: str, title: str) -> None:
        # Read where a workbook is written and nowhere else: it would double what each web process takes to start.
        from xlsxwriter import Workbook  # noqa: PLC0415

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = Workbook(str(path), {**options, "strings_to_numbers": False, "tmpdir": str(path.parent)})
        self._columns, self._title, self.cut = columns, _sheet_name(title), 0
        self._bold = self._book.add_format({"bold": True})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._looks = [
            self._book.add_format({"num_format": _NUMBER_FORMATS.get(column.kind, "General")}) for column in columns
        ]
        self._sheets, self._row = 0, 0
        self._add_sheet()

    def write(self, cells: Sequence[Cell]) -> None:
        if self._row > _ROWS_OF_A_SHEET:
            self._add_sheet()
        for place, cell in enumerate(cells):
            if cell is not None and cell != "":
                self._put(place, cell)
        self._row += 1

    def close(self) -> None:
        self._book.close()

    def _add_sheet(self) -> None:
        self._sheets += 1
        name = self._title if self._sheets == 1 else f"{self._title[:26]} {self._sheets}"
        self._sheet: Any = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, max(_WIDTHS.get(column.kind, 12), min(len(column.label) + 2, 40)))
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, column.label, self._bold)
        self._row = 1

    def _put(self, place: int, cell: Cell) -> None:
        look = self._looks[place]
        if isinstance(cell, str):
            self._put_text(place, cell)
        elif isinstance(cell, dt.date):
            self._put_date(place, cell, look)
        elif isinstance(cell, Decimal | int) and _fits_a_number(cell):
            self._sheet.write_number(self._row, place, float(cell), look)
        else:
            self._put_text(place, decimal_text(cell) if isinstance(cell, Decimal) else str(cell))

    def _put_text(self, place: int, text: str) -> None:
        if len(text) > _LONGEST_TEXT // 2:
            text = self._shortened(text)
        # Excel would compute such a text as soon as somebody edits its cell, were it not marked as text.
        self._sheet.write_string(self._row, place, text, self._quoted if is_harmful(text) else None)

    def _put_date(self, place: int, day: dt.date, look: Any) -> None:
        """Days before those that the format counts rightly are texts."""
        if (day.date() if isinstance(day, dt.datetime) else day) < _FIRST_DAY:
            self._put_text(place, day.isoformat())
        else:
            self._sheet.write_datetime(self._row, place, day, look)

    def _shortened(self, text: str) -> str:
        """Excel counts in units of UTF-16."""
        units = text.encode("utf-16-le")
        if len(units) <= _LONGEST_TEXT * 2:
            return text
        self.cut += 1
        return units[: (_LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _fits_a_number(value: Decimal | int) -> bool:
    """Excel keeps fifteen digits of a number; what has more is kept whole as a text."""
    digits = Decimal(value).normalize().as_tuple().digits
    return len(digits) <= _DIGITS_OF_A_NUMBER


def _sheet_name(title: str) -> str:
    """At most 31 signs and none that names of sheets may not have."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31].strip() or "1"


def written(writer: Writer, rows: Iterable[Sequence[Cell]]) -> int:
    """All rows; gives how many. The file is closed whatever happens."""
    number = 0
    try:
        for cells in rows:
            writer.write(cells)
            number += 1
    finally:
        writer.close()
    return number


register_format(
    Format(key=CSV, label=_("CSV, for any program"), media_type="text/csv; charset=utf-8", open=CsvWriter),
    Format(
        key=XLSX,
        label=_("Excel workbook"),
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        open=XlsxWriter,
    ),
)
