"""The timeline on the page of a record: what is next, what happened, what the system knows, the composer."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from activities.models import Activity
from activities.moments import moments_of
from crm.core.actors import SYSTEM
from crm.customers.services.accounts import create_account
from crm.customers.services.contacts import create_contact
from leads.models import Lead
from leads.services.leads import disqualify_lead
from tests.catalog.pages import text_of
from tests.factories.activities import AT, make_activity, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_contacted_lead, make_form, make_lead
from tests.fixtures import ClientFor


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def headings(page: str) -> list[str]:
    return re.findall(r'<h3 class="timeline-day">([^<]+)</h3>', page)


def after(page: str, heading: str) -> str:
    """The page from this heading to the next."""
    return page.partition(f">{heading}</h3>")[2].partition("<h3")[0]


@time_machine.travel(AT, tick=False)
def test_what_is_next_stands_above_what_has_happened_by_day(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, at=AT - dt.timedelta(days=3))
    make_activity(cast.rep_a, subject="Undated", regarding=lead)
    make_activity(cast.rep_a, subject="Late", regarding=lead, due_at=AT - dt.timedelta(days=2))
    make_activity(cast.rep_a, "appointment", subject="Visit", regarding=lead, starts_at=AT + dt.timedelta(days=1))
    make_completed(cast.rep_a, "phone_call", subject="First call", regarding=lead, at=AT - dt.timedelta(days=1))
    make_activity(cast.rep_a, "note", subject="Said yes", regarding=lead, at=AT)
    page = text_of(anna, f"/leads/{lead.pk}/")
    assert headings(page) == ["Next", "Today, 2 Mar", "Yesterday, 1 Mar", "27 Feb"]
    waiting = after(page, "Next")
    assert [waiting.index(name) for name in ("Late", "Visit", "Undated")] == sorted(
        waiting.index(name) for name in ("Late", "Visit", "Undated")
    )
    assert "overdue 2 d" in waiting
    assert "Said yes" in after(page, "Today, 2 Mar")
    assert "made a call" in after(page, "Yesterday, 1 Mar")
    assert "Lead created" in after(page, "27 Feb")


def test_the_moments_of_a_lead_tell_its_states(cast: Cast) -> None:
    lead = make_contacted_lead(cast.rep_a)
    disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=AT + dt.timedelta(days=9000))
    told = [(moment.what, moment.note) for moment in moments_of(Lead.objects.get(), cast.rep_a)]
    assert told == [
        ("State went to <strong>Disqualified</strong>", "Lost"),
        ("State went to <strong>Contacted</strong>", "with the first touch"),
        ("Lead created", ""),
    ]


def test_a_web_form_stands_on_the_timeline_as_text(cast: Cast, anna: Client) -> None:
    form = make_form(cast.rep_a, name="Fair form")
    sent = {"last_name": "Chang", "Interest": "<script>alert(1)</script>", "retURL": "https://evil.example"}
    Client().post(f"/capture/{form.key}/", sent)
    page = text_of(anna, f"/leads/{Lead.objects.get().pk}/")
    assert "Web form" in page
    assert "Fair form" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "evil.example" not in page
    assert "Lead created" not in page


@pytest.mark.parametrize(
    ("kind", "shown", "left_out"),
    [
        ("note", ["A fact"], ["A call", "Lead created", "To do"]),
        ("phone_call", ["A call"], ["A fact", "Lead created"]),
        ("task", ["To do"], ["A fact", "A call", "Lead created"]),
        ("change", ["Lead created"], ["A fact", "A call", "To do"]),
        ("nonsense", ["A fact", "A call", "Lead created", "To do"], []),
    ],
)
def test_a_chip_shows_one_kind(cast: Cast, anna: Client, kind: str, shown: list[str], left_out: list[str]) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, "note", subject="A fact", regarding=lead)
    make_completed(cast.rep_a, "phone_call", subject="A call", regarding=lead)
    make_activity(cast.rep_a, subject="To do", regarding=lead)
    page = text_of(anna, f"/leads/{lead.pk}/?panel=timeline&kind={kind}")
    assert [text for text in shown if text not in page] == []
    assert [text for text in left_out if text in page] == []


def test_moments_fall_on_the_page_of_their_time_once(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, at=AT)
    for number in range(25):
        make_activity(
            cast.rep_a, "note", subject=f"Note {number:02}", regarding=lead, at=AT + dt.timedelta(hours=number)
        )
    first = text_of(anna, f"/leads/{lead.pk}/")
    assert "Lead created" not in first
    following = next(part for part in first.split('"') if "panel=timeline&amp;after=" in part).replace("&amp;", "&")
    older = text_of(anna, following)
    assert older.count("Lead created") == 1
    assert "Back to the newest" in older
    assert 'id="composer"' not in older


def test_the_composer_begins_with_a_note_and_changes_in_place(cast: Cast, anna: Client, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a)
    page = text_of(anna, f"/leads/{lead.pk}/")
    assert 'name="description"' in page
    assert "Save note" in page
    assert f'href="/leads/{lead.pk}/?tab=timeline&amp;compose=task#composer"' in page
    assert f'hx-get="/leads/{lead.pk}/?panel=timeline&amp;compose=task"' in page
    task = text_of(anna, f"/leads/{lead.pk}/?panel=timeline&compose=task")
    assert 'id="task-due"' in task
    assert "Save note" not in task
    assert "Save note" in text_of(anna, f"/leads/{lead.pk}/?compose=close")
    assert 'id="composer"' not in text_of(client_for(cast.read_only), f"/leads/{lead.pk}/")


def test_texts_of_a_timeline_are_shown_as_text(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    script = "<script>alert(1)</script>"
    make_activity(cast.rep_a, subject=script, description=script, phone_number=script, location=script, regarding=lead)
    make_completed(cast.rep_a, "phone_call", subject=script, description=f"He said {script}", regarding=lead)
    page = text_of(anna, f"/leads/{lead.pk}/")
    assert script not in page
    assert page.count("&lt;script&gt;alert(1)") >= 4


@time_machine.travel(AT, tick=False)
def test_what_is_pinned_stands_first_and_once_on_every_timeline(cast: Cast, anna: Client) -> None:
    account = create_account(values={"name": "Acme"}, owner=cast.rep_a, actor=SYSTEM, at=AT)
    contact = create_contact(values={"last_name": "Lee", "account": account}, owner=cast.rep_a, actor=SYSTEM, at=AT)
    note = make_activity(cast.rep_a, "note", subject="Budget is released", regarding=contact, at=AT)
    task = make_activity(cast.rep_a, subject="Send offer", regarding=contact)
    assert anna.post(f"/activities/{note.pk}/pin/")["Location"] == f"/contacts/{contact.pk}/"
    for url in (f"/contacts/{contact.pk}/", f"/accounts/{account.pk}/"):
        page = text_of(anna, url)
        assert page.count("Budget is released") == 1
        assert page.index("Budget is released") < page.index("Send offer")
        assert "is-pinned" in page
    assert anna.post(f"/activities/{note.pk}/pin/").status_code == 409
    assert anna.post(f"/activities/{note.pk}/unpin/").status_code == 302
    assert Activity.objects.get(pk=note.pk).pinned_at is None
    assert "is-pinned" not in text_of(anna, f"/contacts/{contact.pk}/")
    assert anna.post(f"/activities/{task.pk}/unpin/").status_code == 409


def test_only_those_who_may_change_it_pin_it(cast: Cast, client_for: ClientFor) -> None:
    note = make_activity(cast.rep_a, "note", subject="Mine")
    for person, status in ((cast.rep_b, 403), (cast.read_only, 403), (cast.rep_c, 404)):
        assert client_for(person).post(f"/activities/{note.pk}/pin/").status_code == status
    assert Activity.objects.get().pinned_at is None


def test_a_pinned_entry_is_on_no_older_page(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, at=AT)
    notes = [
        make_activity(
            cast.rep_a, "note", subject=f"Note {number:02}", regarding=lead, at=AT + dt.timedelta(hours=number)
        )
        for number in range(24)
    ]
    anna.post(f"/activities/{notes[1].pk}/pin/")
    first = text_of(anna, f"/leads/{lead.pk}/")
    following = next(part for part in first.split('"') if "panel=timeline&amp;after=" in part).replace("&amp;", "&")
    older = text_of(anna, following)
    assert "Note 01" in first
    assert ["Note 01" in older, "Note 00" in older, "Note 02" in older] == [False, True, True]
