"""Names that differ by a slip: one letter too many, missing, other or swapped, or the words in another order. Pure.

A figure is no slip: shop 1 is not shop 2. Whoever looks for a name looks for all that are one slip away, each by the
index of the names as they are stored: so nothing more needs to be kept, and what is found can be told why.
"""

from collections.abc import Iterator
from functools import lru_cache

_LETTERS = "abcdefghijklmnopqrstuvwxyz "
#: A slip in a short name makes another one.
SHORTEST = 5
#: The more letters, the more spellings are looked for.
LONGEST = 40
_MOST_WORDS = 4


@lru_cache(maxsize=4)
def nearly(names: frozenset[str]) -> frozenset[str]:
    """All names that are one slip away from these, these themselves left out; folded names in, folded names out.

    Kept for a moment: the same record is compared with leads, accounts and contacts, one after the other.
    """
    found: set[str] = set()
    for name in names:
        if SHORTEST <= len(name) <= LONGEST:
            found.update(other for other in _slips(name) if SHORTEST <= len(other) <= LONGEST)
    return frozenset(found) - names


def _figures(name: str) -> str:
    return "".join(sign for sign in name if sign.isdigit())


def _slips(name: str) -> Iterator[str]:
    """Figures are left as they are, and in their order."""
    signs = sorted(set(_LETTERS) | {sign for sign in name if not sign.isdigit()})
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        yield from [before + sign + after for sign in signs]
        one, rest = after[:1], after[1:]
        if one and not one.isdigit():
            yield before + rest
            yield from [before + sign + rest for sign in signs]
        if rest and not (one.isdigit() and rest[0].isdigit()):
            yield before + rest[0] + one + rest[1:]
    figures = _figures(name)
    yield from (turned for turned in _turned(name.split()) if _figures(turned) == figures)


def _turned(words: list[str]) -> Iterator[str]:
    """The last word first, and the first word last."""
    if 1 < len(words) <= _MOST_WORDS:
        yield " ".join([words[-1], *words[:-1]])
        yield " ".join([*words[1:], words[0]])


def is_nearly(one: str, other: str) -> bool:
    """Is one of two different folded names one slip away from the other?"""
    if not (SHORTEST <= len(one) <= LONGEST and SHORTEST <= len(other) <= LONGEST) or one == other:
        return False
    if _figures(one) != _figures(other):
        return False
    if other in _turned(one.split()):
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((place for place, sign in enumerate(short) if sign != long[place]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long[start:]
