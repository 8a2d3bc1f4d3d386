"""A program of its own: `workbook_process.py SOURCE TARGET LIBRARIES…` writes the first filled sheet as CSV.

It runs without Django and under limits of memory and time, so that a workbook that is a bomb ends this process alone.
"""

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

_MOST_COLUMNS = 16_384


def main(source: str, target: str) -> int:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - its place is known only now

    try:
        book = CalamineWorkbook.from_path(source)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(any(cell not in {"", None} for cell in row) for row in rows):
                return _write(rows, target)
    except (CalamineError, OSError, ValueError, KeyError):
        return _say("not a workbook")
    return _say("no rows")


def _write(rows: list[list[Any]], target: str) -> int:
    if len(rows[0]) > _MOST_COLUMNS:
        return _say("too wide")
    with open(target, "w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(_texts(rows))
    return 0


def _texts(rows: list[list[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    return str(cell).replace("\0", "")


def _say(word: str) -> int:
    sys.stdout.write(word)
    return 1


if __name__ == "__main__":
    sys.path.extend(sys.argv[3:])
    sys.exit(main(sys.argv[1], sys.argv[2]))
