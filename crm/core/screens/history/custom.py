"""Changes of added fields in the history of a record: one line for each field, in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import Pair
from crm.core.custom.definitions import Definition, known_of
from crm.core.custom.words import pair_of, words
from crm.core.models import CustomModel


def readable(model: type[models.Model], user: Any) -> list[Definition]:
    """Retired fields too: what was written stays written."""
    if not issubclass(model, CustomModel):
        return []
    return [definition for definition in known_of(model, user) if definition.may_read(user)]


def keys(definitions: Iterable[Definition], values: Iterable[tuple[Any, Any]]) -> dict[type[models.Model], set[Any]]:
    """The people and records that changed values stand for, by table."""
    found: dict[type[models.Model], set[Any]] = {}
    for definition in definitions:
        for new, old in values:
            for kept in _changed(definition, new, old):
                pair = pair_of(definition, kept)
                if pair is not None:
                    found.setdefault(pair[0], set()).add(pair[1])
    return found


def changes(
    definitions: Iterable[Definition], new: Any, old: Any, names: Mapping[Pair, str]
) -> Iterator[tuple[str, str, str]]:
    """(label, old words, new words) of each field that differs."""
    for definition in definitions:
        if both := _changed(definition, new, old):
            after, before = (_words(definition, kept, names) for kept in both)
            yield definition.label, before, after


def _changed(definition: Definition, new: Any, old: Any) -> tuple[Any, ...]:
    after, before = (new or {}).get(definition.key), (old or {}).get(definition.key)
    return (after, before) if after != before else ()


def _words(definition: Definition, kept: Any, names: Mapping[Pair, str]) -> str:
    pair = pair_of(definition, kept)
    if pair is not None:
        return names.get(pair, _("a record that you may not see"))
    return words(definition, kept)
