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


def register_line(model: type[models.Model], nodes: Nodes) -> None:
    """`nodes(record, user)` gives the five nodes of the line on which the record lies."""
    _registry[model] = nodes


def line_of(record: models.Model, user: Any) -> Sequence[Node]:
    nodes = _registry.get(type(record))
    return nodes(record, user) if nodes else ()
