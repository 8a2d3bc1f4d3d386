"""What a person reads or hears of a page: its texts, and the attributes that are shown or spoken."""

import re
from html.parser import HTMLParser

_SHOWN = {"placeholder", "title", "aria-label", "alt", "label"}
#: Words that scripts show.
_FOR_SCRIPTS = ("data-saving", "data-running", "data-copied", "data-not-copied", "data-failed", "data-offline")
_UNREAD = {"script", "style", "kbd", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def visible_texts(html: str) -> list[str]:
    """Without keys, typed values, the initials of people, and what the page says is not for translation."""
    reader = _Reader()
    reader.feed(html)
    return [*reader.texts, *without_brackets(_BETWEEN.join(reader.running)).split(_BETWEEN)]


def without_brackets(text: str) -> str:
    """Innermost first: a translated sentence may hold a translated word."""
    while (shorter := _BRACKETS.sub(" ", text)) != text:
        text = shorter
    return text


#: One translated sentence may hold elements, so brackets may open in one text and close in another.
_BETWEEN = "\0"
_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.running: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        shown = [values[name] for name in (*_SHOWN, *_FOR_SCRIPTS) if name in values]
        self.texts += [text for text in shown if text.strip()]
        if tag == "option":
            self._option = values.get("value", "")
        if tag not in _VOID:
            unread = tag in _UNREAD or "avatar" in values.get("class", "").split() or values.get("translate") == "no"
            self._open.append((tag, unread))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "option":
            self._option = None
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        unread = any(unread for _tag, unread in self._open)
        # An option that reads as it is sent is a value, not a word: time zones, units.
        if data.strip() and not unread and data.strip() != self._option:
            self.running.append(data)
