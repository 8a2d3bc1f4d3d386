"""The query box of a list: what stands in it as chips, what is being typed, and what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from crm.core.query import Query, QueryError, chips, parse, write
from crm.core.query.nodes import And

type Address = Callable[[str, str], str]
"""`address(query, edited)`: the list with this query, and with `edited` standing in the box to be changed."""


@dataclass(frozen=True, slots=True)
class BoxChip:
    """One part of the query. `text` is how the query has it; `name` and `value` are for reading."""

    text: str
    name: str
    value: str
    edit_url: str
    drop_url: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """The query around the place that cannot be understood, and the sentence that says why. `instead` is the word that
    was perhaps meant, `instead_url` the list with it."""

    before: str
    marked: str
    after: str
    sentence: str
    instead: str = ""
    instead_url: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """`text` is what the chips say together; `typed` stands in the box. Of what cannot be read there are no chips."""

    text: str
    typed: str
    chips: Sequence[BoxChip] = ()
    wrong: Wrong | None = None


def box_of(query: str, edited: str, model: type[models.Model], actor: Any, address: Address) -> Box:
    """Of a query that can be read."""
    found = [
        BoxChip(chip.text, chip.name, chip.value, address(chip.without, chip.text), address(chip.without, ""))
        for chip in chips(parse(query), model, actor)
    ]
    return Box(" ".join(chip.text for chip in found), edited, found)


def wrong_box(text: str, error: QueryError, address: Address) -> Box:
    start, end = min(error.start, len(text)), min(max(error.end, error.start), len(text))
    meant = error.corrected(text)
    url = address(meant, "") if meant else ""
    return Box("", text, wrong=Wrong(text[:start], text[start:end], text[end:], error.sentence, error.instead, url))


def joined(query: str, added: str) -> str:
    """Both together as one query. What cannot be read stays as it is typed."""
    query, added = query.strip(), added.strip()
    if not query or not added:
        return query or added
    try:
        parts = (*parse(query).parts(), *parse(added).parts())
    except QueryError:
        return f"{query} {added}"
    return write(Query(And(parts) if len(parts) > 1 else parts[0])) if parts else ""
