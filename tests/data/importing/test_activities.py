"""Calls, tasks, meetings, mails and notes from files: planned and done ones, each with whom they concern."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from activities.links import wrong_links
from activities.models import Activity, TimelineLink
from crm.customers.models import Account
from leads.models import Lead
from tests.data.importing.runs import do, mean, outcomes, rehearse, undo, upload
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact

pytestmark = pytest.mark.django_db

HEAD = "Activity Type,Subject,Status,Due Date,Start,End,Completed,Regarding,Contact,Priority,Comments\n"


def taken(cast: Cast, folder: Path, text: str) -> Any:
    return upload(cast.rep_a, folder, HEAD + text, noun="activities")


def test_every_kind_comes_in_done_or_to_be_done_with_whom_it_concerns(cast: Cast, tmp_path: Path) -> None:
    lead = make_lead(cast.rep_a, last_name="Lee", email="ann@acme.example")
    account = make_account(cast.rep_a, "Blue Inc")
    contact = make_contact(cast.rep_a, email="bob@blue.example", account=account)
    text = (
        f"Call,Asked for a price,Completed,,,,2026-03-02 09:30,{lead.number},,High,\n"
        "To Do,Send samples,In progress,2026-04-01,,,,ann@acme.example,,,\n"
        "Meeting,Visit,Held,,2026-02-01 10:00,2026-02-01 11:00,,Blue Inc,bob@blue.example,,\n"
        "Email,Offer,Cancelled,,,,,,bob@blue.example,,\n"
        'Note,,,,,,,Blue Inc,,,"They moved.\nNew address follows."\n'
        ",Call back,,2026-05-01,,,,,,,\n"
    )
    run = taken(cast, tmp_path, text)
    assert "" not in run.mapping
    assert rehearse(run, cast.rep_a)["counts"] == {"new": 6}
    assert not Activity.objects.exists()
    done = do(run, cast.rep_a)
    assert done.counts == {"new": 6}, outcomes(done)
    columns = ("kind", "subject", "state", "status_reason", "priority")
    assert list(Activity.objects.order_by("pk").values_list(*columns)) == [
        ("phone_call", "Asked for a price", "completed", "made", 2),
        ("task", "Send samples", "open", "in_progress", 1),
        ("appointment", "Visit", "completed", "completed", 1),
        ("email", "Offer", "canceled", "canceled", 1),
        ("note", "They moved.", "completed", "completed", 1),
        ("task", "Call back", "open", "not_started", 1),
    ]
    call, _task, visit, offer, *_rest = Activity.objects.order_by("pk")
    assert call.completed_at == dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    assert (call.regarding, visit.regarding, offer.regarding) == (lead, account, contact)
    assert [(row.role, row.party) for row in visit.participants.all()] == [("required", contact)]
    assert list(wrong_links()) == []
    # What came with a file makes nobody contacted.
    assert Lead.objects.get().status_reason == "new"

    again = do(taken(cast, tmp_path, text), cast.rep_a)
    assert again.counts == {"repeated": 6}
    undo(done, cast.rep_a)
    assert (Activity.objects.count(), TimelineLink.objects.count(), Account.objects.count()) == (0, 0, 1)


def test_what_concerns_nobody_known_or_hidden_is_told_and_can_be_let_in(cast: Cast, tmp_path: Path) -> None:
    make_account(cast.rep_c, "Hidden Ltd")
    for city in ("Rome", "Oslo"):
        make_lead(cast.rep_a, first_name="", last_name="Lee", city=city)
    run = taken(cast, tmp_path, "Call,One,,,,,,Hidden Ltd,,,\nCall,Two,,,,,,Lee,,,\nCall,,,,,,,,,,\n")
    found = rehearse(run, cast.rep_a)
    run.refresh_from_db()
    assert outcomes(run) == [
        (2, "failed", "regarding: There is no “Hidden Ltd” that you may see."),
        (3, "failed", "regarding: “Lee” fits several records."),
        (4, "failed", "Enter a subject."),
    ]
    assert found["unknown"] == {"regarding": {"Hidden Ltd": 1, "Lee": 1}}
    mean(run, cast.rep_a, regarding={"Hidden Ltd": "-"})
    assert do(run, cast.rep_a).counts == {"new": 1, "failed": 2}
    assert Activity.objects.get().regarding is None


def test_an_update_changes_what_is_planned_and_refuses_what_is_done(cast: Cast, tmp_path: Path) -> None:
    first = "Id,Type,Subject,Due\nA1,Task,Send samples,2026-04-01\nA2,Call,Called,\n"
    do(upload(cast.rep_a, tmp_path, first, noun="activities"), cast.rep_a)
    text = "Id,Type,Subject,Due\nA1,Task,Send 20 samples,2026-04-01\nA2,Call,Called,\n"
    done = do(upload(cast.rep_a, tmp_path, text, noun="activities"), cast.rep_a)
    assert done.counts == {"updated": 1, "same": 1}
    assert Activity.objects.filter(subject="Send 20 samples").count() == 1
    undo(done, cast.rep_a)
    assert Activity.objects.filter(subject="Send samples").count() == 1
