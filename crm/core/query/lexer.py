"""The text of a query as tokens, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from crm.core.query.errors import QueryError
from crm.core.query.nodes import Span, Term, Value, Word

KEYWORDS = frozenset({"and", "or", "not"})
OPERATORS = frozenset({"=", "<", "<=", ">", ">="})
QUOTES = '"“”„'

NAME = re.compile(r"[^\W\d][\w.-]*:")
_OPERATOR = re.compile(r"[<>=!~]+")
_SPACE = re.compile(r"\s+")
# A value ends at white space, a comma, a bracket or the two points of a range.
_BARE = re.compile(r"(?:(?!\.\.)[^\s,()])+")
_WORD = re.compile(r"[^\s()]+")
_QUOTED = re.compile(r'["“”„]((?:\\.|[^"“”\\])*)["“”]', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ENDS_TERM = re.compile(r"[\s()]|\Z")
_PATTERN = re.compile(r"/.+/[a-z]*")


@dataclass(frozen=True, slots=True)
class Token:
    kind: Literal["(", ")", "and", "or", "not", "node"]
    span: Span
    node: Word | Term | None = None


def tokens(text: str) -> Iterator[Token]:
    place = 0
    while (place := _after_space(text, place)) < len(text):
        token = _token(text, place)
        yield token
        place = token.span.end


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _token(text: str, place: int) -> Token:
    sign = text[place]
    if sign == "(":
        return Token("(", Span(place, place + 1))
    if sign == ")":
        return Token(")", Span(place, place + 1))
    if sign in QUOTES:
        content, end = read_quoted(text, place)
        return _node(Word(content, quoted=True, span=Span(place, end)))
    name = NAME.match(text, place)
    # A pasted web address is a word.
    if name and not text.startswith("//", name.end()):
        return _node(_term(text, place, name.end()))
    return _word(text, place)


def _node(node: Word | Term) -> Token:
    return Token("node", node.span, node)


def _word(text: str, place: int) -> Token:
    found = _WORD.match(text, place)
    assert found is not None  # noqa: S101 - the sign at this place is neither space nor bracket
    span, word = Span(place, found.end()), found[0]
    match word.lower():
        case "and":
            return Token("and", span)
        case "or":
            return Token("or", span)
        case "not":
            return Token("not", span)
    return _node(Word(word, span=span))


def read_quoted(text: str, place: int) -> tuple[str, int]:
    """What stands between quotation marks, and the place after them. `\\"` is a mark that belongs to the text."""
    found = _QUOTED.match(text, place)
    if found is None:
        raise QueryError(_("This quotation mark is not closed."), place, len(text))
    return _ESCAPED.sub(r"\1", found[1]), found.end()


def _term(text: str, place: int, after_colon: int) -> Term:
    name = text[place : after_colon - 1]
    values, end = [], after_colon
    while True:
        value = _value(text, end, name=Span(place, after_colon))
        values.append(value)
        end = value.span.end
        if not text.startswith(",", end):
            break
        end = _after_space(text, end + 1)
    if not _ENDS_TERM.match(text, end):
        raise QueryError(_("Put a space here, or quotation marks around the whole value."), end, end + 1)
    return Term(name, tuple(values), Span(place, end), Span(place, after_colon - 1))


def _value(text: str, place: int, name: Span) -> Value:
    operator, begin = _operator(text, place)
    low, quoted, end = _end_of_range(text, begin)
    begins = False
    if quoted and text.startswith("*", end):
        begins, end = True, end + 1
    upto = None
    if text.startswith("..", end):
        upto, _quoted, end = _end_of_range(text, end + 2)
    span = Span(place, end)
    if upto is None and not quoted and low.endswith("*") and low.strip("*"):
        low, begins = low[:-1], True
    _check(text, name, Value(low, operator, upto, begins, quoted, span))
    return Value(low, operator, upto, begins, quoted and upto is None, span)


def _operator(text: str, place: int) -> tuple[str, int]:
    found = _OPERATOR.match(text, place)
    if found is None:
        return "", place
    if found[0] not in OPERATORS:
        raise QueryError(
            _("There is no operator “%(sign)s”. There are =, <, <=, >, >= and “not” before a term.")
            % {"sign": found[0][:10]},
            found.start(),
            found.end(),
        )
    return found[0], found.end()


def _end_of_range(text: str, place: int) -> tuple[str, bool, int]:
    """(text, was it quoted, place after it); nothing where nothing stands."""
    if text[place : place + 1] in QUOTES and place < len(text):
        content, end = read_quoted(text, place)
        return content, True, end
    found = _BARE.match(text, place)
    return (found[0], False, found.end()) if found else ("", False, place)


def _check(text: str, name: Span, value: Value) -> None:
    span = value.span
    if not value.text and not value.quoted and not value.upto:
        raise QueryError(
            _("Something is missing after “%(name)s”.") % {"name": text[name.start : max(span.end, name.end)][-60:]},
            name.start,
            max(span.end, name.end),
        )
    if value.upto is not None and (value.operator or value.begins):
        raise QueryError(_("Either compare or give a range, not both."), span.start, span.end)
    if value.begins and value.operator not in {"", "="}:
        raise QueryError(_("A star goes with no comparison."), span.start, span.end)
    if not value.quoted and _PATTERN.fullmatch(value.text):
        raise QueryError(
            _("Patterns are not understood. A star at the end stands for any ending."), span.start, span.end
        )
