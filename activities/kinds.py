"""What differs between the kinds of activity: where they begin, and what completing them is called."""

from activities.models import Activity
from activities.states import ACTIVITY_MACHINE
from crm.core.states import Pair

Kind = Activity.Kind

#: What a person plans or records; close records are written by closing something.
PLANNED = (Kind.TASK, Kind.PHONE_CALL, Kind.APPOINTMENT, Kind.EMAIL, Kind.NOTE)
#: Completing one of these on a new lead is the first contact.
CONTACTS = frozenset({Kind.PHONE_CALL, Kind.EMAIL, Kind.APPOINTMENT})

# The first one is where the kind begins. A booked appointment is scheduled, not open.
_BEGINNINGS: dict[str, tuple[Pair, ...]] = {
    Kind.TASK: (("open", "not_started"), ("open", "in_progress"), ("open", "waiting"), ("open", "deferred")),
    Kind.PHONE_CALL: (("open", "open"),),
    Kind.APPOINTMENT: (("scheduled", "busy"), ("scheduled", "out_of_office"), ("open", "tentative"), ("open", "free")),
    Kind.EMAIL: (("open", "draft"),),
    Kind.NOTE: (("completed", "completed"),),
    Kind.CLOSE: (("completed", "recorded"),),
}
_REOPENED = {Kind.TASK: "not_started", Kind.APPOINTMENT: "tentative", Kind.EMAIL: "draft"}
_OUTCOMES = {
    (Kind.PHONE_CALL, "outgoing"): "made",
    (Kind.PHONE_CALL, "incoming"): "received",
    (Kind.EMAIL, "outgoing"): "sent",
    (Kind.EMAIL, "incoming"): "received",
}


def beginnings(kind: str) -> tuple[Pair, ...]:
    """The (state, reason) in which an activity of this kind may stand while it is not done."""
    return _BEGINNINGS[kind]


def beginning_choices(kind: str) -> list[tuple[str, str]]:
    """The reasons to offer in a form; empty where there is nothing to choose."""
    reasons = [reason for _state, reason in _BEGINNINGS[kind]]
    return [(reason, ACTIVITY_MACHINE.label(reason)) for reason in reasons] if len(reasons) > 1 else []


def outcome(kind: str, direction: str) -> str:
    """The reason of a completed activity: a call was made or received, a task is just completed."""
    return _OUTCOMES.get((Kind(kind), direction), "completed")


def reason_when_reopened(kind: str) -> str:
    return _REOPENED.get(Kind(kind), "open")
