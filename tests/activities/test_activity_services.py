"""What the services of activities do, and what they refuse."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from activities.models import Activity
from activities.regarding import Ref
from activities.services import activities as services
from activities.services.activities import FollowUp
from activities.services.closing import Closing, record_closes, retract_closes
from activities.services.parties import Party
from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from leads.models import Lead
from tests.factories.activities import AT, make_activity, make_canceled, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.together import at_once

LATER = AT + dt.timedelta(hours=3)


def saved(activity: Activity) -> Activity:
    found: Activity = Activity.objects.get(pk=activity.pk)
    return found


def create(cast: Cast, kind: str, **values: Any) -> Activity:
    regarding = values.pop("regarding", None)
    return services.create_activity(
        kind=kind,
        values={"subject": "Something"} | values,
        regarding=Ref.to(regarding) if regarding else None,
        actor=cast.rep_a,
        at=AT,
    )


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("task", "open", "not_started"),
        ("phone_call", "open", "open"),
        ("email", "open", "draft"),
        ("appointment", "scheduled", "busy"),
        ("note", "completed", "completed"),
    ],
)
def test_each_kind_begins_in_its_own_state(cast: Cast, kind: str, state: str, reason: str) -> None:
    activity = saved(create(cast, kind, **({"starts_at": AT} if kind == "appointment" else {})))
    assert (activity.state, activity.status_reason) == (state, reason)
    assert (activity.owner, activity.owning_unit, activity.created_by) == (cast.rep_a, cast.north, cast.rep_a)
    assert activity.completed_at == (AT if kind == "note" else None)


def test_an_appointment_may_be_tentative_and_has_an_end(cast: Cast) -> None:
    activity = saved(create(cast, "appointment", starts_at=AT, status_reason="tentative"))
    assert (activity.state, activity.status_reason) == ("open", "tentative")
    assert (activity.ends_at, activity.due_at) == (AT + dt.timedelta(minutes=30), AT)
    assert activity.duration_minutes == 30


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("appointment", {}, "starts_at"),
        ("appointment", {"starts_at": LATER, "ends_at": AT}, "ends_at"),
        ("task", {"subject": ""}, "subject"),
        ("task", {"subject": "x" * 301}, "subject"),
        ("task", {"priority": 7}, "priority"),
        ("task", {"status_reason": "busy"}, "status_reason"),
        ("party", {}, "kind"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(cast: Cast, kind: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create(cast, kind, **values)
    assert refusal.value.field == field
    assert not Activity.objects.exists()


def test_nobody_writes_to_a_record_that_they_may_not_see(cast: Cast) -> None:
    hidden = make_lead(cast.rep_c)
    with pytest.raises(NotFound):
        create(cast, "task", regarding=hidden)
    with pytest.raises(NotFound):
        services.create_activity(
            kind="task",
            values={"subject": "X"},
            participants=[Party("to", record=Ref.to(hidden))],
            actor=cast.rep_a,
            at=AT,
        )
    assert not Activity.objects.exists()


def test_who_may_only_read_creates_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        services.create_activity(kind="task", values={"subject": "X"}, actor=cast.read_only, at=AT)
    assert not Activity.objects.exists()


def test_what_the_system_plans_belongs_to_the_records_owner(cast: Cast) -> None:
    lead = make_lead(cast.rep_b)
    activity = services.create_activity(
        kind="task", values={"subject": "X"}, regarding=Ref.to(lead), actor=SYSTEM, at=AT
    )
    assert saved(activity).owner == cast.rep_b


def test_a_colleague_reads_but_does_not_change(cast: Cast) -> None:
    activity = make_activity(cast.rep_b)
    with pytest.raises(Forbidden):
        services.complete_activity(activity_id=activity.pk, actor=cast.rep_a, at=AT)
    with pytest.raises(NotFound):
        services.complete_activity(activity_id=activity.pk, actor=cast.rep_c, at=AT)
    assert saved(activity).state == "open"


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("task", {}, "completed"),
        ("phone_call", {"direction": "outgoing"}, "made"),
        ("phone_call", {"direction": "incoming"}, "received"),
        ("email", {"direction": "outgoing"}, "sent"),
        ("email", {"direction": "incoming"}, "received"),
        ("appointment", {"starts_at": AT}, "completed"),
    ],
)
def test_completing_says_what_kind_of_done_it_is(cast: Cast, kind: str, values: dict[str, Any], reason: str) -> None:
    activity = create(cast, kind, **values)
    services.complete_activity(activity_id=activity.pk, actor=cast.rep_a, at=LATER)
    kept = saved(activity)
    assert (kept.state, kept.status_reason, kept.completed_at, kept.completed_by) == (
        "completed",
        reason,
        LATER,
        cast.rep_a,
    )
    event = history.events_of(kept).first()
    assert event is not None
    assert event.pgh_context["action"] == "activity.completed"  # type: ignore[attr-defined]  # of every event model


def test_completing_may_plan_the_next_step(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    call = create(cast, "phone_call", regarding=lead)
    services.complete_activity(
        activity_id=call.pk, actor=cast.rep_a, at=AT, follow_up=FollowUp("appointment", "Visit", LATER)
    )
    visit = Activity.objects.get(kind="appointment")
    assert (visit.subject, visit.starts_at, visit.state) == ("Visit", LATER, "scheduled")
    assert (visit.follows, visit.regarding, visit.owner) == (call, lead, cast.rep_a)


def test_a_wrong_next_step_completes_nothing(cast: Cast) -> None:
    call = create(cast, "phone_call")
    with pytest.raises(Invalid):
        services.complete_activity(
            activity_id=call.pk, actor=cast.rep_a, at=AT, follow_up=FollowUp("appointment", "Visit")
        )
    assert saved(call).state == "open"
    assert Activity.objects.count() == 1


def test_completing_twice_is_refused(cast: Cast) -> None:
    activity = saved(make_completed(cast.rep_a))
    with pytest.raises(IllegalMove) as refusal:
        services.complete_activity(activity_id=activity.pk, actor=cast.rep_a, at=LATER)
    assert "completed" in refusal.value.sentence
    assert (saved(activity).version, saved(activity).completed_at) == (activity.version, activity.completed_at)


@pytest.mark.parametrize("make", [make_completed, make_canceled])
def test_what_is_done_is_read_only_until_it_is_reopened(cast: Cast, make: Any) -> None:
    activity = make(cast.rep_a)
    with pytest.raises(Conflict):
        services.update_activity(activity_id=activity.pk, values={"subject": "New"}, actor=cast.rep_a, at=AT)
    services.reopen_activity(activity_id=activity.pk, actor=cast.rep_a, at=AT)
    kept = saved(activity)
    assert (kept.state, kept.status_reason) == ("open", "not_started")
    assert (kept.completed_at, kept.completed_by, kept.canceled_at) == (None, None, None)
    services.update_activity(activity_id=activity.pk, values={"subject": "New"}, actor=cast.rep_a, at=AT)
    assert saved(activity).subject == "New"


def test_an_open_activity_moves_between_its_reasons(cast: Cast) -> None:
    meeting = create(cast, "appointment", starts_at=AT)
    for reason, state in (("out_of_office", "scheduled"), ("free", "open"), ("busy", "scheduled")):
        services.update_activity(activity_id=meeting.pk, values={"status_reason": reason}, actor=cast.rep_a, at=AT)
        assert (saved(meeting).state, saved(meeting).status_reason) == (state, reason)


def test_a_note_is_edited_and_never_reopened(cast: Cast) -> None:
    note = create(cast, "note", description="One")
    services.update_activity(activity_id=note.pk, values={"description": "Two"}, actor=cast.rep_a, at=AT)
    assert saved(note).description == "Two"
    with pytest.raises(Conflict):
        services.reopen_activity(activity_id=note.pk, actor=cast.rep_a, at=AT)
    assert saved(note).state == "completed"


def test_a_close_record_is_retracted_and_nothing_else(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    closing = Closing(regarding=lead, subject="Won", figures={"actual": "12.50"})
    close = record_closes(closings=[closing], actor=cast.rep_a, at=AT)[0]
    assert (saved(close).state, saved(close).status_reason, saved(close).figures) == (
        "completed",
        "recorded",
        {"actual": "12.50"},
    )
    for act in (services.reopen_activity, services.cancel_activity, services.complete_activity):
        with pytest.raises(Conflict):
            act(activity_id=close.pk, actor=cast.rep_a, at=AT)
    assert retract_closes(regarding=lead, actor=cast.rep_a, at=LATER) == [close]
    assert (saved(close).state, saved(close).canceled_at, saved(close).completed_at) == ("canceled", LATER, None)
    assert retract_closes(regarding=lead, actor=cast.rep_a, at=LATER) == []


def test_a_deleted_activity_is_nowhere(cast: Cast) -> None:
    activity = make_activity(cast.rep_a, regarding=make_lead(cast.rep_a))
    delete_record(model=Activity, record_id=activity.pk, actor=cast.rep_a, at=AT)
    assert not Activity.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_first_contacts_at_once_move_the_lead_once(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    calls = [make_activity(cast.rep_a, "phone_call", regarding=lead) for _number in range(8)]
    answers = at_once(
        partial(services.complete_activity, activity_id=call.pk, actor=cast.rep_a, at=AT) for call in calls
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    moves = [event for event in history.events_of(lead) if event.pgh_context["action"] == "lead.contacted"]  # type: ignore[attr-defined]  # of every event model
    assert len(moves) == 1
    assert Lead.objects.get().status_reason == "contacted"


@pytest.mark.django_db(transaction=True)
def test_the_same_activity_is_completed_once(cast: Cast) -> None:
    call = make_activity(cast.rep_a, "phone_call", regarding=make_lead(cast.rep_a))
    answers = at_once(
        [lambda: services.complete_activity(activity_id=call.pk, actor=cast.rep_a, at=AT) for _number in range(8)]
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(answer) for answer in refused] == [IllegalMove] * 7
