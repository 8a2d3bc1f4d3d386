"""Schedules and long jobs, on top of `django.tasks`.

The task queue never retries a task whose worker died and knows no clock. So `run_schedule` starts due tasks each
minute, and a job, whose progress is kept in a row with a heartbeat, is started again from its checkpoint when the
heartbeat has stopped. Work that must not be lost is a job.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.tasks import Task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.models import Job, Schedule
from crm.core.reactions import Reaction

STALE_AFTER = dt.timedelta(minutes=5)
MOST_STARTS = 5

_log = logging.getLogger(__name__)

#: Done or failed for good. `crm.users` tells the person whom the payload names as `person_id`.
ended = Reaction[[Job]]("job.ended")


class JobLost(Exception):
    """Another worker has taken the job over; whatever this one still writes would be written twice."""


def run_due_schedules(now: dt.datetime) -> int:
    """Start what is due and give the number of tasks put into the queue.

    Several processes may ask at once: each due row is claimed by one of them. Starts that were missed while
    nothing ran are made up for once, not one by one.
    """
    started = 0
    with history.action("schedule.run", actor=SYSTEM), transaction.atomic():
        due = Schedule.objects.select_for_update(skip_locked=True).filter(is_active=True, next_at__lte=now)
        for schedule in due.order_by("next_at", "pk"):
            started += _start(schedule.task)
            interval = dt.timedelta(minutes=schedule.every_minutes)
            schedule.next_at += interval * ((now - schedule.next_at) // interval + 1)
            schedule.last_at = now
            schedule.save(update_fields=["next_at", "last_at"])
    return started


def _start(path: str) -> int:
    """One that still waits in the queue is enough; a wrong path must not stop the other schedules."""
    if DBTaskResult.objects.ready().filter(task_path=path).exists():
        return 0
    try:
        _task_at(path).enqueue()
    except ImportError:
        _log.exception("The schedule names a task that does not exist: %s", path)
        return 0
    return 1


def _task_at(path: str) -> Task[..., Any]:
    task: Task[..., Any] = import_string(path)
    return task


def start_job(task_path: str, payload: Mapping[str, Any]) -> Job:
    """Keep the job and put its task into the queue, both in the caller's transaction.

    The task takes the job's id and calls `run_job`.
    """
    with transaction.atomic():
        job = keep_job(task_path, payload)
        _task_at(task_path).enqueue(job.pk)
    return job


def keep_job(task_path: str, payload: Mapping[str, Any]) -> Job:
    """A job that the caller does itself, by `run_job`. Where that process dies, a worker takes it up by its task."""
    return Job.objects.create(task=task_path, payload=dict(payload))


def run_job(job_id: int, work: Callable[[Job], object]) -> None:
    """Do the job's work from its checkpoint, unless it is done or in other hands.

    `work` reads `job.payload` and `job.checkpoint` and calls `beat` after each part, in the transaction of that
    part. An exception ends the job as failed; a lost database leaves it to be started again.
    """
    job = _claim(job_id, timezone.now())
    if job is None:
        return
    with history.action("job.run", actor=SYSTEM, about=f"core.job:{job.pk}"):
        try:
            work(job)
        except (JobLost, OperationalError):
            raise
        except Exception as error:
            _finish(job, Job.State.FAILED, error=f"{type(error).__name__}: {error}")
            raise
    _finish(job, Job.State.DONE)


def stop_job(job_id: int, why: str) -> None:
    """Whoever did it has been told to stop: nobody takes it up again."""
    _finish(Job.objects.get(pk=job_id), Job.State.FAILED, error=why)


def beat(job: Job, done: int, checkpoint: Mapping[str, Any]) -> None:
    """A sign of life with the progress so far. Raises `JobLost` when another worker has the job now."""
    job.done, job.checkpoint, job.heartbeat_at = done, dict(checkpoint), timezone.now()
    # The number of starts tells two workers with the same job apart.
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)
    if not mine.update(done=job.done, checkpoint=job.checkpoint, heartbeat_at=job.heartbeat_at):
        raise JobLost(str(job))


def resume_stale_jobs(now: dt.datetime) -> int:
    """Start jobs again whose worker or queued task is gone; give up after `MOST_STARTS`. Gives their number."""
    resumed = 0
    with transaction.atomic():
        silent = Job.objects.alias(seen_at=Coalesce("heartbeat_at", "created_at")).filter(
            Q(state=Job.State.RUNNING) | Q(state=Job.State.WAITING), seen_at__lt=now - STALE_AFTER
        )
        for job in silent.select_for_update(skip_locked=True).order_by("pk"):
            resumed += _resume(job, now)
    return resumed


def _resume(job: Job, now: dt.datetime) -> int:
    if job.tries >= MOST_STARTS:
        _finish(job, Job.State.FAILED, error=f"Its worker died {job.tries} times.")
        return 0
    job.state, job.heartbeat_at = Job.State.WAITING, now
    job.save(update_fields=["state", "heartbeat_at"])
    _task_at(job.task).enqueue(job.pk)
    return 1


def _claim(job_id: int, now: dt.datetime) -> Job | None:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.state != Job.State.WAITING:
            return None
        job.state, job.heartbeat_at, job.tries = Job.State.RUNNING, now, job.tries + 1
        job.save(update_fields=["state", "heartbeat_at", "tries"])
    return job


def _finish(job: Job, state: Job.State, *, error: str = "") -> None:
    mine = Job.objects.filter(pk=job.pk, tries=job.tries).exclude(state__in=[Job.State.DONE, Job.State.FAILED])
    with transaction.atomic():
        job.state, job.error, job.finished_at = state, error, timezone.now()
        if mine.update(state=job.state, error=job.error, finished_at=job.finished_at):
            ended.run(job)
