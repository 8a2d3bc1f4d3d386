"""When something is due in words, and the next step with each record of a page."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.due import due_words
from activities.next_steps import next_step_of, next_steps
from crm.users.models import User
from leads.models import Lead
from tests.factories.activities import AT, make_activity, make_canceled, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_lead

NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, ("", "")),
        (NOON - dt.timedelta(days=3), ("overdue 3 d", "late")),
        (NOON - dt.timedelta(days=1), ("overdue 1 d", "late")),
        (NOON - dt.timedelta(minutes=20), ("overdue 20 min", "late")),
        (NOON, ("today 12:00", "is-strong")),
        (NOON + dt.timedelta(hours=2), ("today 14:00", "is-strong")),
        (NOON.replace(hour=0), ("today", "is-strong")),
        (NOON + dt.timedelta(days=1), ("tomorrow", "")),
        (NOON + dt.timedelta(days=9), ("13 Mar", "")),
        (NOON + dt.timedelta(days=400), ("8 Apr 2027", "")),
    ],
)
def test_when_something_is_due_in_words(at: dt.datetime | None, words: tuple[str, str]) -> None:
    with timezone.override(dt.UTC):
        assert due_words(at, NOON) == words


def subjects(leads: list[Lead], actor: User) -> dict[int, str]:
    steps = next_steps(Lead, [lead.pk for lead in leads], actor)
    return {number: steps[lead.pk].subject for number, lead in enumerate(leads) if lead.pk in steps}


def test_the_next_step_is_the_open_activity_that_is_due_first(cast: Cast) -> None:
    first, second, third = (make_lead(cast.rep_a) for _number in range(3))
    make_activity(cast.rep_a, subject="Some day", regarding=first)
    make_activity(cast.rep_a, subject="Later", regarding=first, due_at=AT + dt.timedelta(days=2))
    make_activity(cast.rep_a, "appointment", subject="Sooner", regarding=first, starts_at=AT + dt.timedelta(days=1))
    make_completed(cast.rep_a, subject="Done", regarding=first, due_at=AT)
    make_canceled(cast.rep_a, subject="Dropped", regarding=second, due_at=AT)
    make_activity(cast.rep_a, "note", subject="Note", regarding=second)
    make_activity(cast.rep_a, subject="Undated", regarding=third)
    assert subjects([first, second, third], cast.rep_a) == {0: "Sooner", 2: "Undated"}


def test_a_next_step_that_the_reader_may_not_see_is_none(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_c, subject="Secret", regarding=lead, due_at=AT)
    assert subjects([lead], cast.rep_a) == {}
    assert subjects([lead], cast.administrator) == {0: "Secret"}
    assert "Secret" not in next_step_of(lead, cast.rep_a)


def test_the_next_steps_of_a_page_are_one_query(cast: Cast) -> None:
    leads = [make_lead(cast.rep_a) for _number in range(20)]
    for lead in leads:
        make_activity(cast.rep_a, regarding=lead)
    next_steps(Lead, [leads[0].pk], cast.rep_a)
    with CaptureQueriesContext(connection) as queries:
        assert len(next_steps(Lead, [lead.pk for lead in leads], cast.rep_a)) == 20
    assert len(queries) == 1


@time_machine.travel(NOON, tick=False)
def test_the_head_of_a_record_leads_to_its_next_step(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    assert ">None<" in next_step_of(lead, cast.rep_a)
    call = make_activity(cast.rep_a, "phone_call", subject="<b>Ask</b>", regarding=lead, due_at=NOON)
    html = next_step_of(lead, cast.rep_a)
    assert f'href="/activities/{call.pk}/" title="&lt;b&gt;Ask&lt;/b&gt;"' in html
    assert "Phone call" in html
