"""Files of all kinds become rows of texts. Nothing here knows a record."""

from crm.data.importing.readers.files import Prepared, prepare
from crm.data.importing.readers.guessing import Guess, guess
from crm.data.importing.readers.rows import Reading, Row, Unreadable, count_rows, header_of, rows_of

__all__ = [
    "Guess",
    "Prepared",
    "Reading",
    "Row",
    "Unreadable",
    "count_rows",
    "guess",
    "header_of",
    "prepare",
    "rows_of",
]
