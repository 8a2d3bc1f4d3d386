"""Importing a file: taking it in, saying what its columns and words mean, rehearsing, running."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched, dropwhile, islice
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.fields import Kind
from crm.core.models import Job
from crm.core.transactions import service
from crm.core.work import keep_job, start_job
from crm.core.writing import hand
from crm.core.writing import style as current_style
from crm.data.importing import files
from crm.data.importing.meanings import USE
from crm.data.importing.names import is_known, key, learn, learnt_for, propose
from crm.data.importing.readers import Guess, Reading, Row, count_rows, guess, header_of, prepare, rows_of
from crm.data.importing.registry import Importer, importer_of, importers_for
from crm.data.importing.styles import Style, guessed_style
from crm.data.importing.targets import EXTERNAL_ID, Target
from crm.data.models import Import
from crm.users.models import User

RIGHT = "data.import"
MOST_BYTES = 50 * 1024 * 1024
#: Of what a browser uploads, however small it was packed.
MOST_ROWS = 1_000_000
#: Fewer rows are rehearsed and written at once.
AT_ONCE = 500
KEPT_FOR = dt.timedelta(days=30)
RUN_TASK = "crm.data.tasks.run_import"
_SAMPLED = 2_000
_MOST_LISTED = 50
_WORKING = (Import.Stage.REHEARSING, Import.Stage.RUNNING, Import.Stage.UNDOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a person says about a file: what each column is, how dates and numbers are written, and what to do."""

    mapping: Sequence[str]
    style: Style
    update_by: str = ""
    duplicates: str = Import.Duplicates.SKIP
    owner: User | None = None
    reading: Reading | None = None
    #: References for all rows that name none, by field.
    chosen: Mapping[str, models.Model | None] = field(default_factory=dict)


def may_import(actor: Any) -> bool:
    return bool(actor.has_perm(RIGHT))


def check_may_import(actor: Any) -> None:
    if not may_import(actor):
        raise Forbidden(_("No role of yours allows to import files."))


def importers_to_choose(actor: Any) -> list[Importer]:
    return importers_for(actor)


def importer_for(noun: str, actor: Any) -> Importer:
    """Raises `Forbidden` for one who may not make such records, or not from files."""
    found = importer_of(noun)
    if not may_import(actor) or not found.may_import(actor):
        raise Forbidden(_("No role of yours allows to import %(nouns)s.") % {"nouns": found.nouns})
    return found


def import_of(actor: Any, pk: int) -> Import:
    """Everybody sees their own imports alone."""
    found = Import.objects.filter(person_id=actor.pk, pk=pk).select_related("job", "owner", "person").first()
    if found is None:
        raise NotFound(_("There is no such import, or it is not yours."))
    return settled(found)


def has_stopped(run: Import) -> bool:
    """Its worker gave up; or it has none, though only what is done within one transaction needs none."""
    return run.stage in _WORKING and (run.job is None or run.job.state == Job.State.FAILED)


def settled(run: Import) -> Import:
    """One whose worker gave up stands where that got: a rehearsal is to be done again, a run can be taken back."""
    if not has_stopped(run):
        return run
    if run.stage == Import.Stage.REHEARSING:
        run.stage, run.error = Import.Stage.DRAFT, _("The rehearsal stopped before its end. Nothing was written.")
        return run
    if run.stage == Import.Stage.RUNNING and run.job is not None:
        run.counts = run.job.checkpoint.get("counts", {})
    run.stage = Import.Stage.FAILED
    run.error = _("The work stopped before its end. What was written until then stands, and can be taken back.")
    return run


def imports_of(person: Any) -> "QuerySet[Import]":
    return Import.objects.filter(person_id=person.pk).select_related("job").order_by("-pk")[:_MOST_LISTED]


def has_file(run: Import) -> bool:
    return bool(run.file) and files.path_of(run.file).exists()


def path_to(run: Import) -> Path:
    """Raises `Conflict` where the file has been forgotten."""
    if not has_file(run):
        raise Conflict(_("The file is no longer kept. Upload it again."))
    return files.path_of(run.file)


def reading_of(run: Import) -> Reading:
    return Reading(**run.reading)


@service("import.uploaded")
def take_in(
    *,
    noun: str,
    source: Path,
    title: str,
    actor: User,
    at: dt.datetime,
    owner: User | None = None,
    most_rows: int | None = MOST_ROWS,
) -> Import:
    """Keep the file as rows of text and guess what it is. Raises `Unreadable` for what is no table, an empty or too
    long one."""
    importer = importer_for(noun, actor)
    path = files.new_path()
    try:
        prepared = prepare(source, path)
        targets = list(importer.all_targets(actor).values())
        known = is_known(targets, importer.names)
        found = guess(path, lambda head: key(head) in known)
        run = Import(
            person=actor,
            noun=importer.noun,
            title=Path(title).name[:200] or _("file"),
            kind=prepared.kind,
            file=path.name,
            size=source.stat().st_size,
            rows=_counted(path, found.reading, most_rows),
            owner=owner,
            created_at=at,
        )
        _understand(run, importer, found, targets)
        run.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def _counted(path: Path, reading: Reading, most: int | None) -> int:
    if rows := count_rows(path, reading, most):
        return rows
    raise Invalid(_("There are heads in this file, but no rows under them."), field="file")


