"""Syntax trees for hypothesis, in the one shape in which a parser makes them."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from crm.core.query.nodes import And, Node, Not, Or, Term, Value, Word

_LETTERS = "abcXYZ09äß_é日"
_KEYWORDS = {"and", "or", "not"}
plain = st.text(_LETTERS + "-+@&%'", min_size=1, max_size=8).filter(lambda text: text.lower() not in _KEYWORDS)
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@st.composite
def values(draw: Any) -> Value:
    kind = draw(st.sampled_from(["plain", "quoted", "begins", "compared", "range", "open"]))
    match kind:
        case "quoted":
            return Value(draw(anything), draw(st.sampled_from(["", "=", "<"])), quoted=True)
        case "begins":
            return Value(draw(plain), begins=True)
        case "compared":
            return Value(draw(plain), draw(st.sampled_from(["=", "<", "<=", ">", ">="])))
        case "range":
            return Value(draw(anything.filter(bool)), upto=draw(anything.filter(bool)))
        case "open":
            low, high = draw(st.sampled_from([("5", ""), ("", "5"), ("a b", "")]))
            return Value(low, upto=high)
    return Value(draw(plain))


names = st.from_regex(r"[a-zäé][a-z_]{0,5}(\.[a-z]{1,4})?", fullmatch=True)
words = st.one_of(st.builds(Word, plain), st.builds(Word, anything, st.just(True)))
terms = st.builds(Term, names, st.lists(values(), min_size=1, max_size=3).map(tuple))
leaves: st.SearchStrategy[Node] = st.one_of(words, terms)


def trees(leaves: st.SearchStrategy[Node] = leaves) -> st.SearchStrategy[Node]:
    return st.recursive(leaves, _branches, max_leaves=8)


def _branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    lists = st.lists(children, min_size=2, max_size=3)
    return st.one_of(children.map(Not), lists.map(lambda parts: joined(And, parts)), lists.map(lambda p: joined(Or, p)))


def joined(kind: type[And] | type[Or], parts: Sequence[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(flat))
