"""State machines, on a machine of their own and on the lead, whose reasons administrators may extend."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from crm.core.errors import IllegalMove, Invalid
from crm.core.models import StatusReason
from crm.core.reasons import reasons_for
from crm.core.states import ANY, Move, StateMachine
from leads.models import Lead
from leads.states import LEAD_MACHINE
from tests.factories.cast import Cast
from tests.factories.leads import AT, make_lead

DOOR = StateMachine(
    noun="door",
    reasons={"open": ("wide", "ajar"), "closed": ("shut", "locked")},
    moves=(
        Move("close", (("open", ANY),), (("closed", "shut"), ("closed", "locked"))),
        Move("unlock", (("closed", "locked"),), (("closed", "shut"),)),
        Move("break", (("closed", ANY),), (("open", "wide"), ("open", ANY))),
    ),
    extensible=frozenset({"open"}),
)


class Door:
    def __init__(self, state: str, reason: str) -> None:
        self.state, self.status_reason = state, reason


@pytest.mark.parametrize(
    ("move", "state", "reason", "allowed"),
    [
        ("close", "open", "wide", True),
        ("close", "open", "kicked_in", True),
        ("close", "closed", "shut", False),
        ("unlock", "closed", "locked", True),
        ("unlock", "closed", "shut", False),
        ("break", "open", "wide", False),
    ],
)
def test_a_move_starts_only_from_its_pairs(move: str, state: str, reason: str, allowed: bool) -> None:
    door: Any = Door(state, reason)
    assert DOOR.can(move, door) is allowed
    assert DOOR.allows(move)(door) is allowed


@pytest.mark.parametrize(
    ("move", "reason", "after"),
    [
        ("close", "", "shut"),
        ("close", "locked", "locked"),
        ("break", "", "wide"),
        ("break", "ajar", "ajar"),
        ("break", "kicked_in", "kicked_in"),
    ],
)
def test_a_move_ends_in_the_given_reason_or_its_default(move: str, reason: str, after: str) -> None:
    assert DOOR.reason_after(move, reason) == after


@pytest.mark.parametrize(("move", "reason"), [("close", "wide"), ("close", "painted"), ("break", "locked")])
def test_a_move_never_ends_in_a_reason_of_another_state(move: str, reason: str) -> None:
    with pytest.raises(Invalid, match="listed reasons") as refusal:
        DOOR.reason_after(move, reason)
    assert refusal.value.field == "status_reason"


def test_a_refusal_names_the_state(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(IllegalMove, match=r"This lead is open \(New\), so it cannot be changed that way \(reopen\)"):
        LEAD_MACHINE.check("reopen", lead)


def test_the_state_is_not_assigned(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(AttributeError):
        lead.state = "qualified"
    assert lead.state == "open"


def test_reading_again_and_validating_get_along_with_the_protected_state(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(status_reason="contacted")
    lead.refresh_from_db()
    lead.full_clean()
    assert (lead.state, lead.status_reason) == ("open", "contacted")
    lead.refresh_from_db(fields=["topic"])
    assert lead.state == "open"


def test_the_model_refuses_a_move_that_is_not_in_the_table(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(TransitionNotAllowed):
        lead.reopen()
    assert (lead.state, lead.status_reason) == ("open", "new")


@pytest.mark.parametrize(
    ("state", "reason"), [("open", "contacted"), ("disqualified", "lost"), ("disqualified", "went_bankrupt")]
)
def test_the_database_lets_a_legal_move_pass(cast: Cast, state: str, reason: str) -> None:
    lead = make_lead(cast.rep_a)
    closed_at = None if state == "open" else AT
    assert Lead.objects.filter(pk=lead.pk).update(state=state, status_reason=reason, closed_at=closed_at) == 1


def test_the_trigger_refuses_a_move_that_is_not_in_the_table(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(state="disqualified", status_reason="lost", closed_at=AT)
    with pytest.raises(IntegrityError, match="A lead does not go from disqualified"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(state="qualified", status_reason="qualified")
    lead.refresh_from_db()
    assert (lead.state, lead.status_reason) == ("disqualified", "lost")


@pytest.mark.parametrize(
    ("state", "reason"),
    [("open", "lost"), ("open", "went_bankrupt"), ("qualified", "lost"), ("disqualified", "new"), ("gone", "lost")],
)
def test_the_constraint_refuses_a_pair_that_does_not_fit(cast: Cast, state: str, reason: str) -> None:
    values = {"state": state, "status_reason": reason, "closed_at": None if state == "open" else AT}
    row = Lead(topic="Pumps", owner=cast.rep_a, owning_unit=cast.north, **values)
    with pytest.raises(DatabaseError, match="lead_state_reason"), transaction.atomic():
        Lead.objects.bulk_create([row])
    assert Lead.objects.count() == 0


def test_an_administrator_adds_a_reason_where_the_machine_allows_it(db: None) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="went_bankrupt", label="Went bankrupt")
    StatusReason.objects.create(
        noun="lead", state="disqualified", key="out_of_use", label="Out of use", is_active=False
    )
    assert [key for key, _label in reasons_for(LEAD_MACHINE, "disqualified")] == [
        "lost",
        "cannot_contact",
        "no_longer_interested",
        "canceled",
        "went_bankrupt",
    ]
    assert LEAD_MACHINE.reason_after("disqualify", "went_bankrupt") == "went_bankrupt"
    assert not LEAD_MACHINE.fits("open", "went_bankrupt")


def test_a_validation_error_of_a_reason_stays_a_validation_error(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    lead.topic = "x" * 10_000
    with pytest.raises(ValidationError):
        lead.full_clean()
    assert lead.state == "open"
