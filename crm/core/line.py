"""The line from lead to invoice above a record of the chain.

The app at the end of the chain knows all five nouns and registers who they are for each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Node:
    """One node, as `components/line.html` reads it."""

    word: str | Promise
    state: Literal["done", "current", "plan", "ahead", "none"]
    label: str | Promise = ""
    url: str = ""


type Nodes = Callable[[Any, Any], Sequence[Node]]

_registry: dict[type[models.Model], Nodes] = {}
_words: dict[type[models.Model], str | Promise] = {}


def register_line(model: type[models.Model], nodes: Nodes) -> None:
    """`nodes(record, user)` gives the five nodes of the line on which the record lies."""
    _registry[model] = nodes


def register_words(words: Sequence[tuple[type[models.Model], str | Promise]]) -> None:
    """The five nouns of the line in their order, with their words."""
    _words.update(words)


def place_of(model: type[models.Model]) -> Sequence[Node]:
    """The line in words alone with the place of this noun marked, for a list that holds nothing yet."""
    if model not in _words:
        return ()
    here = list(_words).index(model)
    return [
        Node(word, "done" if place < here else "current" if place == here else "ahead")
        for place, word in enumerate(_words.values())
    ]


def line_of(record: models.Model, user: Any) -> Sequence[Node]:
    nodes = _registry.get(type(record))
    return nodes(record, user) if nodes else ()
