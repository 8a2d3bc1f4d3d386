"""Text → syntax tree."""

from collections.abc import Sequence
from typing import Never

from django.utils.translation import gettext as _

from crm.core.query.errors import QueryError
from crm.core.query.lexer import Token, tokens
from crm.core.query.nodes import And, Node, Not, Or, Query, Span, Term

LONGEST = 2_000
DEEPEST = 20
MOST_PARTS = 100


def parse(text: str) -> Query:
    """What the text asks for. Raises `QueryError` with the place of what cannot be understood."""
    if len(text) > LONGEST:
        raise QueryError(
            _("A query has at most %(most)d characters; this one has %(number)d.")
            % {"most": LONGEST, "number": len(text)},
            LONGEST,
            len(text),
        )
    found = list(tokens(text))
    _check_number(found)
    return Query(_Parser(found, len(text)).query(), text)


def _check_number(found: Sequence[Token]) -> None:
    number = 0
    for token in found:
        number += len(token.node.values) if isinstance(token.node, Term) else token.node is not None
        if number > MOST_PARTS:
            raise QueryError(
                _("A query has at most %(most)d words and values.") % {"most": MOST_PARTS},
                token.span.start,
                token.span.end,
            )


class _Parser:
    """By recursive descent: or, and, not, brackets. `place` is the next token."""

    def __init__(self, found: Sequence[Token], length: int) -> None:
        self._tokens, self._length = found, length
        self._place = self._depth = 0

    def query(self) -> Node | None:
        if not self._tokens:
            return None
        root = self._either()
        if (left := self._next()) is not None:
            self._refuse(left, _("This bracket was never opened."))
        return root

    def _either(self) -> Node:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return _joined(Or, parts)

    def _all(self) -> Node:
        parts = [self._one()]
        while (token := self._next()) is not None and token.kind not in {"or", ")"}:
            if token.kind == "and":
                self._place += 1
            parts.append(self._one())
        return _joined(And, parts)

    def _one(self) -> Node:
        token = self._next()
        if token is None:
            return self._refuse_end()
        self._place += 1
        if token.node is not None:
            return token.node
        if token.kind == "not":
            return self._opposite(token)
        if token.kind == "(":
            return self._bracket(token)
        return self._refuse(token, self._why_not_here(token))

    def _opposite(self, word: Token) -> Node:
        self._descend(word)
        part = self._one()
        self._depth -= 1
        return Not(part, Span(word.span.start, part.span.end))

    def _bracket(self, opening: Token) -> Node:
        self._descend(opening)
        if self._next() is None:
            self._refuse(opening, _("This bracket is not closed."))
        inside = self._either()
        if not self._takes(")"):
            self._refuse(opening, _("This bracket is not closed."))
        self._depth -= 1
        return inside

    def _descend(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(token, _("Brackets and “not” go at most %(most)d levels deep.") % {"most": DEEPEST})

    def _next(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _takes(self, kind: str) -> bool:
        token = self._next()
        if token is None or token.kind != kind:
            return False
        self._place += 1
        return True

    def _why_not_here(self, token: Token) -> str:
        """Of a closing bracket, “and” or “or” where something to look for should stand."""
        if token.kind != ")":
            return _("“%(word)s” stands between two things to look for.") % {"word": token.kind}
        before = self._tokens[self._place - 2].kind if self._place > 1 else ""
        if before == "(":
            return _("There is nothing between these brackets.")
        if before in {"and", "or", "not"}:
            return _("Something is missing after “%(word)s”.") % {"word": before}
        return _("This bracket was never opened.")

    def _refuse_end(self) -> Never:
        last = self._tokens[-1]
        self._refuse(last, _("Something is missing after “%(word)s”.") % {"word": last.kind})

    @staticmethod
    def _refuse(token: Token, sentence: str) -> Never:
        raise QueryError(sentence, token.span.start, token.span.end)


def _joined(kind: type[And] | type[Or], parts: Sequence[Node]) -> Node:
    """One part stays itself; parts of the same kind are taken apart, so that brackets around them say nothing."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(flat), Span(parts[0].span.start, parts[-1].span.end))
