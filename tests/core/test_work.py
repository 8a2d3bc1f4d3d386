import datetime as dt
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.core.models import Job, Schedule
from crm.core.work import MOST_STARTS, JobLost, beat, resume_stale_jobs, run_due_schedules, run_job, start_job
from crm.users.models import Territory
from tests.together import at_once

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
LATER = dt.timedelta(minutes=6)


class Killed(BaseException):
    """A worker that is killed handles no exception and writes nothing any more."""


dies_at: list[int] = []


@task
def do_nothing() -> None:
    pass


@task(queue_name="long")
def make_territories(job_id: int) -> None:
    run_job(job_id, _make_them)


def _make_them(job: Job) -> None:
    names = job.payload["names"]
    for position in range(job.checkpoint.get("next", 0), len(names)):
        with transaction.atomic():
            Territory.objects.create(name=names[position])
            if position in dies_at:
                dies_at.remove(position)
                raise Killed
            beat(job, position + 1, {"next": position + 1})


def queued(path: str) -> int:
    return DBTaskResult.objects.filter(task_path=path).count()


def territory_job(*names: str) -> Job:
    return start_job(make_territories.module_path, {"names": names})


def made() -> list[str]:
    return list(Territory.objects.order_by("pk").values_list("name", flat=True))


@pytest.fixture
def schedule(db: None) -> Schedule:
    Schedule.objects.all().delete()
    dies_at.clear()
    return Schedule.objects.create(
        name="nothing", task=do_nothing.module_path, every_minutes=10, next_at=NOW - dt.timedelta(minutes=1)
    )


def test_a_due_schedule_starts_its_task_and_is_due_again_later(schedule: Schedule) -> None:
    assert run_due_schedules(NOW) == 1
    schedule.refresh_from_db()
    assert (schedule.last_at, schedule.next_at) == (NOW, NOW + dt.timedelta(minutes=9))
    assert run_due_schedules(NOW) == 0
    assert queued(do_nothing.module_path) == 1


def test_missed_starts_are_made_up_for_once(schedule: Schedule) -> None:
    assert run_due_schedules(NOW + dt.timedelta(days=1)) == 1
    schedule.refresh_from_db()
    assert schedule.next_at == NOW + dt.timedelta(days=1, minutes=9)


def test_a_task_that_still_waits_is_not_queued_twice(schedule: Schedule) -> None:
    assert run_due_schedules(NOW) == 1
    assert run_due_schedules(NOW + dt.timedelta(minutes=10)) == 0
    assert queued(do_nothing.module_path) == 1


def test_a_schedule_that_is_switched_off_starts_nothing(schedule: Schedule) -> None:
    Schedule.objects.update(is_active=False)
    assert run_due_schedules(NOW) == 0
    assert queued(do_nothing.module_path) == 0


def test_a_wrong_path_does_not_stop_the_others(schedule: Schedule, caplog: pytest.LogCaptureFixture) -> None:
    Schedule.objects.create(name="wrong", task="crm.nowhere.nothing", every_minutes=1, next_at=NOW - LATER)
    assert run_due_schedules(NOW) == 1
    assert "The schedule names a task that does not exist: crm.nowhere.nothing" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_clocks_start_a_task_once() -> None:
    Schedule.objects.all().delete()
    Schedule.objects.create(name="nothing", task=do_nothing.module_path, every_minutes=10, next_at=NOW)
    answers: list[Any] = at_once([lambda: run_due_schedules(NOW)] * 5)
    assert sorted(answers) == [0, 0, 0, 0, 1]
    assert queued(do_nothing.module_path) == 1


def test_the_command_looks_once_when_asked_to(schedule: Schedule) -> None:
    call_command("run_schedule", once=True)
    assert queued(do_nothing.module_path) == 1


@pytest.mark.django_db(transaction=True)
def test_the_clock_stops_when_it_is_asked_to(database_url: str) -> None:
    Schedule.objects.update(last_at=None, next_at=NOW)
    clock = subprocess.Popen([sys.executable, "manage.py", "run_schedule"], cwd=settings.BASE_DIR)
    try:
        until = time.monotonic() + 120
        while Schedule.objects.filter(last_at=None).exists() and time.monotonic() < until:
            time.sleep(0.1)
        clock.terminate()
        assert clock.wait(30) == 0
    finally:
        clock.kill()
    assert not Schedule.objects.filter(last_at=None).exists()


