"""The big list of naughty strings, and how a text is compared that was stored and shown."""

import html
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from tests.leads.posted import shared_file

#: What no text keeps: controls, and the white space around and between words, which HTML does not show either.
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_HIDDEN = {"script", "style", "template", "title"}


def naughty_strings() -> list[str]:
    """Without the empty ones; skipped where the shared data are missing."""
    found = json.loads(shared_file("hostile", "blns", "blns.json").read_text(encoding="utf-8"))
    return [text for text in found if plain(text)]


def plain(text: str) -> str:
    return " ".join(_DROPPED.sub("", text).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def visible(page: str) -> str:
    """What a person reads, in one line."""
    reader = _Text()
    reader.feed(page)
    return plain("".join(reader.pieces))


@dataclass
class Box:
    """A text box: what stands in it, and how many characters it takes."""

    text: str
    room: int


class _Boxes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Box] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, room = given.get("name", ""), int(given.get("maxlength") or (2500 if tag == "textarea" else 80))
        if tag == "textarea":
            self._open, self.found[name] = name, Box("", room)
        elif tag == "input" and given.get("type", "text") in {"text", "search"} and given.get("inputmode") != "decimal":
            self.found[name] = Box(given.get("value", ""), room)

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open].text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._open = ""


def text_boxes(page: str) -> dict[str, Box]:
    reader = _Boxes()
    reader.feed(page)
    return reader.found


def refused(page: str) -> dict[str, str]:
    """By field the sentence that stands at it."""
    found = re.findall(r'id="id_([\w-]+)_error"[^>]*>(.*?)</(?:p|ul|div|span)>', page, re.DOTALL)
    return {name: visible(html.unescape(sentence)) for name, sentence in found}


def rounds(texts: list[str], boxes: dict[str, Box], count: int) -> Iterator[dict[str, str]]:
    """For each request as many texts in every box as there is room for, one after the other through the list."""
    supply = itertools.cycle(texts)
    for _request in range(count):
        yield {name: _filled(supply, box.room) for name, box in boxes.items()}


def _filled(supply: Iterator[str], room: int) -> str:
    filled = next(supply)
    while len(filled) <= room:
        text = next(supply)
        if len(filled) + 1 + len(text) > room:
            break
        filled += f" {text}"
    return filled
