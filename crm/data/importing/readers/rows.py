"""A text file as rows of cells, one at a time, each with the line on which it begins."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from crm.core.errors import Invalid

MOST_COLUMNS = 16_384
LONGEST_LINE = 8_000_000
_FIRST_LINES = 64 * 1024
#: A cell that goes on for more lines has lost its closing quotation mark.
_MOST_LINES_OF_A_ROW = 2_000
_END_OF_FILE = "\x1a"
_CR, _INNER = "\r", "\x0b"

csv.field_size_limit(2 * LONGEST_LINE)


class Unreadable(Invalid):
    """The file, or what is left of it from some line on, cannot be read. Nothing of it is taken."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. `header_line` is the line of the heads, 0 where there are none."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header_line: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the line on which the row begins, counted from 1. Cells are bare: without spaces around them."""

    line: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


class _Lines:
    """The lines of a file, with those of the row that is being read kept beside.

    Where lines end as on old Macintoshes, a line feed is a sign within a cell; `_INNER` stands for it meanwhile.
    """

    def __init__(self, source: TextIO, ending: str) -> None:
        self._source, self.has_inner = source, ending == _CR
        self.number = 0
        self.kept: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while line := self._source.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise Unreadable(_("Line %(line)d is too long to be a row.") % {"line": self.number + 1})
            self.number += 1
            if line == _END_OF_FILE:  # of old systems
                return
            line = line.replace("\0", "") if "\0" in line else line
            line = line.replace("\n", _INNER) if self.has_inner else line
            self.kept.append(line)
            if len(self.kept) > _MOST_LINES_OF_A_ROW:  # a reader takes them off when its row is whole
                raise _unclosed(self.number - len(self.kept) + 1)
            yield line


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """What cannot be decoded reads as the replacement sign; a byte order mark is no text."""
    known = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open(encoding=known, errors="replace", newline=line_ending(path, known)) as source:
        if encoding.startswith("utf-16") and source.read(1) != "\ufeff":
            source.seek(0)
        yield source


def line_ending(path: Path, encoding: str) -> str:
    """A carriage return where the first line ends with nothing else; "" for the ends of all others."""
    with path.open(encoding=encoding, errors="replace", newline="") as source:
        start = source.read(_FIRST_LINES)
    before, _feed, _rest = start.partition("\n")
    return _CR if _CR in before[:-1] and not before.endswith(_CR) else ""


def rows_of(path: Path, reading: Reading) -> Iterator[Row]:
    """The rows under the heads, without blank ones. Raises `Unreadable` where a quotation mark is not closed."""
    for row in all_rows(path, reading.encoding, reading.delimiter):
        if row.line > reading.header_line and not row.is_blank:
            yield row


def all_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Every row, those above the heads too; a line that only names the delimiter is none."""
    with opened(path, encoding) as source:
        lines = _Lines(source, line_ending(path, encoding))
        for cells in _parsed(lines, delimiter):
            begin, raw = lines.number - len(lines.kept) + 1, lines.kept
            lines.kept = []
            if len(raw) > 1 or (cells and '"' in raw[0]):
                _check_quotes(raw, delimiter, begin)
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(
                    _("Line %(line)d has more than %(most)d columns.") % {"line": begin, "most": MOST_COLUMNS}
                )
            if begin == 1 and named_delimiter(raw[0]):
                continue
            whole = [cell.replace(_INNER, "\n") for cell in cells] if lines.has_inner else cells
            yield Row(begin, [cell.strip() for cell in whole])


def first_lines(path: Path, encoding: str, most: int) -> list[str]:
    with opened(path, encoding) as source:
        return list(islice(_Lines(source, line_ending(path, encoding)), most))


def _parsed(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(iter(lines), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable(_("Line %(line)d cannot be read as a row.") % {"line": lines.number}) from error


def named_delimiter(line: str) -> str:
    """What the line `sep=;` of Excel says, else nothing."""
    bare = line.strip("\r\n\ufeff")
    return bare[4] if len(bare) == 5 and bare[:4].lower() == "sep=" else ""


def _check_quotes(raw: Sequence[str], delimiter: str, begin: int) -> None:
    """A row that runs over lines must be quoted as it should; else a mark is missing and its cells are not its own."""
    try:
        list(csv.reader(raw, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if len(raw) > 1 or "end of data" in str(error):
            raise _unclosed(begin) from error


def _unclosed(line: int) -> Unreadable:
    sentence = _("Line %(line)d: a quotation mark is opened and not closed. Correct the file, then upload it again.")
    return Unreadable(sentence % {"line": line})


def header_of(path: Path, reading: Reading) -> list[str]:
    """The heads; where there are none, as many empty texts as the widest of the first rows has cells."""
    first = list(islice(all_rows(path, reading.encoding, reading.delimiter), 200))
    if not reading.header_line:
        return [""] * max((len(row.cells) for row in first), default=0)
    found = next((row.cells for row in first if row.line == reading.header_line), [])
    while found and not found[-1]:
        found = found[:-1]
    return found


def count_rows(path: Path, reading: Reading, most: int | None = None) -> int:
    """All rows are read once, so that a file which breaks in its middle is refused before anything is taken of it.

    One with more rows than `most` is refused where the first one too many is reached: fifty megabytes hold 25 million.
    """
    rows = sum(1 for _row in islice(rows_of(path, reading), None if most is None else most + 1))
    if most is not None and rows > most:
        sentence = _("This file has more than %(most)s rows. Divide it, or have it imported by a command.")
        raise Unreadable(sentence % {"most": f"{most:,}"})
    return rows
