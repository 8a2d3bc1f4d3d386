"""Every pair of (state, reason) of an activity: the legal moves stand here in full, all others are refused."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from activities.models import Activity
from activities.states import ACTIVITY_MACHINE
from crm.core.errors import Invalid
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

OPEN = ("open", "not_started", "in_progress", "waiting", "deferred", "draft", "free", "tentative")
SCHEDULED = ("busy", "out_of_office")
DONE = ("completed", "made", "received", "sent")
PAIRS = [
    *(("open", reason) for reason in OPEN),
    *(("scheduled", reason) for reason in SCHEDULED),
    *(("completed", reason) for reason in (*DONE, "recorded")),
    ("canceled", "canceled"),
]
LIVE = [pair for pair in PAIRS if pair[0] in {"open", "scheduled"}]
CLOSED = [("completed", reason) for reason in DONE] + [("canceled", "canceled")]

LEGAL = {
    *itertools.product(LIVE, [("open", reason) for reason in OPEN]),
    *itertools.product(LIVE, [("scheduled", reason) for reason in SCHEDULED]),
    *itertools.product(LIVE, [("completed", reason) for reason in DONE]),
    *itertools.product(LIVE, [("canceled", "canceled")]),
    *itertools.product(CLOSED, [("open", reason) for reason in OPEN]),
    (("completed", "recorded"), ("canceled", "canceled")),
}
CHANGES = [change for change in itertools.product(PAIRS, PAIRS) if change[0] != change[1]]

# Which moves a record in this state may make, and where each may end.
MOVES = {
    "open": {"progress", "schedule", "complete", "cancel"},
    "scheduled": {"progress", "schedule", "complete", "cancel"},
    "completed": {"reopen"},
    "canceled": {"reopen"},
}


def in_state(cast: Cast, pair: tuple[str, str], kind: str = "appointment") -> Activity:
    """A row in this state, as imports make them."""
    state, reason = pair
    made = make_activity(cast.rep_a, kind)
    Activity.objects.filter(pk=made.pk).delete()
    row = Activity(
        kind=kind,
        state=state,
        status_reason=reason,
        subject="Meet",
        starts_at=made.starts_at,
        ends_at=made.ends_at,
        owner=cast.rep_a,
        owning_unit=cast.north,
        completed_at=timezone.now() if state == "completed" else None,
        canceled_at=timezone.now() if state == "canceled" else None,
    )
    row.save(force_insert=True)
    return row


def saved(activity: Activity) -> tuple[str, str]:
    return Activity.objects.values_list("state", "status_reason").get(pk=activity.pk)


def test_the_table_is_the_machine() -> None:
    machine = {(source, target) for source, target in CHANGES if _some_move(source, target)}
    assert machine == {change for change in LEGAL if change[0] != change[1]}
    assert {state: set(reasons) for state, reasons in ACTIVITY_MACHINE.reasons.items()} == {
        "open": set(OPEN),
        "scheduled": set(SCHEDULED),
        "completed": {*DONE, "recorded"},
        "canceled": {"canceled"},
    }


def _some_move(source: tuple[str, str], target: tuple[str, str]) -> bool:
    return any(
        ACTIVITY_MACHINE.holds(source, move.sources) and ACTIVITY_MACHINE.holds(target, move.targets)
        for move in ACTIVITY_MACHINE.moves
    )


def test_the_database_takes_the_legal_moves_and_no_other(cast: Cast) -> None:
    wrong = []
    for source in PAIRS:
        activity = in_state(cast, source)
        for target in (pair for pair in PAIRS if pair != source):
            if _database_takes(activity, target) != ((source, target) in LEGAL):
                wrong.append((source, target))
            assert saved(activity) == source
    assert wrong == []


def _database_takes(activity: Activity, target: tuple[str, str]) -> bool:
    state, reason = target
    now = timezone.now()
    values = {
        "state": state,
        "status_reason": reason,
        "completed_at": now if state == "completed" else None,
        "canceled_at": now if state == "canceled" else None,
    }
    try:
        with transaction.atomic():
            Activity.objects.filter(pk=activity.pk).update(**values)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return getattr(error.__cause__, "sqlstate", "") != "23514"
    return True


@pytest.mark.parametrize(
    ("state", "reason"), [("open", "busy"), ("scheduled", "open"), ("completed", "canceled"), ("canceled", "made")]
)
def test_no_row_has_a_reason_of_another_state(cast: Cast, state: str, reason: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        in_state(cast, (state, reason))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_the_model_makes_the_legal_moves_and_no_other(cast: Cast, pair: tuple[str, str]) -> None:
    legal = MOVES[pair[0]] if pair != ("completed", "recorded") else {"retract"}
    made = set()
    for name in ("progress", "schedule", "complete", "cancel", "reopen", "retract"):
        activity = Activity(kind="task", state=pair[0], status_reason=pair[1])
        try:
            _move(activity, name)
        except TransitionNotAllowed:
            assert (activity.state, activity.status_reason) == pair
        else:
            made.add(name)
    assert made == legal


def _move(activity: Activity, name: str) -> None:
    now = timezone.now()
    options: dict[str, dict[str, object]] = {
        "progress": {"reason": "waiting"},
        "schedule": {"reason": "busy"},
        "complete": {"at": now, "by_id": None, "reason": "completed"},
        "cancel": {"at": now},
        "retract": {"at": now},
    }
    getattr(activity, name)(**options.get(name, {}))


def test_a_move_does_not_end_in_a_reason_of_another_move() -> None:
    activity = Activity(kind="task")
    with pytest.raises(Invalid):
        activity.complete(at=timezone.now(), by_id=None, reason="recorded")
    with pytest.raises(Invalid):
        activity.progress(reason="busy")


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_direct_post_of_an_illegal_move_is_409_and_changes_nothing(
    cast: Cast, client_for: ClientFor, pair: tuple[str, str]
) -> None:
    client = client_for(cast.rep_a)
    activity = in_state(cast, pair)
    posts = {"complete", "cancel", "reopen"}
    legal = (MOVES[pair[0]] if pair != ("completed", "recorded") else set()) & posts
    for name in posts - legal:
        response = client.post(f"/activities/{activity.pk}/{name}/")
        assert response.status_code == 409, name
        assert ACTIVITY_MACHINE.label(pair[0]).lower() in response.text.lower()
        assert saved(activity) == pair
    for name in legal:
        again = in_state(cast, pair)
        assert client.post(f"/activities/{again.pk}/{name}/").status_code == 302, name
        assert saved(again)[0] == {"complete": "completed", "cancel": "canceled", "reopen": "open"}[name]
