"""Syntax tree → text, in the one way of writing it."""

import re

from crm.core.query.nodes import And, Node, Not, Or, Query, Term, Value, Word

# What can stand behind a colon without quotation marks.
_PLAIN = re.compile(r"(?![<>=!~])[^\s,()\"“”„*/\\]+")


def write(query: Query) -> str:
    """The query as text; `parse` gives the same query again."""
    return "" if query.root is None else write_node(query.root)


def write_node(node: Node) -> str:
    match node:
        case Word():
            return quoted(node.text) if node.quoted else node.text
        case Term():
            return f"{node.name}:{','.join(map(write_value, node.values))}"
        case Not(part):
            return f"not {_inside(part, And, Or)}"
        case And(parts):
            return " ".join(_inside(part, Or) for part in parts)
        case Or(parts):
            return " or ".join(map(write_node, parts))


def write_value(value: Value) -> str:
    if value.upto is not None:
        return f"{value.operator}{_end(value.text)}..{_end(value.upto)}"
    text = quoted(value.text) if value.quoted else value.text
    return f"{value.operator}{text}{'*' if value.begins else ''}"


def quoted(text: str) -> str:
    escaped = re.sub(r'(["“”„\\])', r"\\\1", text)
    return f'"{escaped}"'


def value_text(text: str) -> str:
    """A value as it is written: bare where that is possible."""
    return text if _is_plain(text) else quoted(text)


def words_text(text: str) -> str:
    """A query that looks for the words of a text, whatever signs are in it."""
    return " ".join(word if _is_plain_word(word) else quoted(word) for word in text.split())


def _end(text: str) -> str:
    return text if not text or _is_plain(text) else quoted(text)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and ".." not in text and not text.endswith(".")


def _is_plain_word(word: str) -> bool:
    return word.lower() not in {"and", "or", "not"} and bool(re.fullmatch(r"[^\s():\"“”„\\]+", word))


def _inside(part: Node, *bracketed: type[And] | type[Or]) -> str:
    return f"({write_node(part)})" if isinstance(part, bracketed) else write_node(part)
