"""What the palette shows: entries in sections, each entry a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from crm.core.badges import Badge
from crm.core.folding import fold
from crm.core.screens.palette.marking import marked
from crm.core.words import SEPARATORS

_GAPS = str.maketrans(dict.fromkeys(SEPARATORS, " "))


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` with `noun` and `hint` beside it; an `icon`, or initials of the title where `avatar` names their kind.
    What was `asked` stands out in both."""

    title: str
    url: str
    icon: str = ""
    avatar: str = ""
    noun: str = ""
    hint: str = ""
    badge: Badge | None = None
    key: str = ""
    asked: str = ""

    @property
    def title_html(self) -> SafeString:
        return marked(self.title, self.asked)

    @property
    def hint_html(self) -> SafeString:
        return marked(self.hint, self.asked)

    def answers(self, text: str) -> bool:
        """Does each word of the text begin a word of the title?"""
        words = fold(self.title).translate(_GAPS).split()
        return all(any(word.startswith(asked) for word in words) for asked in fold(text).translate(_GAPS).split())


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its heading; without entries it is left out."""

    title: str
    entries: Sequence[Entry]

    def marking(self, asked: str) -> "Part":
        return replace(self, entries=[replace(entry, asked=asked) for entry in self.entries])


def answering(entries: Iterable[Entry], text: str, most: int) -> list[Entry]:
    """The first of those whose words begin so, each address once."""
    found = {entry.url: entry for entry in reversed([entry for entry in entries if entry.answers(text)])}
    return list(reversed(found.values()))[:most]
