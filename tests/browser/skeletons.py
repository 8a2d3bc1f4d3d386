"""Which pages are worth a look: those that hold something that no page before has held."""

from collections.abc import Iterable
from html.parser import HTMLParser

from tests.browser.answers import Shown

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: Attributes whose value decides about looks or meaning; of others the name alone counts.
_TELLING = {"class", "type", "role", "aria-current", "aria-expanded", "aria-invalid", "aria-disabled", "disabled"}

type Shape = tuple[str, ...]


def distinct(answers: Iterable[Shown]) -> list[Shown]:
    """Without the pages that are made of parts of earlier ones. The fullest come first, so that few remain."""
    seen: set[Shape] = set()
    kept = []
    for shown, shapes in sorted(((one, _shapes(one.html)) for one in answers), key=lambda pair: -len(pair[1])):
        if shapes - seen:
            kept.append(shown)
            seen |= shapes
    return kept


def _shapes(html: str) -> frozenset[Shape]:
    reader = _ShapeReader()
    reader.feed(html)
    return frozenset(reader.shapes)


class _ShapeReader(HTMLParser):
    """Each element with its attributes and the element around it."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: set[Shape] = set()
        self._around: list[Shape] = [()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = (tag, *sorted(f"{name}={value}" if name in _TELLING else name for name, value in attrs))
        self.shapes.add((*self._around[-1], ">", *own))
        if tag not in _VOID:
            self._around.append(own)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._around.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._around) - 1, 0, -1):
            if self._around[place][0] == tag:
                del self._around[place:]
                return
