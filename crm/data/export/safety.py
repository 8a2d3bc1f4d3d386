"""Texts that a spreadsheet would take for formulas, and names that a file system would take for something else.

A CSV file has no types: whatever begins with `=`, `+`, `-` or `@` is a formula for the program that opens it, even
where a field only seems to begin because the program separates at another sign than the file does. Such texts get an
apostrophe, which spreadsheets show and do not compute, and which `as_typed` takes off again. Numbers are not texts.
"""

import re
import unicodedata

from crm.core.folding import clean_text

# With the wide and small variants, which spreadsheets fold.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
# What a spreadsheet overlooks before a formula, and our own sign.
_OVERLOOKED = " '\u00a0\u2000-\u200f\u202a-\u202e\u2066-\u2069\u3000\ufeff"
# At the beginning a tab or a line break is dropped before the rest is looked at; later each may end a cell itself.
_FIRST = f"[{_OVERLOOKED}]*[{_SIGNS}\\t\\r\\n]"
_LATER = f"[{_OVERLOOKED}]*[{_SIGNS}]"
_ENDS_A_CELL = '(?<=[";,|\\t\\r\\n])'
_HARMFUL = re.compile(f"^(?={_FIRST})|{_ENDS_A_CELL}(?={_LATER})")
_ESCAPED = re.compile(f"^'(?={_FIRST})|{_ENDS_A_CELL}'(?={_LATER})")
_MAY_HARM = re.compile(f"[{_SIGNS}\\t\\r\\n]")
_NO_FILE_NAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80


def harmless(text: str) -> str:
    """The text with an apostrophe before each place where a formula could begin."""
    return _HARMFUL.sub("'", text) if _MAY_HARM.search(text) else text


def as_typed(text: str) -> str:
    """What `harmless` was given."""
    return _ESCAPED.sub("", text) if "'" in text else text


def is_harmful(text: str) -> bool:
    """Would a spreadsheet compute it, if somebody typed it into a cell?"""
    return bool(_HARMFUL.match(text))


def file_name(title: str, ending: str) -> str:
    """`open-leads-2026-11-27.csv`: letters, digits, dots and hyphens alone, in whatever script."""
    words = unicodedata.normalize("NFC", clean_text(title)).lower()
    name = _NO_FILE_NAME.sub("-", words).strip(".-_")[:_LONGEST_NAME].rstrip(".-_")
    return f"{name or 'export'}.{ending}"
