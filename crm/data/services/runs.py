"""Bulk runs: what would happen, starting one, doing it batch by batch, and taking it back within 30 days.

A batch and the notes about it are one transaction, and only rows that still wait are taken: so a run that was
stopped anywhere goes on where it was, and nothing is done twice.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import READ
from crm.core.bulk import copy_rows
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.screens.nouns import model_of, noun_of
from crm.core.transactions import service
from crm.core.work import start_job
from crm.data.acts import EDIT, Act, Kept, Result, Results, act_of
from crm.data.models import BulkRow, BulkRun
from crm.users.access import predicate
from crm.users.models import User

AT_ONCE = 500
MOST = 50_000
_MOST_LISTED = 50
UNDO_FOR = dt.timedelta(days=30)
TASK = "crm.data.tasks.run_bulk"

_WRITE_RESULTS = """
UPDATE data_bulkrow AS row SET outcome = new.outcome, reason = new.reason, before = new.before, after = new.after
FROM jsonb_to_recordset(%s::jsonb) AS new(record_id bigint, outcome text, reason text, before jsonb, after jsonb)
WHERE row.run_id = %s AND row.record_id = new.record_id
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the chosen records will change, may not be changed by this person, are not in a state for it."""

    ready: int = 0
    forbidden: int = 0
    state: int = 0
    #: There are more than one run takes.
    is_too_much: bool = False

    @property
    def total(self) -> int:
        return self.ready + self.forbidden + self.state


def preview(act: Act, rows: "models.QuerySet[Any, Any]") -> Preview:
    """Count, with the rights of the actor; nothing is written. `rows` are those that the actor sees.

    Two queries, however many rows there are. Of a state, what an empty record in it is refused for.
    """
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        return Preview(is_too_much=True)
    guarded: Any = act.model._default_manager.filter(pk__in=keys)
    may = Q() if act.right == READ else predicate(guarded.branches(act.actor, act.right))
    has_state = any(field.name == "state" for field in act.model._meta.concrete_fields)
    groups = guarded.order_by().values(*(("state", "status_reason") if has_state else ()))
    ready = forbidden = state = 0
    counted = groups.annotate(all=Count("pk"), allowed=Count("pk", filter=may) if may else Count("pk"))
    for group in (
        counted if has_state else [guarded.aggregate(all=Count("pk"), allowed=Count("pk", filter=may or None))]
    ):
        allowed = group.pop("allowed")
        forbidden += group.pop("all") - allowed
        if act.refusal(act.model(**group)):
            state += allowed
        else:
            ready += allowed
    return Preview(ready, forbidden, state)


@service("bulk.started")
def start_run(
    *,
    act: Act,
    form: Any,
    sent: str,
    rows: "models.QuerySet[Any, Any]",
    expected: int | None,
    address: str,
    actor: User,
    at: dt.datetime,
) -> BulkRun:
    """Do it at once up to 500 records, else let the worker do it. `form` is valid, `sent` what it was filled from.

    `expected` is the number that was announced: where another one would change now, that is said first.
    """
    found = preview(act, rows)
    if found.is_too_much:
        raise Conflict(_("At most %(most)s records can be changed at once. Narrow the list first.") % {"most": MOST})
    if expected is not None and found.ready != expected:
        raise Conflict(_("The records have changed since you looked. Look at the numbers again before you go on."))
    if not found.ready:
        raise Conflict(_("None of these records can be changed that way."))
    keys = rows.order_by("pk").values_list("pk", flat=True)
    run = BulkRun(
        person=actor,
        noun=noun_of(act.model),
        act=act.key,
        sent=sent,
        summary=act.summary(form)[:300],
        address=address,
        at=at,
    )
    return _begin(run, list(keys), actor)


@service("bulk.undone")
def undo_run(*, run_id: int, actor: User, at: dt.datetime) -> BulkRun:
    """Take the run back, as a run of its own. Once, within 30 days, by the one whose it is.

    Where the worker gave up taking it back, the same undo goes on with the records that wait.
    """
    run = run_of(actor, run_id)
    if obstacle := undo_obstacle(run, at):
        raise Conflict(obstacle)
    _check_act(run, actor)
    if (begun := undo_of(run)) is not None:
        return _go_on(begun, actor)
    undo = BulkRun(
        person=actor,
        noun=run.noun,
        act=run.act,
        sent=run.sent,
        summary=(_("Taken back: %(what)s") % {"what": run.summary})[:300],
        address=run.address,
        at=at,
        undoes=run,
    )
    keys = run.rows.filter(outcome=BulkRow.Outcome.DONE).order_by("record_id").values_list("record_id", flat=True)
    try:
        with transaction.atomic():
            return _begin(undo, list(keys), actor)
    except IntegrityError as error:
        raise Conflict(_twice()) from error


def _check_act(run: BulkRun, actor: User) -> None:
    try:
        act_of(model_of(run.noun), run.act, actor)
    except NotFound as gone:
        raise Conflict(
            _("The field that was changed has been retired, or you may no longer change it. Nothing is taken back.")
            if run.act.startswith(EDIT)
            else gone.sentence
        ) from gone


def _twice() -> str:
    return _("This has been taken back already.")


def undo_obstacle(run: BulkRun, at: dt.datetime) -> str:
    """Why the run cannot be taken back; empty when it can."""
    if run.undoes_id is not None:
        return _("This took something back. Do it again from the list instead.")
    begun = undo_of(run)
    if begun is not None and not begun.has_stopped:
        return _twice()
    if run.finished_at is None and not run.has_stopped:
        return _("This is still running. Wait until it is done.")
    if at - run.at > UNDO_FOR:
        return _("Only what was done within the last 30 days can be taken back.")
    if not run.rows.filter(outcome=BulkRow.Outcome.DONE).exists():
        return _("Nothing was changed, so there is nothing to take back.")
    return ""


def run_of(actor: Any, run_id: int) -> BulkRun:
    """Everybody sees their own runs alone."""
    found = BulkRun.objects.filter(person_id=actor.pk, pk=run_id).select_related("undoes", "job").first()
    if found is None:
        raise NotFound(_("There is no such bulk run, or it is not yours."))
    return found


def undo_of(run: BulkRun) -> BulkRun | None:
    return BulkRun.objects.filter(undoes=run).select_related("job").first()


def runs_of(person: Any) -> "models.QuerySet[BulkRun]":
    """The newest ones, with `done`, how many records each has changed."""
    done = Count("rows", filter=Q(rows__outcome=BulkRow.Outcome.DONE))
    return BulkRun.objects.filter(person_id=person.pk).annotate(done=done).order_by("-pk")[:_MOST_LISTED]


def _begin(run: BulkRun, keys: Sequence[int], actor: User) -> BulkRun:
    run.total = len(keys)
    run.save(force_insert=True)
    copy_rows(BulkRow, ["run", "record_id", "outcome", "reason"], ((run.pk, key, "waiting", "") for key in keys))
    if len(keys) > AT_ONCE:
        return _to_the_worker(run, actor)
    worker = Worker(run, actor)
    while worker.advance():
        pass
    worker.finish(run.at)
    return run


def _to_the_worker(run: BulkRun, actor: User) -> BulkRun:
    told = {"person_id": actor.pk, "title": run.summary, "url": reverse("data:bulk_run", args=[run.pk])}
    job = start_job(TASK, {"run": run.pk, **told})
    job.total = run.total
    job.save(update_fields=["total"])
    run.job = job
    run.save(update_fields=["job"])
    return run


def _go_on(begun: BulkRun, actor: User) -> BulkRun:
    """Two who ask at once begin it once."""
    run = BulkRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=begun.pk)
    if not run.has_stopped:
        raise Conflict(_twice())
    return _to_the_worker(run, actor)


class Worker:
    """Does one run for the person whose it is, with the rights that they have now.

    Where the field is gone by now, or what was chosen cannot be chosen any more, that is noted with each record.
    """

    def __init__(self, run: BulkRun, actor: User) -> None:
        self.run, self.actor = run, actor
        self.act: Act | None = None
        self.form: Any = None
        self.obstacle = ""
        try:
            self.act = act_of(model_of(run.noun), run.act, actor)
            self.form = None if run.undoes_id else self._valid_form(self.act)
        except (NotFound, Invalid) as refused:
            self.act, self.obstacle = None, refused.sentence

    def _valid_form(self, act: Act) -> Any:
        form = act.form(QueryDict(self.run.sent))
        if not form.is_valid():
            raise Invalid(" ".join(sentence for sentences in form.errors.values() for sentence in sentences))
        return form

    def advance(self) -> int:
        """The next batch, in the transaction of the caller. Gives the number of records; 0 when nothing waits."""
        waiting = self.run.rows.filter(outcome=BulkRow.Outcome.WAITING).order_by("record_id")
        keys = list(waiting.values_list("record_id", flat=True)[: self.act.batch if self.act else Act.batch])
        if keys:
            with history.action("record.changed", actor=self.actor, about=f"data.bulkrun:{self.run.pk}"):
                self._write(keys, self._results(keys))
        return len(keys)

    def finish(self, at: dt.datetime) -> None:
        """Nothing waits any more: tell whom it concerns, once."""
        self.run.finished_at = at
        self.run.save(update_fields=["finished_at"])
        if self.act is not None and self.form is not None:
            done = self.run.rows.filter(outcome=BulkRow.Outcome.DONE)
            self.act.finish(list(done.order_by("record_id").values_list("record_id", flat=True)), self.form, at)

    def handled(self) -> int:
        return self.run.total - self.run.rows.filter(outcome=BulkRow.Outcome.WAITING).count()

    def _results(self, keys: Sequence[int]) -> Results:
        undone = self.run.undoes
        if self.act is None:
            return dict.fromkeys(keys, Result(BulkRow.Outcome.FAILED, self.obstacle))
        if undone is None:
            return self.act.apply(keys, self.form, self.run.at)
        rows = undone.rows.filter(record_id__in=keys).values_list("record_id", "before", "after")
        return self.act.take_back(
            [Kept(key, before or {}, after or {}) for key, before, after in rows], self.run.at, undone.at
        )

    def _write(self, keys: Sequence[int], results: Results) -> None:
        gone = {"outcome": BulkRow.Outcome.GONE.value, "reason": "", "before": None, "after": None}
        rows = []
        for key in keys:
            result = results.get(key)
            told = gone if result is None else {name: getattr(result, name) for name in gone}
            rows.append({**told, "record_id": key})
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_RESULTS, [json.dumps(rows, cls=DjangoJSONEncoder), self.run.pk])
