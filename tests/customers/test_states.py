"""The two legal moves of accounts and contacts, and the refusal of every other one."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from crm.core.actors import SYSTEM
from crm.core.errors import IllegalMove
from crm.customers.services import accounts, contacts
from crm.customers.states import ACCOUNT_MACHINE, CONTACT_MACHINE
from tests.customers.rows import AT, row
from tests.factories.customers import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db

MOVES = {("active", "deactivate"): "inactive", ("inactive", "activate"): "active"}
STATES = ("active", "inactive")
NAMES = ("deactivate", "activate")

KINDS: dict[str, Any] = {
    "account": (AccountFactory, {"deactivate": accounts.deactivate_account, "activate": accounts.activate_account}),
    "contact": (ContactFactory, {"deactivate": contacts.deactivate_contact, "activate": contacts.activate_contact}),
}


def test_the_table_here_is_the_table_of_the_product() -> None:
    for machine in (ACCOUNT_MACHINE, CONTACT_MACHINE):
        assert tuple(machine.reasons) == STATES
        assert tuple(move.name for move in machine.moves) == NAMES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("state", "move"), MOVES)
def test_each_legal_move_is_made(kind: str, state: str, move: str) -> None:
    factory, services = KINDS[kind]
    record = factory.create(state=state, status_reason=state)
    services[move](**{f"{kind}_id": record.pk}, actor=SYSTEM, at=AT)
    assert (row(record)["state"], row(record)["status_reason"]) == (MOVES[state, move],) * 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("state", "move"), [(state, move) for state in STATES for move in NAMES if (state, move) not in MOVES]
)
def test_every_other_move_is_refused(kind: str, state: str, move: str) -> None:
    factory, services = KINDS[kind]
    record = factory.create(state=state, status_reason=state)
    before = row(record)
    with pytest.raises(TransitionNotAllowed):
        getattr(record, move)()
    with pytest.raises(IllegalMove, match=state):
        services[move](**{f"{kind}_id": record.pk}, actor=SYSTEM, at=AT)
    assert row(record) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "pair", [("active", "inactive"), ("inactive", "active"), ("draft", "draft"), ("active", "nonsense")]
)
def test_the_database_refuses_every_other_pair(kind: str, pair: tuple[str, str]) -> None:
    record = KINDS[kind][0].create()
    before = row(record)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(record).objects.filter(pk=record.pk).update(state=pair[0], status_reason=pair[1])
    assert row(record) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_cannot_be_assigned(kind: str) -> None:
    record = KINDS[kind][0].create()
    with pytest.raises(AttributeError):
        record.state = "inactive"
