"""Which nouns can be imported, and what each adds to the engine. Apps register theirs in `AppConfig.ready()`."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import may_create
from crm.core.errors import NotFound
from crm.core.screens.nouns import noun_of
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.targets import (
    EXTERNAL_ID,
    OWNER,
    Target,
    column_target,
    custom_targets,
    external_id_target,
    owner_target,
)

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """What rows can be told by: `change` brings a value of the field `name` into the shape that `column` holds."""

    name: str
    column: str
    change: Callable[[Any], Any] = str


@dataclass(frozen=True, slots=True)
class Same:
    """Two records are taken for the same one where all these columns are equal and none is empty. `why` says it."""

    columns: tuple[str, ...]
    why: Any


_YOURS = gettext_lazy("Of rows that name none. Left open, they become yours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """How rows of one noun are read and written.

    `columns` are columns of the table that a file may fill, `targets` what else a column of a file can be. `keys` are
    what a row can be told by, beside the key of the other system. `same` are the rules by which a new row is a
    duplicate, compared on the built record.

    `tidy` brings the values of every row into the shape in which the noun keeps them. For a block of new rows, `before`
    reads what they need beyond their own values; `build` makes the unsaved record of
    each, with everything that follows from its values, and adds problems to the row or raises `Invalid`; `number` gives
    what only a record that is really written gets; `after` writes what else belongs to the new records and gives the
    extra records that it has made. `update` is the noun's own service. `names` are heads that only this noun knows.
    `make` makes a record, by the name of the field that will refer to it, where a text stands for a new one. `chosen`
    are references that a person may choose for all rows that name none. `take_away` removes records, by their keys,
    when the import is taken back, where more follows from them than goes with them. `keyed` are functions that `build`
    will ask about the texts of a field, and that keep what they found (`lru_cache`): of the next rows they are asked
    while the server writes, and must not ask it anything.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    build: Callable[[Draft, Work], Any]
    update: Callable[[int, Values, Any, dt.datetime], Any]
    targets: tuple[Target, ...] = ()
    keys: tuple[Key, ...] = ()
    same: tuple[Same, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    tidy: Callable[[Draft, Work], None] = lambda _draft, _work: None
    before: Callable[[Sequence[Draft], Work], None] = lambda _drafts, _work: None
    number: Callable[[Sequence[Draft], Work], None] = lambda _drafts, _work: None
    after: Callable[[Sequence[Draft], Work], Sequence[models.Model]] = lambda _drafts, _work: ()
    keyed: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    #: Parts of a record that go with it when the import is taken back.
    parts: tuple[str, ...] = ()
    make: Mapping[str, Callable[[str, Work], models.Model]] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    take_away: Callable[[Sequence[int]], None] | None = None
    is_owned: bool = True
    owner_help: Any = _YOURS
    has_external_ids: bool = True
    may: Callable[[Any], bool] | None = None
    ignored: Collection[str] = ()

    @property
    def noun(self) -> str:
        """The word of its addresses; `users` have none of their own."""
        return noun_of(self.model) or f"{self.model._meta.model_name}s"

    @property
    def nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def may_import(self, actor: Any) -> bool:
        return self.may(actor) if self.may is not None else may_create(actor, self.model)

    def all_targets(self, actor: Any) -> dict[str, Target]:
        """By name, in the order in which a person is asked."""
        found = [
            *self.targets,
            *(column_target(self.model, name, may_make=name in self.make) for name in self.columns),
            *custom_targets(self.model, actor),
            *([owner_target()] if self.is_owned else ()),
            *([external_id_target()] if self.has_external_ids else ()),
        ]
        return {target.name: target for target in found}

    def key_names(self) -> Iterable[str]:
        return (*([EXTERNAL_ID] if self.has_external_ids else ()), *(one.name for one in self.keys))


_registered: dict[type[models.Model], Importer] = {}


def register_importer(importer: Importer) -> None:
    _registered[importer.model] = importer


def extend_importer(
    model: type[models.Model],
    *,
    targets: tuple[Target, ...],
    names: Mapping[str, str],
    after: Callable[[Sequence[Draft], Work], Sequence[models.Model]],
) -> None:
    """What an app above adds to the importer of a noun below: columns of a file, and what it writes of them."""
    own = _registered[model]
    if any(target in own.targets for target in targets):
        return

    def after_both(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
        return [*own.after(drafts, work), *after(drafts, work)]

    _registered[model] = replace(own, targets=(*own.targets, *targets), names={**own.names, **names}, after=after_both)


def importers_for(actor: Any) -> list[Importer]:
    """What this person may import, in the order of registration."""
    return [one for one in _registered.values() if one.may_import(actor)]


def importer_of(noun: str) -> Importer:
    """Raises `NotFound` for a word that names nothing that can be imported."""
    for one in _registered.values():
        if noun in {one.noun, one.model._meta.model_name}:
            return one
    raise NotFound(_("There is nothing to import here."))


def has_importer(noun: str) -> bool:
    return any(one.noun == noun for one in _registered.values())


__all__ = [
    "OWNER",
    "Importer",
    "Key",
    "Same",
    "extend_importer",
    "has_importer",
    "importer_of",
    "importers_for",
    "register_importer",
]