def _understand(run: Import, importer: Importer, found: Guess, targets: Sequence[Target]) -> None:
    run.reading, run.header = asdict(found.reading), found.header
    run.mapping = propose(found.header, targets, importer.names, learnt_for(importer.noun))
    run.style = sampled_style(run, {target.name: target for target in targets}).as_kept()
    run.update_by = EXTERNAL_ID if EXTERNAL_ID in run.mapping else ""
    run.found = {"notices": list(found.notices)}


def sample(run: Import, most: int) -> list[Row]:
    return list(islice(rows_of(path_to(run), reading_of(run)), most))


def sampled_style(run: Import, targets: Mapping[str, Target]) -> Style:
    """What the first rows say of dates and numbers; where they say nothing, as the person writes them."""
    by = hand(current_style())
    usual = Style(order=_usual_order(), decimal="," if by.decimal_sign == "," else ".")
    rows = sample(run, _SAMPLED)
    texts: dict[bool, list[str]] = {True: [], False: []}
    for place, name in enumerate(run.mapping):
        kind = targets[name].kind if name in targets else None
        if kind in {Kind.DATE, Kind.MOMENT, Kind.DECIMAL, Kind.MONEY, Kind.WHOLE}:
            cells = [row.cells[place] for row in rows if place < len(row.cells)]
            texts[kind in {Kind.DATE, Kind.MOMENT}] += cells
    return guessed_style(texts[True], texts[False], usual)


def _usual_order() -> str:
    by = hand(current_style())
    pattern = str(by.date or by.locale.date_formats["short"].pattern)
    order = "".join(dict.fromkeys(sign for sign in pattern.lower() if sign in "dmy"))
    return order if order in {"dmy", "mdy", "ymd"} else "dmy"


@service("import.read_again")
def read_again(*, import_id: int, reading: Reading, actor: User, at: dt.datetime) -> Import:
    """With another encoding, delimiter or line of heads; columns are proposed anew."""
    run = _locked_draft(import_id, actor)
    importer, path = importer_for(run.noun, actor), path_to(run)
    rows = count_rows(path, reading)
    if not rows:
        raise Invalid(_("Read like this, the file has no rows."), field="header_line")
    run.rows = rows
    targets = list(importer.all_targets(actor).values())
    _understand(run, importer, Guess(reading, header_of(path, reading)), targets)
    _back_to_draft(run)
    return run


@service("import.understood")
def understand(*, import_id: int, said: Understanding, actor: User, at: dt.datetime) -> Import:
    """Keep what the person says, and learn which columns they have named otherwise."""
    run = _locked_draft(import_id, actor)
    importer = importer_for(run.noun, actor)
    targets = importer.all_targets(actor)
    _check_mapping(run, said, targets)
    proposed = propose(run.header, list(targets.values()), importer.names, learnt_for(run.noun))
    learn(run.noun, run.header, proposed, said.mapping, at)
    run.mapping, run.style = list(said.mapping), said.style.as_kept()
    run.update_by, run.duplicates, run.owner = said.update_by, said.duplicates, said.owner
    _keep_chosen(run, said)
    _back_to_draft(run)
    return run


def _keep_chosen(run: Import, said: Understanding) -> None:
    """What is chosen for all rows is what nothing means in its column."""
    for name, record in said.chosen.items():
        words = {text: meaning for text, meaning in run.values.get(name, {}).items() if text}
        run.values[name] = words if record is None else {**words, "": f"{USE}{record.pk}"}


def _check_mapping(run: Import, said: Understanding, targets: Mapping[str, Target]) -> None:
    names = [name for name in said.mapping if name]
    if len(said.mapping) != len(run.header) or any(name not in targets for name in names):
        raise Invalid(_("Choose one of the listed fields for each column."))
    if not names:
        raise Invalid(_("Choose a field for one column at least."))
    for place, name in enumerate(said.mapping):
        if name and name in said.mapping[:place]:
            told = {"field": targets[name].label}
            raise Invalid(_("Two columns cannot both be “%(field)s”.") % told, field=f"column-{place}")
    if said.update_by and said.update_by not in names:
        raise Invalid(_("No column is the field by which records are to be updated."), field="update_by")


