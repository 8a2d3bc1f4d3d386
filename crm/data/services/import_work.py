"""What is done with all rows of an import, block by block: rehearsing, running, taking back.

A block, the notes about it, the numbers and the sign of life are one transaction; a worker that takes the work up
again after another one has died begins behind the last block that was written.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from crm.core import history
from crm.core.errors import Refusal
from crm.core.growth import Growth
from crm.core.models import Job
from crm.core.transactions import retried
from crm.core.work import beat
from crm.core.writing import NATURAL, written_as
from crm.data.importing import files
from crm.data.importing.ahead import Ahead
from crm.data.importing.drafts import Draft
from crm.data.importing.engine import BLOCK, Engine
from crm.data.importing.notes import note, outcome_of
from crm.data.importing.readers import Row
from crm.data.importing.registry import importer_of
from crm.data.importing.undoing import undo_block
from crm.data.importing.writing import find_changes, write_block
from crm.data.models import Import, ImportRow
from crm.data.services.imports import AT_ONCE, KEPT_FOR, Tally, blocks_of, importer_for
from crm.users.models import User
from crm.users.reach import reach_of

_MOST_TEXTS, _MOST_PROBLEMS = 500, 100

type Say = Callable[[int], None]


def count(tally: Tally, drafts: list[Draft], targets: Any) -> None:
    for draft in drafts:
        outcome = outcome_of(draft)
        tally.counts[outcome] = tally.counts.get(outcome, 0) + 1
        tally.warned += draft.is_new and bool(draft.notes)
        for problem in draft.problems:
            _count_problem(tally, problem, targets)


def _count_problem(tally: Tally, problem: Any, targets: Any) -> None:
    target = targets.get(problem.target)
    # What stands nowhere can be given a meaning too where it is a record: this account for all of them. What is no
    # address can be left out.
    can_be_told = target is not None and (target.is_lookup if problem.kind == "missing" else target.is_email)
    if problem.kind == "unknown" or can_be_told:
        texts = tally.unknown.setdefault(problem.target, {})
        if problem.text in texts or len(texts) < _MOST_TEXTS:
            texts[problem.text] = texts.get(problem.text, 0) + 1
    if problem.sentence in tally.problems or len(tally.problems) < _MOST_PROBLEMS:
        tally.problems[problem.sentence] = tally.problems.get(problem.sentence, 0) + 1


def perform(import_id: int, job: Job | None = None, say: Say = lambda _done: None) -> Import:
    """Do what the stage of the import says, for its person, with the rights that they have now."""
    run = Import.objects.select_related("owner").get(pk=import_id)
    run.person = User.objects.get(pk=run.person_id)
    do = {Import.Stage.REHEARSING: _rehearse, Import.Stage.RUNNING: _write, Import.Stage.UNDOING: _undo}.get(
        Import.Stage(run.stage)
    )
    if do is None:
        return run
    reach = reach_of(run.person)
    language = (job.payload.get("language") if job else None) or translation.get_language() or "en"
    with (
        translation.override(language),
        timezone.override(reach.time_zone if reach else "UTC"),
        written_as(reach.writing if reach else NATURAL),
        history.action("import.performed", actor=run.person, about=f"data.import:{run.pk}"),
    ):
        try:
            importer_for(run.noun, run.person)
            do(run, job, say)
        except Refusal as refusal:
            _stop(run, refusal.sentence)
    return run


def perform_small(import_id: int) -> None:
    """What is small is done at once, in the transaction in which it begins; what has a job is left to the worker."""
    run = Import.objects.get(pk=import_id)
    if run.stage in {Import.Stage.REHEARSING, Import.Stage.RUNNING, Import.Stage.UNDOING} and run.rows <= AT_ONCE:
        perform(import_id)


def _stop(run: Import, sentence: str) -> None:
    run.stage = Import.Stage.DRAFT if run.stage == Import.Stage.REHEARSING else Import.Stage.FAILED
    run.error, run.finished_at = sentence, timezone.now()
    run.save()


def _rehearse(run: Import, job: Job | None, say: Say) -> None:
    """From the beginning each time: what earlier rows say is kept in memory alone."""
    engine = Engine(run, run.person, timezone.now(), is_rehearsal=True)
    tally, done = Tally(), 0
    run.lines.filter(is_rehearsal=True).delete()
    for block in blocks_of(run, BLOCK):
        with transaction.atomic():
            drafts = engine.read(block)
            engine.examine(drafts)
            find_changes(engine, drafts)
            note(run, drafts, engine.importer.model, is_rehearsal=True)
            count(tally, drafts, engine.targets)
            done += len(drafts)
            if job is not None:
                beat(job, done, {})
        say(done)
    run.found = {**{name: kept for name, kept in run.found.items() if name == "notices"}, **asdict(tally)}
    run.stage = Import.Stage.REHEARSED
    run.save()


def _write(run: Import, job: Job | None, say: Say) -> None:
    at = run.started_at or timezone.now()
    engine = Engine(run, run.person, at)
    kept: dict[str, Any] = dict(job.checkpoint) if job is not None else {}
    tally, done = Tally.of(kept), int(kept.get("done", 0))
    growing = [Growth(engine.importer.model), Growth(ImportRow)]
    rows_of_blocks = blocks_of(run, BLOCK, int(kept.get("line", 0)))
    blocks = Ahead((_Block(engine, rows) for rows in rows_of_blocks), _Block.prepare)
    for block in blocks:
        done += len(block.rows)
        tally = retried(partial(_write_block, block, done, tally, job, blocks.begin))
        for table in growing:
            table.add(len(block.rows))
        say(done)
    _finish(run, tally)


class _Block:
    """Rows that are read when the block is made, and once more where they must be written once more."""

    def __init__(self, engine: Engine, rows: Sequence[Row]) -> None:
        self.engine, self.rows = engine, rows
        self._read: list[Draft] | None = engine.read(rows)

    def prepare(self) -> None:
        self.engine.prepare(self._read or ())

    def take(self) -> list[Draft]:
        drafts, self._read = self._read, None
        return self.engine.read(self.rows) if drafts is None else drafts


def _write_block(block: _Block, done: int, before: Tally, job: Job | None, meanwhile: Callable[[], None]) -> Tally:
    """The numbers afterwards; those before stay as they were, in case the block has to be done once more."""
    tally, drafts, engine = Tally.of(asdict(before)), block.take(), block.engine
    try:
        write_block(engine, drafts, meanwhile)
    except DatabaseError:
        engine.forget()
        raise
    count(tally, drafts, engine.targets)
    if job is not None:
        beat(job, done, {"line": block.rows[-1].line, "done": done, **asdict(tally)})
    return tally


def _finish(run: Import, tally: Tally) -> None:
    run.counts, run.stage, run.finished_at = tally.counts, Import.Stage.DONE, timezone.now()
    run.save()


def _undo(run: Import, job: Job | None, say: Say) -> None:
    importer = importer_of(run.noun)
    targets = importer.all_targets(run.person)
    at, done = timezone.now(), 0

    def block() -> int:
        number = undo_block(run, importer, targets, run.person, at)
        if number and job is not None:
            beat(job, done + number, {})
        return number

    while number := retried(block):
        done += number
        say(done)
    run.stage = Import.Stage.UNDONE
    run.save()


def forget_old_imports(now: dt.datetime) -> None:
    """Files and notes go; that somebody imported what stays in the history."""
    files.remove_older_than(now - KEPT_FOR)
    old = Import.objects.filter(created_at__lt=now - KEPT_FOR).exclude(file="")
    for run in old:
        files.remove(run.file)
        run.lines.filter(is_rehearsal=True).delete()
        run.file = ""
        run.save(update_fields=["file"])
