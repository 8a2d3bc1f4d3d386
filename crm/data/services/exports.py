"""Making exports: small ones at once, large ones in the background, each of them in the history."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.errors import Conflict, Forbidden
from crm.core.models import Job
from crm.core.transactions import service
from crm.core.work import beat, start_job
from crm.core.writing import NATURAL, written_as
from crm.data.export import files
from crm.data.export.columns import Cell
from crm.data.export.formats import format_of, written
from crm.data.export.lists import BATCH, ExportedList, check_exact, exported_list
from crm.data.models import Export
from crm.users.models import User
from crm.users.reach import reach_of

RIGHT = "data.export"
#: More rows than these are written in the background.
MOST_AT_ONCE = 2_000
KEPT_FOR = dt.timedelta(days=7)
#: Of one person at the same time.
MOST_WAITING = 5
_TASK = "crm.data.tasks.write_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants: a list, a format and how its numbers and fields are written."""

    address: str
    format: str
    separator: str
    all_fields: bool = False


def may_export(actor: Any) -> bool:
    return bool(actor.has_perm(RIGHT))


def check_may_export(actor: Any) -> None:
    if not may_export(actor):
        raise Forbidden(_("No role of yours allows to export lists."))


@service("export.started")
def start_export(*, wish: Wish, actor: User, at: dt.datetime) -> Export:
    """The export with its file where the list is small, else with a job that writes it."""
    check_may_export(actor)
    found = exported_list(wish.address, actor)
    check_exact(found)
    export = Export.objects.create(
        person=actor,
        title=found.title[:200],
        address=found.address,
        format=wish.format,
        separator=wish.separator,
        all_fields=wish.all_fields,
        language=translation.get_language() or "en",
        created_at=at,
    )
    if _is_small(found):
        _write(export, found, lambda rows: rows)
    else:
        _write_later(export, found)
    return export


def _is_small(found: ExportedList) -> bool:
    keys = found.selection.visible.order_by().values_list("pk", flat=True)
    return len(keys[: MOST_AT_ONCE + 1]) <= MOST_AT_ONCE


def _write_later(export: Export, found: ExportedList) -> None:
    waiting = Job.objects.filter(task=_TASK, state__in=[Job.State.WAITING, Job.State.RUNNING])
    if waiting.filter(payload__person_id=export.person_id).count() >= MOST_WAITING:
        raise Conflict(_("Some of your exports are not done yet. Wait until one of them is."))
    title = _("Export of %(list)s") % {"list": export.title}
    payload = {"export_id": export.pk, "person_id": export.person_id, "title": title, "url": reverse("data:exports")}
    job = start_job(_TASK, payload)
    Job.objects.filter(pk=job.pk).update(total=found.selection.count.number)
    export.job = job
    export.save(update_fields=["job"])


def write_export(job: Job) -> None:
    """What the job does. It begins anew after a worker has died: all rows of a file are those of one moment."""
    export = Export.objects.select_related("person").get(pk=job.payload["export_id"])
    if export.finished_at is not None:
        return
    person = export.person
    check_may_export(person)
    reach = reach_of(person)
    with (
        translation.override(export.language),
        timezone.override(reach.time_zone if reach else "UTC"),
        written_as(reach.writing if reach else NATURAL),
        history.action("export.made", actor=person),
    ):
        found = exported_list(export.address, person)
        check_exact(found)
        files.remove(export.file)
        _write(export, found, lambda rows: _with_beats(job, rows))


def _with_beats(job: Job, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """A sign of life after each batch. An estimate of the total that proves too low grows along."""
    done = 0
    for done, cells in enumerate(rows, start=1):
        yield cells
        if done % BATCH == 0:
            beat(job, done, {})
            Job.objects.filter(pk=job.pk).update(total=Greatest(F("total"), done))
    beat(job, done, {})
    Job.objects.filter(pk=job.pk).update(total=done)


def _write(export: Export, found: ExportedList, passed_on: Callable[[Any], Iterable[Sequence[Cell]]]) -> None:
    columns = found.columns(all_fields=export.all_fields)
    kind = format_of(export.format)
    export.file = files.new_name(kind.key)
    # Named before it is written, so that what a killed worker leaves behind is found again.
    Export.objects.filter(pk=export.pk).update(file=export.file)
    path = files.make_private(export.file)
    try:
        writer = kind.open(path, columns, export.separator, export.title)
        export.rows = written(writer, passed_on(found.rows(columns)))
    except Exception:
        files.remove(export.file)
        raise
    export.cut, export.size = writer.cut, path.stat().st_size
    export.columns = ", ".join(column.label for column in columns)
    export.finished_at = timezone.now()
    export.save(update_fields=["file", "rows", "cut", "size", "columns", "finished_at"])


@service("exports.tidied")
def forget_old_files(*, actor: Any, at: dt.datetime) -> int:
    """The files go, what was exported by whom stays known. Gives how many files went."""
    files.remove_older_than(at - KEPT_FOR)
    old = Export.objects.exclude(file="").filter(created_at__lt=at - KEPT_FOR).select_for_update()
    for export in old:
        files.remove(export.file)
        export.file, export.deleted_on = "", at.date()
        export.save(update_fields=["file", "deleted_on"])
    return len(old)