@service("import.values_said")
def say_values(*, import_id: int, values: Mapping[str, Mapping[str, str]], actor: User, at: dt.datetime) -> Import:
    """What texts mean, beside what was said before. `values` as in `Import.values`; "" takes a word back."""
    run = _locked_draft(import_id, actor)
    for name, words in values.items():
        told = {**run.values.get(name, {}), **words}
        run.values[name] = {text: meaning for text, meaning in told.items() if meaning}
    _back_to_draft(run)
    return run


def _back_to_draft(run: Import) -> None:
    run.edition += 1
    run.stage, run.error = Import.Stage.DRAFT, ""
    run.found = {name: value for name, value in run.found.items() if name == "notices"}
    run.lines.filter(is_rehearsal=True).delete()
    run.save()


def _locked_draft(import_id: int, actor: Any) -> Import:
    run = locked(import_id, actor)
    if run.stage not in {Import.Stage.DRAFT, Import.Stage.REHEARSED}:
        raise Conflict(_("This import has begun already, so what its columns mean stays as it is."))
    return run


def locked(import_id: int, actor: Any) -> Import:
    rows = Import.objects.select_for_update(of=("self",)).select_related("person", "owner", "job")
    run = rows.filter(person_id=actor.pk, pk=import_id).first()
    if run is None:
        raise NotFound(_("There is no such import, or it is not yours."))
    return settled(run)


@service("import.begun")
def begin(*, import_id: int, stage: str, edition: int | None, actor: User, at: dt.datetime) -> Import:
    """Rehearse, run or take back: at once what is small, else by the worker.

    `edition` is that of what the person has seen; another one has been changed meanwhile and refuses.
    """
    run = locked(import_id, actor)
    importer_for(run.noun, actor)
    _check_begin(run, stage, edition)
    run.stage, run.error = stage, ""
    if stage == Import.Stage.REHEARSING:
        run.lines.filter(is_rehearsal=True).delete()
    elif stage == Import.Stage.RUNNING:
        run.started_at = at
    told = {
        "person_id": actor.pk,
        "title": _TITLES[stage]() % {"file": run.title},
        "url": reverse("data:import", args=[run.pk]),
    }
    if run.rows > AT_ONCE:
        run.job = start_job(RUN_TASK, {"import": run.pk, "language": translation.get_language(), **told})
        Job.objects.filter(pk=run.job.pk).update(total=run.rows)
    run.save()
    return run


@service("import.begun")
def begin_here(*, import_id: int, actor: User, at: dt.datetime) -> Import:
    """For a caller that writes all rows itself; a worker goes on with its job where it dies."""
    run = locked(import_id, actor)
    _check_begin(run, Import.Stage.RUNNING, None)
    run.stage, run.started_at = Import.Stage.RUNNING, at
    run.job = keep_job(RUN_TASK, {"import": run.pk, "language": translation.get_language()})
    Job.objects.filter(pk=run.job.pk).update(total=run.rows)
    run.save()
    return run


def style_of(run: Import) -> Style:
    return Style.of(run.style)


_TITLES: dict[str, Callable[[], str]] = {
    Import.Stage.REHEARSING: lambda: _("Rehearsal of %(file)s"),
    Import.Stage.RUNNING: lambda: _("Import of %(file)s"),
    Import.Stage.UNDOING: lambda: _("Taking back %(file)s"),
}


def _check_begin(run: Import, stage: str, edition: int | None) -> None:
    if run.stage in _WORKING:
        raise Conflict(_("This import is at work already."))
    if edition is not None and edition != run.edition:
        raise Conflict(_("What the columns and words mean has been changed since you looked. Look at it again."))
    is_over = run.stage in {Import.Stage.DONE, Import.Stage.UNDONE}
    if stage == Import.Stage.UNDOING:
        if run.stage not in {Import.Stage.DONE, Import.Stage.FAILED} or run.started_at is None:
            raise Conflict(_("There is nothing to take back."))
        if timezone.now() - run.started_at > KEPT_FOR:
            raise Conflict(_("Only what was imported within the last 30 days can be taken back."))
    elif is_over or run.started_at is not None:
        raise Conflict(_("This file has been imported already."))
    elif not any(run.mapping):
        raise Conflict(_("Choose a field for one column at least."))


def blocks_of(run: Import, size: int, after_line: int = 0) -> Iterator[tuple[Row, ...]]:
    """The rows of the file that come after a line, in blocks."""
    rows = rows_of(path_to(run), reading_of(run))
    yield from batched(dropwhile(lambda row: row.line <= after_line, rows), size, strict=False)


def digest_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@dataclass(slots=True)
class Tally:
    """Numbers by outcome, and what went wrong: how often each problem, and which texts nobody understands."""

    counts: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    #: Rows that come in with a word of warning.
    warned: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Tally":
        counts, unknown, problems = (dict(kept.get(name, {})) for name in ("counts", "unknown", "problems"))
        return cls(counts, unknown, problems, int(kept.get("warned", 0)))
