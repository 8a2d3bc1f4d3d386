"""The grid in which business cards are typed: its rows, what is pasted into it, and what it becomes. Pure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.folding import clean_text
from crm.data.importing.names import key
from crm.data.importing.readers.people import COLUMNS

MOST_ROWS = 300
SHOWN = (
    "First Name", "Last Name", "Job Title", "Company", "Email", "Business Phone", "Mobile Phone", "City", "Description",
)  # fmt: skip
#: What all cards have in common: where they were collected.
GIVEN = "Lead Source"
#: Fields that a lead does not have; they are told in its description.
_TOLD = ("Department", "Birthday")
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of texts in the order of `COLUMNS`; `source` is said of all of them."""

    rows: tuple[tuple[str, ...], ...] = ()
    source: str = ""

    @classmethod
    def of(cls, posted: Any) -> Self:
        """The filled rows of a form whose cells are named by their columns."""
        columns = [posted.getlist(f"card-{name}")[: MOST_ROWS + 1] for name in COLUMNS]
        length = max(map(len, columns), default=0)
        filled = [
            tuple((column[place] if place < len(column) else "") for column in columns) for place in range(length)
        ]
        bare = (tuple(clean_text(cell).strip()[:_LONGEST] for cell in row) for row in filled)
        return cls(tuple(row for row in bare if any(row)), clean_text(posted.get("source", "")).strip()[:100])

    def with_rows(self, rows: Sequence[Sequence[str]]) -> "Grid":
        """Raises `Invalid` where there are more than the page can hold."""
        added = tuple(tuple(row) for row in rows if any(row))
        if not added:
            raise Invalid(_("There was no card in it."))
        if len(self.rows) + len(added) > MOST_ROWS:
            told = {"most": MOST_ROWS}
            raise Invalid(_("At most %(most)d cards fit on one page. Import the file instead.") % told)
        return replace(self, rows=(*self.rows, *added))

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Heads and rows as a file would have them; what a lead has no field for goes into its description."""
        place, described = [COLUMNS.index(name) for name in _TOLD], COLUMNS.index("Description")
        found = []
        for row in self.rows:
            cells = list(row)
            told = [f"{COLUMNS[one]}: {cells[one]}" for one in place if cells[one]]
            cells[described] = "\n".join(filter(None, [cells[described], *told]))
            found.append([cell for name, cell in zip(COLUMNS, cells, strict=True) if name not in _TOLD] + [self.source])
        return [name for name in COLUMNS if name not in _TOLD] + [GIVEN], found


def row_of(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The cells of a row under other heads, in the order of `COLUMNS`."""
    known = {key(name): place for place, name in enumerate(COLUMNS)}
    row = [""] * len(COLUMNS)
    for head, cell in zip(header, cells, strict=False):
        place = known.get(key(head))
        if place is not None and not row[place]:
            row[place] = cell
    return row


def pasted(text: str) -> list[list[str]]:
    """Rows of a spreadsheet: under heads where the first line has known ones, else in the order of the columns."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(clean_text(text).splitlines(), delimiter="\t")]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    known = {key(name) for name in COLUMNS}
    has_heads = sum(key(cell) in known for cell in rows[0]) > 1
    header = rows.pop(0) if has_heads else list(SHOWN)
    return [row_of(header, row) for row in rows]
