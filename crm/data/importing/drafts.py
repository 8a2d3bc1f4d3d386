"""A row of a file on its way to becoming a record, and what all rows of one import have in common."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import models

from crm.core.errors import Invalid
from crm.core.models import Organisation
from crm.data.importing.styles import Style
from crm.data.models import ImportRow
from crm.users.models import User
from crm.users.services.ownership import check_owner, owner_fields

NEW, UPDATED, SAME = ImportRow.Outcome.NEW, ImportRow.Outcome.UPDATED, ImportRow.Outcome.SAME
DUPLICATE, REPEATED, FAILED = ImportRow.Outcome.DUPLICATE, ImportRow.Outcome.REPEATED, ImportRow.Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken. `kind` is `unknown` where a person can say what `text` of field `target` means,
    `missing` where nothing stands, else `bad`."""

    target: str
    kind: str
    text: str
    sentence: str


@dataclass(slots=True)
class Draft:
    """`texts` and `values` by the name of a field; a field of which nothing stands in the file is in neither."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outcome: str = NEW
    record: Any = None
    object_id: int | None = None
    version: int | None = None
    before: dict[str, Any] | None = None
    _mark: int | None = None

    @property
    def is_new(self) -> bool:
        return self.outcome == NEW and not self.problems

    @property
    def reason(self) -> str:
        return " ".join(dict.fromkeys([*(problem.sentence for problem in self.problems), *self.notes]))

    def fail(self, sentence: str, *, target: str = "", kind: str = "bad") -> None:
        self.problems.append(Problem(target, kind, self.texts.get(target, "")[:100], sentence))

    def refuse(self, refusal: Invalid) -> None:
        if refusal.field and any(problem.target == refusal.field for problem in self.problems):
            return  # what was wrong with its text says more
        kind = "bad" if refusal.field in self.texts else "missing"
        self.fail(refusal.sentence, target=refusal.field, kind=kind)

    def fingerprint(self, noun: str) -> int:
        """The same for rows that say the same of the same noun."""
        if self._mark is None:
            self._mark = self._marked(noun)
        return self._mark

    def _marked(self, noun: str) -> int:
        said = "\x1f".join([noun, *(f"{name}\x1e{text}" for name, text in sorted(self.texts.items()))])
        digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


@dataclass(slots=True, kw_only=True)
class Work:
    """One import at work: who does it, when, whose the rows become, and what its noun has read once for all rows."""

    actor: Any
    at: dt.datetime
    owner: User
    style: Style
    targets: Mapping[str, Any]
    model: type[models.Model]
    is_rehearsal: bool = False
    #: Nobody has said whose the rows become.
    is_owner_open: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    _owners: dict[int, Any] = field(default_factory=dict)

    @property
    def organisation(self) -> Organisation:
        return self.once("organisation", Organisation.load)

    @property
    def today(self) -> dt.date:
        return self.once("today", lambda: self.organisation.today(self.at))

    def once[T](self, name: str, read: Callable[[], T]) -> T:
        if name not in self.kept:
            self.kept[name] = read()
        return cast(T, self.kept[name])

    def owner_of(self, draft: Draft) -> User:
        found = self._owner(draft.values.get("owner"))
        if isinstance(found, Invalid):
            raise found
        return found

    def owner_fields(self, draft: Draft) -> dict[str, Any]:
        """The three columns for a new record. Raises `Invalid` for one who cannot own it."""
        owner = self.owner_of(draft)
        columns = owner_fields(owner)
        columns["owner_id"] = columns.pop("owner").pk
        columns.pop("owner_team")
        return columns

    def _owner(self, key: int | None) -> User | Invalid:
        wanted = self.owner.pk if key is None else key
        if wanted not in self._owners:
            owner = self.owner if wanted == self.owner.pk else User.objects.get(pk=wanted)
            self._owners[wanted] = owner
            try:
                check_owner(owner, cast(Any, self.model))
            except Invalid as refusal:
                self._owners[wanted] = Invalid(refusal.sentence, field="owner")
        found: User | Invalid = self._owners[wanted]
        return found

    def fetch(self, model: type[models.Model], keys: Iterable[Any], *related: str) -> Mapping[int, Any]:
        """Records by their keys, read once for all rows."""
        known: dict[int, Any] = self.kept.setdefault(f"records of {model._meta.label}", {})
        wanted = {key for key in keys if key is not None and key not in known}
        if wanted:
            rows = model._default_manager.filter(pk__in=wanted)
            known |= {row.pk: row for row in (rows.select_related(*related) if related else rows)}
        return known
