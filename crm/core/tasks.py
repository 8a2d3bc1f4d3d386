"""What the kernel does by the clock."""

from django.core.management import call_command
from django.tasks import task
from django.utils import timezone

from crm.core import foundations, history
from crm.core.actors import SYSTEM
from crm.core.idempotency import forget_old_keys
from crm.core.work import resume_stale_jobs


@task
@history.action("jobs.resumed", actor=SYSTEM)
def resume_jobs() -> None:
    resume_stale_jobs(timezone.now())


@task
@history.action("product.tidied", actor=SYSTEM)
def tidy() -> None:
    """Throw away what nobody can ask for any more: old keys of forms, sessions, results of tasks."""
    forget_old_keys(timezone.now())
    call_command("clearsessions")
    call_command("prune_db_task_results", queue_name="*", min_age_days=2, failed_min_age_days=14, verbosity=0)


def lay_schedules() -> None:
    foundations.schedule("Take up stopped jobs", resume_jobs.module_path, every_minutes=1)
    foundations.schedule("Tidy up", tidy.module_path, every_minutes=24 * 60)