def test_the_product_comes_with_its_schedules(db: None) -> None:
    from crm.core import tasks  # noqa: PLC0415

    planned = dict(Schedule.objects.values_list("task", "every_minutes"))
    assert planned[tasks.resume_jobs.module_path] == 1
    assert planned[tasks.tidy.module_path] == 1440
    tasks.resume_jobs.call()
    tasks.tidy.call()


def test_a_job_does_its_work_and_says_so(schedule: Schedule) -> None:
    job = territory_job("coast", "hills")
    assert queued(make_territories.module_path) == 1
    make_territories.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.tries) == (Job.State.DONE, 2, 1)
    assert job.finished_at is not None
    assert made() == ["coast", "hills"]


def test_a_job_that_is_done_is_not_done_again(schedule: Schedule) -> None:
    job = territory_job("coast")
    make_territories.call(job.pk)
    make_territories.call(job.pk)
    assert made() == ["coast"]
    job.refresh_from_db()
    assert job.tries == 1


def test_a_job_in_other_hands_is_left_alone(schedule: Schedule) -> None:
    job = territory_job("coast")
    Job.objects.update(state=Job.State.RUNNING, heartbeat_at=timezone.now())
    make_territories.call(job.pk)
    assert made() == []


def test_a_killed_job_goes_on_from_its_checkpoint(schedule: Schedule) -> None:
    job = territory_job("coast", "hills", "plain", "town")
    dies_at.append(2)
    with pytest.raises(Killed):
        make_territories.call(job.pk)
    assert made() == ["coast", "hills"]
    assert resume_stale_jobs(timezone.now()) == 0
    assert resume_stale_jobs(timezone.now() + LATER) == 1
    assert queued(make_territories.module_path) == 2
    make_territories.call(job.pk)
    job.refresh_from_db()
    assert made() == ["coast", "hills", "plain", "town"]
    assert (job.state, job.done, job.tries) == (Job.State.DONE, 4, 2)


def test_a_job_whose_queued_task_was_lost_is_queued_again(schedule: Schedule) -> None:
    territory_job("coast")
    DBTaskResult.objects.all().delete()
    later = timezone.now() + LATER
    assert resume_stale_jobs(later) == 1
    assert resume_stale_jobs(later) == 0
    assert queued(make_territories.module_path) == 1


def test_a_job_that_kills_its_workers_is_given_up(schedule: Schedule) -> None:
    job = territory_job("coast")
    for start in range(MOST_STARTS):
        dies_at.append(0)
        with pytest.raises(Killed):
            make_territories.call(job.pk)
        assert resume_stale_jobs(timezone.now() + LATER) == (start < MOST_STARTS - 1)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "Its worker died 5 times.")
    assert made() == []


def test_an_error_ends_the_job_and_is_kept(schedule: Schedule) -> None:
    job = territory_job("coast", "coast")
    with pytest.raises(Exception, match="duplicate key"):
        make_territories.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.FAILED, 1)
    assert job.error.startswith("IntegrityError: ")
    assert resume_stale_jobs(timezone.now() + LATER) == 0


def test_a_lost_database_leaves_the_job_to_be_taken_up_again(schedule: Schedule) -> None:
    job = start_job(make_territories.module_path, {})

    def fail(_job: Job) -> None:
        raise OperationalError("the server has gone away")

    with pytest.raises(OperationalError):
        run_job(job.pk, fail)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert resume_stale_jobs(timezone.now() + LATER) == 1


def test_a_worker_that_comes_back_finds_its_job_taken_over(schedule: Schedule) -> None:
    job = territory_job("coast", "hills")

    def sleep_through_the_takeover(mine: Job) -> None:
        resume_stale_jobs(timezone.now() + LATER)
        make_territories.call(mine.pk)
        beat(mine, 1, {"next": 1})

    with pytest.raises(JobLost):
        run_job(job.pk, sleep_through_the_takeover)
    job.refresh_from_db()
    assert (job.state, job.done, made()) == (Job.State.DONE, 2, ["coast", "hills"])
