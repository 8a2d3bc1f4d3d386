"""What is done with leads by the clock, their scores, and in the background: distributions of campaigns."""

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from crm.core import foundations
from crm.core.actors import SYSTEM
from crm.core.models import Job
from crm.core.transactions import retried
from crm.core.work import beat, run_job, start_job
from crm.users.models import User
from leads.models import Distribution
from leads.services import distribution, scoring

_EVERY_MINUTE, _EVERY_NIGHT = 1, 24 * 60


@task
def score_changed_leads() -> None:
    if scoring.score_changed(at=timezone.now()) is None:
        start_job(score_all_leads.module_path, {})


@task(queue_name="long")
def learn_scores() -> None:
    scoring.learn_from_closed(actor=SYSTEM, at=timezone.now())
    start_job(score_all_leads.module_path, {})


@task(queue_name="long")
def score_all_leads(job_id: int) -> None:
    run_job(job_id, do_score_all)


def do_score_all(job: Job) -> None:
    """Part by part, each a transaction of its own; goes on behind the last one."""
    while retried(lambda: _next_part(job)):
        pass


def _next_part(job: Job) -> bool:
    with transaction.atomic():
        last = scoring.score_next(int(job.checkpoint.get("after", 0)), at=timezone.now())
        if last is not None:
            beat(job, job.done + 1, {"after": last})
    return last is not None


@task(queue_name="long")
def distribute(job_id: int) -> None:
    run_job(job_id, do_distribute)


def do_distribute(job: Job) -> None:
    """Batch by batch; a batch, its notes and the sign of life are one transaction."""
    steps = Distribution.objects.select_related("step__list", "step__owner", "step__owner_team")
    found = steps.get(pk=job.payload["distribution"])
    actor = User.objects.get(pk=found.person_id)
    while retried(lambda: _batch(found, actor, job)):
        pass
    retried(lambda: distribution.finish(found, timezone.now()))


def _batch(found: Distribution, actor: User, job: Job) -> bool:
    number = distribution.advance(found, actor)
    if number:
        beat(job, job.done + number, {})
    return bool(number)


def lay_schedules() -> None:
    foundations.schedule("Score changed leads", score_changed_leads.module_path, every_minutes=_EVERY_MINUTE)
    foundations.schedule("Learn scores of leads", learn_scores.module_path, every_minutes=_EVERY_NIGHT)
