"""What can be done with many records at once, and how one batch of them is judged and changed."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, OperationalError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.access import READ
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from crm.data.models import BulkRow

type Values = Mapping[str, Any]
type Results = dict[int, "Result"]

Outcome = BulkRow.Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record; `before` and `after` as JSON can hold them."""

    outcome: str
    reason: str = ""
    before: Values | None = None
    after: Values | None = None


class HeldBack(Conflict):
    """Possible, but something must be decided that only a person decides, looking at this one record."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run left on one record, for those who take it back."""

    record_id: int
    before: Values
    after: Values


class Act(ABC):
    """One act for one table and one person. `batch` is how many records one transaction takes."""

    key: str
    right: str
    label: str | Promise
    danger: ClassVar[bool] = False
    batch: ClassVar[int] = 500
    #: How many of the chosen records are looked at one by one before it is done; see `held_back`.
    looks_at: ClassVar[int] = 0

    def __init__(self, model: type[models.Model], actor: Any) -> None:
        self.model, self.actor = model, actor

    def form(self, data: Any = None) -> Any:
        """What is asked before; an empty form where nothing is."""
        return forms.Form(data)

    def refusal(self, record: Any) -> str:
        """Why not with this record as it is; it may be one that has nothing but a state."""
        return ""

    def held_back(self, record: Any) -> str:
        """Why this record, which is in a state for it, would be left for a person to decide; empty where it is not."""
        return ""

    def place(self, key: int) -> str:
        """Where a person decides about a record that was held back; empty for its usual page."""
        return ""

    @abstractmethod
    def summary(self, form: Any) -> str:
        """What is done, in words, once the form is valid."""

    @abstractmethod
    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        """Do it, in the transaction of the caller. A record that is left out of the answer is gone."""

    def finish(self, keys: Sequence[int], form: Any, at: Any) -> None:  # noqa: B027 - most tell nobody
        """Once all batches are done: tell others. `keys` are those of the changed records."""

    @abstractmethod
    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        """Give back what `apply` at the moment `done_at` has changed, where it still stands."""


class SetAct(Act):
    """An act whose rules allow one statement for many records."""

    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        records, results = judged(self, keys)
        return {**results, **self.change(records, form, at)} if records else results

    @abstractmethod
    def change(self, records: list[Any], form: Any, at: Any) -> Results:
        """Change records that are locked, allowed and in a state for it."""


class RowAct(Act):
    """An act that the service of the table does record by record; what it refuses is undone for that record alone."""

    batch = 50

    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        return {key: attempt(self.model, key, self._changing(form, at), self.actor) for key in keys}

    def _changing(self, form: Any, at: Any) -> Callable[[Any], Result]:
        def change(record: Any) -> Result:
            refusal = self.refusal(record)
            if refusal:
                raise Conflict(refusal)
            before = self.snapshot(record)
            self.change(record.pk, form, at)
            return Result(Outcome.DONE, before=before, after=self.snapshot(self._again(record)))

        return change

    def _again(self, record: Any) -> Any:
        return self.model._base_manager.get(pk=record.pk)

    @abstractmethod
    def change(self, key: int, form: Any, at: Any) -> None:
        """Call the service."""

    @abstractmethod
    def snapshot(self, record: Any) -> Values:
        """The columns that the act changes, as JSON can hold them."""


def judged(act: Act, keys: Sequence[int]) -> tuple[list[Any], Results]:
    """The records that may be changed, locked in the order of their keys, and why the other visible ones may not."""
    rows: Any = act.model._default_manager.filter(pk__in=keys)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    seen = set(rows.visible_to(act.actor).values_list("pk", flat=True))
    may = seen if act.right == READ else set(rows.for_action(act.actor, act.right).values_list("pk", flat=True))
    ready, results = [], dict[int, Result]()
    for record in locked:
        if record.pk not in seen:
            continue
        if record.pk not in may:
            results[record.pk] = Result(Outcome.FORBIDDEN)
        elif refusal := act.refusal(record):
            results[record.pk] = Result(Outcome.STATE, refusal)
        else:
            ready.append(record)
    return ready, results


def attempt(model: type[models.Model], key: int, change: Callable[[Any], Result], actor: Any) -> Result:
    """One record, locked, in a savepoint of its own."""
    try:
        with transaction.atomic():
            rows: Any = model._default_manager.filter(pk=key)
            record = rows.select_for_update(of=("self",)).first()
            if record is None or not rows.visible_to(actor).exists():
                return Result(Outcome.GONE)
            return change(record)
    except OperationalError:
        raise
    except (Refusal, DatabaseError) as refused:
        return refused_as(refused)


def refused_as(refused: Refusal | DatabaseError) -> Result:
    match refused:
        case NotFound():
            return Result(Outcome.GONE)
        case Forbidden():
            return Result(Outcome.FORBIDDEN)
        case HeldBack():
            return Result(Outcome.HELD, " ".join([refused.sentence, *refused.details]))
        case Conflict():
            return Result(Outcome.STATE, " ".join([refused.sentence, *refused.details]))
        case Invalid():
            return Result(Outcome.FAILED, " ".join([refused.sentence, *refused.details]))
    return Result(Outcome.FAILED, _("The database refuses this value for the record."))


def plain(value: Any) -> Any:
    """The value as it comes out of JSON again."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def by_key(kept: Iterable[Kept]) -> dict[int, Kept]:
    return {one.record_id: one for one in kept}
