"""What the palette shows: entries in sections, each entry a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.core.badges import Badge
from crm.core.folding import fold
from crm.core.words import SEPARATORS

_GAPS = str.maketrans(dict.fromkeys(SEPARATORS, " "))


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` with `noun` and `hint` beside it; an `icon`, or initials of the title where `avatar` names their kind."""

    title: str
    url: str
    icon: str = ""
    avatar: str = ""
    noun: str = ""
    hint: str = ""
    badge: Badge | None = None
    key: str = ""

    def answers(self, text: str) -> bool:
        """Does each word of the text begin a word of the title?"""
        words = fold(self.title).translate(_GAPS).split()
        return all(any(word.startswith(asked) for word in words) for asked in fold(text).translate(_GAPS).split())


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its heading; without entries it is left out."""

    title: str
    entries: Sequence[Entry]


def answering(entries: Iterable[Entry], text: str, most: int) -> list[Entry]:
    """The first of those whose words begin so, each address once."""
    found = {entry.url: entry for entry in reversed([entry for entry in entries if entry.answers(text)])}
    return list(reversed(found.values()))[:most]
