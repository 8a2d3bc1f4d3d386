"""The pages of activities, and the timeline on the pages of other records."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from activities.models import Activity, Attachment
from crm.core.actors import SYSTEM
from crm.customers.services.contacts import create_contact
from leads.models import Lead
from tests.catalog.pages import hidden, names_in, text_of
from tests.factories.activities import AT, make_activity, make_canceled, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def regarding(lead: Lead) -> str:
    return f"leads.lead:{lead.pk}"


@time_machine.travel(AT, tick=False)
def test_pages_of_the_work_to_do(cast: Cast, anna: Client) -> None:
    now = timezone.now()
    make_activity(cast.rep_a, subject="Late", due_at=now - dt.timedelta(days=2))
    make_activity(cast.rep_a, subject="Some day")
    make_activity(cast.rep_a, subject="Today", due_at=now + dt.timedelta(hours=1))
    make_activity(cast.rep_a, "appointment", subject="Booked", starts_at=now + dt.timedelta(days=9))
    make_activity(cast.rep_b, subject="Bens")
    make_activity(cast.rep_c, subject="Hidden")
    make_completed(cast.rep_a, subject="Done")
    make_canceled(cast.rep_a, subject="Dropped")
    assert names_in(text_of(anna, "/activities/")) == ["Late", "Today", "Booked", "Some day"]
    assert names_in(text_of(anna, "/activities/?view=overdue")) == ["Late"]
    assert names_in(text_of(anna, "/activities/?view=today")) == ["Today"]
    assert names_in(text_of(anna, "/activities/?view=completed")) == ["Done"]
    everything = text_of(anna, "/activities/?view=all")
    assert len(names_in(everything)) == 7
    assert "Hidden" not in everything
    assert names_in(text_of(anna, "/activities/?view=all&q=kind:appointment")) == ["Booked"]
    assert names_in(text_of(anna, "/activities/?view=all&q=some")) == ["Some day"]


@pytest.mark.parametrize("query", ["?sort=owner__password", "?after=x", "?view=x", "?kind=x", "?due_from=x", "?x=1"])
def test_what_an_address_asks_wrongly_is_ignored_with_a_notice(cast: Cast, anna: Client, query: str) -> None:
    make_activity(cast.rep_a, subject="Mine")
    page = text_of(anna, f"/activities/{query}")
    assert names_in(page) == ["Mine"]
    assert "note" in page


@pytest.mark.parametrize(
    ("kind", "values", "state"),
    [
        ("task", {"due_at": "2026-03-05T10:00", "priority": "2", "status_reason": "waiting"}, ("open", "waiting")),
        ("phone_call", {"direction": "outgoing", "done": "1"}, ("completed", "made")),
        ("email", {"direction": "incoming", "done": "1"}, ("completed", "received")),
        ("email", {"direction": "outgoing"}, ("open", "draft")),
        ("appointment", {"starts_at": "2026-03-05T10:00"}, ("scheduled", "busy")),
    ],
)
def test_the_composer_writes_on_the_record(
    cast: Cast, anna: Client, kind: str, values: dict[str, str], state: tuple[str, str]
) -> None:
    lead = make_lead(cast.rep_a)
    page = text_of(anna, f"/leads/{lead.pk}/?compose={kind}")
    assert f'action="/activities/new/?kind={kind}&amp;regarding={regarding(lead)}"' in page
    defaults = {"priority": "1"} if kind == "task" else {}
    form = {"kind": kind, "subject": "Next", **defaults, **values}
    response = anna.post(f"/activities/new/?kind={kind}&regarding={regarding(lead)}", form)
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    activity = Activity.objects.get()
    assert (activity.kind, activity.subject, activity.regarding, activity.owner) == (kind, "Next", lead, cast.rep_a)
    assert (activity.state, activity.status_reason) == state
    assert "Next" in text_of(anna, f"/leads/{lead.pk}/")
    contacted = state[0] == "completed"
    assert Lead.objects.get().status_reason == ("contacted" if contacted else "new")


def test_a_note_with_a_file_stands_on_the_timeline(
    cast: Cast, anna: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    lead = make_lead(cast.rep_a)
    files = [SimpleUploadedFile("one.txt", b"1"), SimpleUploadedFile("two.txt", b"22")]
    form = {"kind": "note", "regarding": regarding(lead), "description": "<b>Hello</b>", "attachments": files}
    assert anna.post("/activities/new/", form).status_code == 302
    note = Activity.objects.get()
    assert (note.subject, note.state) == ("<b>Hello</b>", "completed")
    page = text_of(anna, f"/leads/{lead.pk}/")
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "<b>Hello" not in page
    for attachment in Attachment.objects.all():
        assert f"/activities/{note.pk}/files/{attachment.pk}/" in page
    assert "two.txt" in text_of(anna, f"/activities/{note.pk}/?tab=files")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "task", "subject": "", "priority": "1"}, "subject"),
        ({"kind": "appointment", "subject": "Meet"}, "starts_at"),
        (
            {
                "kind": "appointment",
                "subject": "Meet",
                "starts_at": "2026-03-05T10:00",
                "ends_at": "2026-03-05T09:00",
            },
            "ends_at",
        ),
        ({"kind": "note", "description": " "}, "description"),
        ({"kind": "task", "subject": "X", "priority": "1", "due_at": "soon"}, "due_at"),
    ],
)
def test_wrong_values_come_back_at_their_field(cast: Cast, anna: Client, form: dict[str, str], field: str) -> None:
    response = anna.post("/activities/new/", form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert form.get("subject", "") in response.text
    assert not Activity.objects.exists()


def test_nobody_writes_to_a_hidden_or_odd_record(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_c, last_name="Secretive")
    for name in (regarding(lead), "users.user:1", "leads.lead:x", "leads.lead:99999999999999999999", "x"):
        form = {"kind": "task", "subject": "Typed already", "priority": "1"}
        for url, sent in (
            (f"/activities/new/?regarding={name}", form),
            ("/activities/new/", {**form, "regarding": name}),
        ):
            response = anna.post(url, sent)
            assert (response.status_code, list(response.context["form"].errors)) == (422, ["regarding"]), name
            assert "Secretive" not in response.text
            assert "Typed already" in response.text
    assert not Activity.objects.exists()


def test_a_hidden_and_a_missing_record_are_refused_with_the_same_words(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_c)
    form = {"kind": "task", "subject": "X", "priority": "1"}
    answers = [
        anna.post("/activities/new/", {**form, "regarding": name}).context["form"].errors["regarding"]
        for name in (regarding(lead), "leads.lead:999999")
    ]
    assert answers == [["There is no such lead, or you may not see it."]] * 2
    assert not Activity.objects.exists()


def test_a_new_activity_says_what_it_is_and_what_it_concerns(cast: Cast, anna: Client) -> None:
    mine, hidden_lead = make_lead(cast.rep_a), make_lead(cast.rep_c, last_name="Secretive")
    page = text_of(anna, f"/activities/new/?kind=phone_call&regarding={regarding(mine)}")
    assert "New phone call" in page
    assert f'Regarding <a href="/leads/{mine.pk}/">Megan Chang</a>' in page
    for name in (regarding(hidden_lead), "leads.lead:999999", "x"):
        page = text_of(anna, f"/activities/new/?kind=task&regarding={name}")
        assert "New task" in page
        assert ">Regarding" not in page
        assert "Secretive" not in page


def test_a_form_sent_twice_makes_one_activity(cast: Cast, anna: Client) -> None:
    form = {"kind": "task", "subject": "Once", "priority": "1", "idempotency_key": "key"}
    first, second = (anna.post("/activities/new/", form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_completing_is_one_post_and_may_plan_the_next_step(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    call = make_activity(cast.rep_a, "phone_call", regarding=lead)
    assert f'action="/activities/{call.pk}/complete/"' in text_of(anna, f"/leads/{lead.pk}/")
    assert "Next step" in text_of(anna, f"/activities/{call.pk}/complete/")
    assert Activity.objects.get().state == "open"
    form = {"follow_up": "Send offer", "follow_up_kind": "task", "follow_up_at": "2026-03-05T10:00"}
    response = anna.post(f"/activities/{call.pk}/complete/", form)
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert Activity.objects.get(kind="phone_call").state == "completed"
    assert Activity.objects.get(kind="task").subject == "Send offer"


def test_the_list_names_what_it_may_and_completes_in_one_post(cast: Cast, anna: Client) -> None:
    lead, hidden_lead = make_lead(cast.rep_a), make_lead(cast.rep_b, last_name="Secretive")
    contact = create_contact(values={"last_name": "Cox"}, owner=cast.rep_a, actor=SYSTEM, at=timezone.now())
    call = make_activity(cast.rep_a, "phone_call", subject="First", regarding=lead)
    make_activity(cast.rep_a, subject="Second", regarding=contact)
    bens = make_activity(cast.rep_b, subject="Bens", regarding=hidden_lead)
    page = text_of(anna, "/activities/?view=all")
    assert f'<a href="/leads/{lead.pk}/">Megan Chang</a>' in page
    assert f'<a href="/contacts/{contact.pk}/">Cox</a>' in page
    assert "A lead you may not see" in page
    assert "Secretive" not in page
    assert f'hx-post="/activities/{call.pk}/complete/"' in page
    assert f'hx-post="/activities/{bens.pk}/complete/"' not in page
    response = anna.post(f"/activities/{call.pk}/complete/", {"idempotency_key": "k", "go_on": "list"})
    assert (response.status_code, response["Location"]) == (302, "/activities/")
    again = anna.post(f"/activities/{call.pk}/complete/", {"idempotency_key": "k", "go_on": "list"})
    assert (again.status_code, again["Location"]) == (302, "/activities/")
    assert Activity.objects.get(pk=call.pk).state == "completed"


def test_one_goes_on_only_to_pages_of_ours(cast: Cast, anna: Client) -> None:
    task = make_activity(cast.rep_a)
    assert anna.post(f"/activities/{task.pk}/complete/", {"go_on": "https://evil.example"}).status_code == 422
    assert Activity.objects.get().state == "open"


def test_only_those_who_may_complete_are_offered_it(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    bens = make_activity(cast.rep_b, regarding=lead, subject="Bens task")
    page = text_of(anna, f"/leads/{lead.pk}/")
    assert "Bens task" in page
    assert f"/activities/{bens.pk}/complete/" not in page


def test_a_next_meeting_needs_its_time(cast: Cast, anna: Client) -> None:
    call = make_activity(cast.rep_a, "phone_call")
    form = {"follow_up": "Visit", "follow_up_kind": "appointment"}
    response = anna.post(f"/activities/{call.pk}/complete/", form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["follow_up_at"]
    assert Activity.objects.get().state == "open"


def test_an_activity_is_edited_as_its_kind_asks(cast: Cast, anna: Client) -> None:
    contact = create_contact(values={"last_name": "Cox"}, owner=cast.rep_a, actor=SYSTEM, at=timezone.now())
    meeting = make_activity(cast.rep_a, "appointment")
    page = text_of(anna, f"/activities/{meeting.pk}/edit/")
    assert 'name="location"' in page
    assert 'name="priority"' not in page
    form = {
        "subject": "Lunch",
        "starts_at": "2026-03-05T10:00",
        "ends_at": "2026-03-05T11:00",
        "location": "Here",
        "status_reason": "tentative",
        "with_contact": f"Cox (#{contact.pk})",
        "version": hidden(page, "version"),
    }
    assert anna.post(f"/activities/{meeting.pk}/edit/", form).status_code == 302
    kept = Activity.objects.get()
    assert (kept.subject, kept.location, kept.status_reason, kept.duration_minutes) == (
        "Lunch",
        "Here",
        "tentative",
        60,
    )
    assert [row.party for row in kept.participants.all()] == [contact]
    assert "Cox" in text_of(anna, f"/activities/{meeting.pk}/")
    stale = anna.post(f"/activities/{meeting.pk}/edit/", {**form, "subject": "Dinner"})
    assert stale.status_code == 409
    assert Activity.objects.get().subject == "Lunch"


def test_what_is_done_cannot_be_edited(cast: Cast, anna: Client) -> None:
    task = make_completed(cast.rep_a)
    for response in (anna.get(f"/activities/{task.pk}/edit/"), anna.post(f"/activities/{task.pk}/edit/", {})):
        assert response.status_code == 409
        assert "Reopen it" in response.text


def test_an_activity_page_does_not_name_a_hidden_record(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_b, last_name="Secretive")
    task = make_activity(cast.rep_b, regarding=lead)
    page = text_of(client_for(cast.rep_a), f"/activities/{task.pk}/")
    assert "Secretive" not in page
    assert "A record that you may not see" in page


@pytest.mark.parametrize("screen", ["", "edit/", "delete/", "complete/", "cancel/", "assign/"])
def test_who_may_see_and_who_may_do(cast: Cast, client_for: ClientFor, screen: str) -> None:
    task = make_activity(cast.rep_a, subject="Private matter")
    url = f"/activities/{task.pk}/{screen}"
    assert Client().get(url).status_code == 302
    assert client_for(cast.rep_a).get(url).status_code == 200
    for person, status in ((cast.rep_b, 403), (cast.read_only, 403), (cast.rep_c, 404)):
        client = client_for(person)
        expected = 200 if not screen and status == 403 else status
        response = client.get(url)
        assert response.status_code == expected
        assert ("Private matter" in response.text) is (expected == 200)
        if screen:
            assert client.post(url, {"subject": "Taken"}).status_code == status
    kept = Activity.objects.get()
    assert (kept.subject, kept.state, kept.owner) == ("Private matter", "open", cast.rep_a)


def test_an_activity_is_deleted_and_assigned(cast: Cast, anna: Client) -> None:
    first, second = make_activity(cast.rep_a), make_activity(cast.rep_a)
    assert anna.post(f"/activities/{first.pk}/delete/").status_code == 302
    assert anna.post(f"/activities/{second.pk}/assign/", {"owner": cast.rep_b.pk}).status_code == 302
    assert Activity.objects.get().owner == cast.rep_b


def test_the_timeline_has_pages_of_its_own(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    for number in range(25):
        make_activity(cast.rep_a, "note", subject=f"Note {number:02}", regarding=lead)
    first = text_of(anna, f"/leads/{lead.pk}/")
    assert "Note 24" in first
    assert "Note 04" not in first
    following = next(part for part in first.split('"') if "panel=timeline&amp;after=" in part).replace("&amp;", "&")
    older = text_of(anna, following)
    assert "Note 04" in older
    assert "Note 24" not in older
    assert "Show older" not in older


def test_a_timeline_through_the_filter_of_a_kind(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, "note", subject="Note one", regarding=lead)
    make_activity(cast.rep_a, subject="Task one", regarding=lead)
    page = text_of(anna, f"/leads/{lead.pk}/?panel=timeline&kind=task")
    assert "Task one" in page
    assert "Note one" not in page


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def _fill(cast: Cast, number: int, **options: Any) -> None:
    for _number in range(number):
        make_activity(cast.rep_a, regarding=make_lead(cast.rep_a), **options)


def test_a_list_of_fifty_costs_what_a_list_of_two_costs(cast: Cast, anna: Client) -> None:
    _fill(cast, 2)
    few = _queries(anna, "/activities/")
    _fill(cast, 48)
    assert _queries(anna, "/activities/") == few <= 8


def test_an_activity_page_costs_few_queries(cast: Cast, anna: Client) -> None:
    task = make_activity(cast.rep_a, regarding=make_lead(cast.rep_a))
    assert _queries(anna, f"/activities/{task.pk}/") <= 12
