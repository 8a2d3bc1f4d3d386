"""Bulk runs in the background and beside other people: killed and taken up again, raced, and quick."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from crm.core.models import Job
from crm.core.work import resume_stale_jobs
from crm.data.models import BulkRun
from crm.data.services import runs
from crm.data.services.runs import Worker
from crm.data.tasks import run_bulk
from crm.users.models import Notification
from leads.models import Lead
from leads.services.leads import update_lead
from tests.data.runs import outcomes, run, undo
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor
from tests.together import at_once


class Killed(BaseException):
    """A worker that is killed handles no exception and writes nothing any more."""


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that seven leads are many: more than are done at once, in batches of two."""
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    monkeypatch.setattr("crm.data.acts.edit.BATCH", 2)


def ratings() -> list[str]:
    return list(Lead.objects.order_by("pk").values_list("rating", flat=True))


@pytest.mark.django_db
def test_many_are_left_to_the_worker_with_progress_and_the_person_is_told(few_at_once: None, cast: Cast) -> None:
    for _number in range(7):
        make_lead(cast.rep_a, rating="cold")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    job = Job.objects.get()
    assert (done.finished_at, done.job, job.total, ratings()) == (None, job, 7, ["cold"] * 7)
    run_bulk.call(job.pk)
    job.refresh_from_db()
    done.refresh_from_db()
    assert (job.state, job.done, ratings()) == ("done", 7, ["hot"] * 7)
    assert done.finished_at is not None
    told = Notification.objects.get(person=cast.rep_a)
    assert (told.words["title"], told.url) == ("Rating set to Hot", f"/bulk-changes/{done.pk}/")
    undo(done, cast.rep_a)
    run_bulk.call(Job.objects.latest("pk").pk)
    assert ratings() == ["cold"] * 7


@pytest.mark.django_db
def test_a_run_whose_worker_gave_up_is_taken_back(few_at_once: None, cast: Cast, client_for: ClientFor) -> None:
    for _number in range(5):
        make_lead(cast.rep_a, rating="cold")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    Worker(done, cast.rep_a).advance()
    assert ratings() == ["hot"] * 2 + ["cold"] * 3
    url = f"/bulk-changes/{done.pk}/undo/"
    assert client_for(cast.rep_a).post(url).status_code == 409
    Job.objects.update(state=Job.State.FAILED)
    assert url in client_for(cast.rep_a).get(f"/bulk-changes/{done.pk}/").content.decode()
    assert client_for(cast.rep_a).post(url).status_code == 302
    assert ratings() == ["cold"] * 5


@pytest.mark.django_db
def test_taking_back_that_gave_up_is_begun_again_where_it_was(
    few_at_once: None, cast: Cast, client_for: ClientFor
) -> None:
    for _number in range(5):
        make_lead(cast.rep_a, rating="cold")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    run_bulk.call(Job.objects.get().pk)
    undone = undo(done, cast.rep_a)
    Worker(undone, cast.rep_a).advance()
    anna, url = client_for(cast.rep_a), f"/bulk-changes/{done.pk}/undo/"
    assert anna.post(url).status_code == 409, "it is at work"
    Job.objects.filter(payload__run=undone.pk).update(state=Job.State.FAILED)
    assert ratings() == ["cold"] * 2 + ["hot"] * 3
    for page in (done, undone):
        assert url in anna.get(f"/bulk-changes/{page.pk}/").content.decode()
    assert anna.post(url)["Location"] == f"/bulk-changes/{undone.pk}/"
    assert anna.post(url).status_code == 409, "once"
    run_bulk.call(Job.objects.latest("pk").pk)
    assert ratings() == ["cold"] * 5
    assert (BulkRun.objects.count(), set(outcomes(undone).values())) == (2, {"done"})


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_is_followed_by_one_that_goes_on(
    few_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    for _number in range(7):
        make_lead(cast.rep_a, rating="cold")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    job = Job.objects.get()
    advance, calls = Worker.advance, list[int]()

    def dying(worker: Worker) -> int:
        number = advance(worker)
        calls.append(number)
        if len(calls) == 3:
            raise Killed
        return number

    monkeypatch.setattr(Worker, "advance", dying)
    with pytest.raises(Killed):
        run_bulk.call(job.pk)
    assert (ratings(), list(outcomes(done).values()).count("waiting")) == (["hot"] * 4 + ["cold"] * 3, 3)
    versions = list(Lead.objects.order_by("pk").values_list("version", flat=True))
    Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=6))
    assert resume_stale_jobs(timezone.now()) == 1
    run_bulk.call(job.pk)
    assert ratings() == ["hot"] * 7
    # Those of the first batches were not written again.
    assert list(Lead.objects.order_by("pk").values_list("version", flat=True))[:4] == versions[:4]
    assert set(outcomes(done).values()) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_a_run_and_an_edit_at_the_same_moment_both_happen_once() -> None:
    cast = make_cast()
    leads = [make_lead(cast.rep_a, rating="cold") for _number in range(5)]
    works: list[Any] = [
        lambda: run(Lead, "edit-rating", cast.rep_a, rating="hot"),
        *(
            lambda key=lead.pk: update_lead(lead_id=key, values={"topic": "Typed"}, actor=cast.rep_a, at=timezone.now())
            for lead in leads
        ),
    ]
    answers = at_once(works)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert set(Lead.objects.values_list("topic", "version")) == {("Typed", 3)}
    assert [row.outcome for row in BulkRun.objects.get().rows.all()] == ["done"] * 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_back_the_same_run_one_does() -> None:
    cast = make_cast()
    make_lead(cast.rep_a, rating="cold")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    answers = at_once([lambda: undo(done, cast.rep_a)] * 4)
    assert sum(isinstance(answer, BulkRun) for answer in answers) == 1
    assert {str(answer) for answer in answers if isinstance(answer, Exception)} == {"This has been taken back already."}
    assert (ratings(), BulkRun.objects.count()) == (["cold"], 2)
