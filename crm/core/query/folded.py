"""Text compared without case and accents in columns that are not stored folded.

The database folds nothing by itself. So what is looked for becomes a regular expression in which every letter stands
for all the letters that fold to it: a constant of the statement, read in one pass over the column. Pure.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from crm.core.folding import fold

# Latin with its extensions, Greek, Cyrillic, apostrophes and dashes.
_RANGES = ((0x41, 0x5B), (0xC0, 0x250), (0x370, 0x530), (0x1E00, 0x2000), (0x2010, 0x2020), (0x2212, 0x2213))


@cache
def _alike() -> Mapping[str, str]:
    """Folded sign or pair of signs → all other signs that fold to it."""
    found: dict[str, list[str]] = {}
    for start, end in _RANGES:
        for code in range(start, end):
            folded = fold(chr(code))
            if folded and folded != chr(code):
                found.setdefault(folded, []).append(chr(code))
    return {folded: "".join(signs) for folded, signs in found.items()}


def containing(text: str) -> str:
    """A regular expression of PostgreSQL for text that contains this one."""
    return "".join(_signs(fold(text)))


def beginning(text: str) -> str:
    return rf"^\s*{containing(text)}"


def equal_to(text: str) -> str:
    return rf"^\s*{containing(text)}\s*$"


def _signs(folded: str) -> Iterator[str]:
    place = 0
    while place < len(folded):
        pair = folded[place : place + 2]
        if len(pair) == 2 and pair in _alike():
            yield f"(?:{''.join(map(_sign, pair))}|[{_alike()[pair]}])"
            place += 2
        else:
            yield _sign(folded[place])
            place += 1


def _sign(sign: str) -> str:
    if sign == " ":
        return r"\s+"
    others = _alike().get(sign, "")
    if others:
        # A dash first in a bracket means itself.
        own = "-" if sign == "-" else sign
        return f"[{own}{others}]"
    return sign if sign.isalnum() or sign == "_" or not sign.isascii() else f"\\{sign}"
