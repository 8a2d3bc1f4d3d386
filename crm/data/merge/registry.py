"""How tables take part in merges. Foreign keys are found by themselves; all else is said here, by each app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models

from crm.core.deletion import keeps_in_bin
from crm.data.merge.standing import why_in_bin

if TYPE_CHECKING:
    from crm.data.merge.moving import Moving

type Model = type[models.Model]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeNoun:
    """A table whose records can be merged.

    `settle(record)` computes what follows from its columns; `obstacle(record)` says why it cannot be merged as it is.
    `after(master)` runs once the master is saved. `carried` are columns of no form that are taken over where the master
    has none, each with what goes along with it.
    """

    model: Model
    settle: Callable[[Any], None]
    obstacle: Callable[[Any], str]
    after: Callable[[Any], None] = lambda _master: None
    carried: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class GenericKey:
    """Two columns that name a record of any table."""

    model: Model
    type_field: str
    id_field: str


@dataclass(frozen=True, slots=True)
class Derived:
    """Rows that follow from others. `redo(records)` writes them anew after these were merged or taken apart."""

    key: GenericKey
    redo: Callable[[Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class Special:
    """A table whose rows need more than a new key: `move(moving)` does it, and notes it."""

    fields: frozenset[str]
    move: Callable[["Moving"], None]


@dataclass(slots=True)
class _Known:
    nouns: dict[Model, MergeNoun] = field(default_factory=dict)
    keys: dict[tuple[Model, str], GenericKey] = field(default_factory=dict)
    derived: dict[Model, Derived] = field(default_factory=dict)
    special: dict[Model, Special] = field(default_factory=dict)
    ignored: dict[tuple[Model, str], str] = field(default_factory=dict)
    yields: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    followers: dict[str, Callable[["Moving"], None]] = field(default_factory=dict)


known = _Known()


def register_merge(noun: MergeNoun) -> None:
    if noun.model not in known.nouns:
        keeps_in_bin(noun.model, why_in_bin)
    known.nouns[noun.model] = noun


def register_key(model: Model, type_field: str, id_field: str) -> None:
    """A generic key that moves like a foreign key."""
    known.keys[model, type_field] = GenericKey(model, type_field, id_field)


def register_derived(model: Model, type_field: str, id_field: str, redo: Callable[[Sequence[Any]], None]) -> None:
    known.derived[model] = Derived(GenericKey(model, type_field, id_field), redo)


def register_special(model: Model, fields: Sequence[str], move: Callable[["Moving"], None]) -> None:
    known.special[model] = Special(frozenset(fields), move)


def register_ignored(model: Model, field_name: str, *, because: str) -> None:
    """A key that stays where it points, with the reason."""
    known.ignored[model, field_name] = because


def register_yield(constraint: str, values: Mapping[str, Any]) -> None:
    """Where this unique constraint lets only one row of both records stand, the other takes these values and stays."""
    known.yields[constraint] = values


def register_follower(follow: Callable[["Moving"], None]) -> None:
    """Run after all rows have moved, for what an app keeps about records beside keys."""
    known.followers[f"{follow.__module__}.{follow.__qualname__}"] = follow


def merge_noun(model: Model) -> MergeNoun | None:
    return known.nouns.get(model)
