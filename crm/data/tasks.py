"""Bulk runs, exports and imports in the background, and forgetting old ones."""

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from crm.core import foundations, history
from crm.core.actors import SYSTEM
from crm.core.models import Job
from crm.core.transactions import retried
from crm.core.work import beat, run_job
from crm.data.duplicates import indexes
from crm.data.duplicates.scanning import order_scan, scan
from crm.data.merge.late import follow_merges
from crm.data.models import BulkRun
from crm.data.services import exports, import_work
from crm.data.services.runs import UNDO_FOR, Worker
from crm.users.models import User


@task(queue_name="long")
def run_bulk(job_id: int) -> None:
    run_job(job_id, do_run)


def do_run(job: Job) -> None:
    """Batch by batch; a batch, its notes and the sign of life are one transaction."""
    run = BulkRun.objects.select_related("undoes").get(pk=job.payload["run"])
    worker = Worker(run, User.objects.get(pk=run.person_id))
    while retried(lambda: _batch(worker, job)):
        pass
    retried(lambda: worker.finish(timezone.now()))


def _batch(worker: Worker, job: Job) -> bool:
    number = worker.advance()
    if number:
        beat(job, worker.handled(), {})
    return bool(number)


@task(queue_name="long")
def write_export(job_id: int) -> None:
    run_job(job_id, exports.write_export)


@task(queue_name="long")
def build_duplicate_index(job_id: int) -> None:
    run_job(job_id, indexes.build)


@task(queue_name="long")
def run_import(job_id: int) -> None:
    run_job(job_id, do_import)


def do_import(job: Job) -> None:
    import_work.perform(job.payload["import"], job)


@task
@history.action("imports.tidied", actor=SYSTEM)
def forget_imports() -> None:
    import_work.forget_old_imports(timezone.now())


@task(queue_name="long")
def scan_duplicates(job_id: int) -> None:
    run_job(job_id, scan)


@task
def look_for_duplicates() -> None:
    """A look at all tables, started each night and by administrators."""
    order_scan(actor=SYSTEM, at=timezone.now())


@task
def follow_late_rows() -> None:
    follow_merges(actor=SYSTEM, at=timezone.now())


@task
def forget_exports() -> None:
    exports.forget_old_files(actor=SYSTEM, at=timezone.now())


@task
@history.action("bulk.tidied", actor=SYSTEM)
def forget_old_runs() -> None:
    """What cannot be taken back any more is forgotten; the history of the records stays."""
    with transaction.atomic():
        BulkRun.objects.filter(at__lt=timezone.now() - UNDO_FOR).delete()


def lay_schedules() -> None:
    foundations.schedule("Delete old exports", forget_exports.module_path, every_minutes=60)
    foundations.schedule("Forget old imports", forget_imports.module_path, every_minutes=24 * 60)
    foundations.schedule("Follow merges", follow_late_rows.module_path, every_minutes=60)
    foundations.schedule("Look for duplicates", look_for_duplicates.module_path, every_minutes=24 * 60)
    foundations.schedule("Forget old bulk runs", forget_old_runs.module_path, every_minutes=24 * 60)
