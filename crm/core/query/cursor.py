"""What of an unfinished query is being typed at the cursor. Pure; no text is an error here."""

import re
from dataclasses import dataclass

from crm.core.query.lexer import NAME, QUOTES

_GAP = re.compile(r"[\s()]+")
_OPERATOR = re.compile(r"[<>=!~]*")
_BARE = re.compile(r'(?:(?!\.\.)[^\s,()"“”„])*')
_QUOTED = re.compile(r'["“”„](?:\\.|[^"“”\\])*["“”]', re.DOTALL)
_WORD = re.compile(r"[^\s()]+")
_REST_OF_QUOTED = re.compile(r'[^"“”]*["“”]?')


@dataclass(frozen=True, slots=True)
class Piece:
    """`typed` stands from `start` to the cursor; what is chosen replaces everything up to `end`.

    Without a `name` it is a word, or nothing yet; with one, a value of that field, behind its `operator`.
    """

    typed: str
    start: int
    end: int
    name: str = ""
    operator: str = ""


def piece_at(text: str, cursor: int) -> Piece | None:
    """None inside a quoted phrase, where nothing is proposed."""
    cursor = max(0, min(cursor, len(text)))
    head, place = text[:cursor], 0
    while True:
        place = _after(_GAP, head, place)
        if place >= len(head):
            return Piece("", cursor, cursor)
        name = NAME.match(head, place)
        if name and not head.startswith("//", name.end()):
            found = _value_at(text, head, name.end(), name[0][:-1])
            if isinstance(found, Piece):
                return found
            place = found
        elif head[place] in QUOTES:
            closed = _QUOTED.match(head, place)
            if closed is None or closed.end() >= len(head):
                return None
            place = closed.end()
        else:
            end = _after(_WORD, head, place)
            if end >= len(head):
                # The name of a term that has its values already is replaced with its colon.
                named = NAME.match(text, place)
                return Piece(head[place:], place, named.end() if named else _after(_WORD, text, place))
            place = end


def _value_at(text: str, head: str, place: int, name: str) -> Piece | int:
    """The value that is being typed, or where the term ends."""
    while True:
        start = _after(_OPERATOR, head, place)
        operator = head[place:start]
        if head[start : start + 1] in QUOTES and start < len(head):
            closed = _QUOTED.match(head, start)
            if closed is None:
                return Piece(head[start + 1 :], start, _after(_REST_OF_QUOTED, text, len(head)), name, operator)
            end = closed.end()
        else:
            end = _after(_BARE, head, start)
            if end >= len(head):
                return Piece(head[start:], start, _after(_BARE, text, start), name, operator)
        if end >= len(head):
            # Behind a closed quotation mark nothing more is proposed for this value.
            return Piece(head[start + 1 : end - 1], start, end, name, operator)
        if head.startswith("..", end):
            place = end + 2
        elif head[end] == ",":
            place = end + 1
            place += len(head[place:]) - len(head[place:].lstrip())
        else:
            return end if end > start else end + 1


def _after(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place
