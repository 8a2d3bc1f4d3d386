"""Which tables are compared, and by which of their columns. Each app says it in its `duplicates.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

from crm.data.models import CriterionKind

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody is compared by: keys in the form in which they are stored. Empty ones match nothing."""

    emails: frozenset[str] = frozenset()
    #: Of e-mail addresses and websites, where they can tell an organisation.
    domains: frozenset[str] = frozenset()
    websites: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    #: Last name first.
    sorted_people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Probe:
    """A column with an index, and the keys of an `Identity` that it is compared with."""

    column: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DuplicateNoun:
    """`probes` say by kind of criterion where a row of this table is looked for, `fields` at which form field a refusal
    stands. `counts` is what makes a row count at all, beside not being in the bin. `never_refused` are the actions of
    history by which records are made that no rule refuses.
    """

    model: type[models.Model]
    identity: Callable[[Values], Identity]
    probes: Mapping[CriterionKind, tuple[Probe, ...]]
    fields: Mapping[CriterionKind, str]
    #: The fields from which the identity is read.
    compared: frozenset[str]
    counts: Q = field(default_factory=lambda: Q(state="active"))
    sentences: Mapping[CriterionKind, Any] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    never_refused: frozenset[str] = frozenset()
    avatar: str = "person"

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def is_counted(self, record: Any) -> bool:
        """Does the record count as it is in memory? `counts` compares columns with values."""
        return all(getattr(record, str(name)) == value for name, value in self.counts.children)  # type: ignore[misc]  # pairs


_nouns: dict[str, DuplicateNoun] = {}


def add_noun(noun: DuplicateNoun) -> None:
    _nouns[noun.label] = noun


def noun_of(model: type[models.Model]) -> DuplicateNoun | None:
    """None for a table that takes no part."""
    return _nouns.get(model._meta.label_lower)


def known_noun(label: str) -> DuplicateNoun | None:
    return _nouns.get(label)


def known_nouns() -> list[DuplicateNoun]:
    return list(_nouns.values())


def noun_choices() -> list[tuple[str, str]]:
    return [(noun.label, str(noun.model._meta.verbose_name).capitalize()) for noun in _nouns.values()]
