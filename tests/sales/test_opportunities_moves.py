"""The life of an opportunity as a literal table: model, database and pages refuse every move that is not in it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from crm.users.models import User
from sales.models import Opportunity
from sales.services.opportunities import hold_opportunity
from tests.factories.cast import Cast
from tests.factories.leads import AT
from tests.factories.opportunities import lose, make_won, today
from tests.factories.sales import again, make_opportunity
from tests.fixtures import ClientFor

PROGRESS, HELD, WON = ("open", "in_progress"), ("open", "on_hold"), ("won", "won")
CANCELED, OUT_SOLD = ("lost", "canceled"), ("lost", "out_sold")
PAIRS = (PROGRESS, HELD, WON, CANCELED, OUT_SOLD)

type Pair = tuple[str, str]

# (source, move, target); a loss ends in the reason that is given.
MOVES: set[tuple[Pair, str, Pair]] = {
    (PROGRESS, "hold", HELD),
    (HELD, "resume", PROGRESS),
    (PROGRESS, "win", WON),
    (HELD, "win", WON),
    (PROGRESS, "lose", CANCELED),
    (PROGRESS, "lose", OUT_SOLD),
    (HELD, "lose", CANCELED),
    (HELD, "lose", OUT_SOLD),
    (WON, "reopen", PROGRESS),
    (CANCELED, "reopen", PROGRESS),
    (OUT_SOLD, "reopen", PROGRESS),
}
LEGAL = {(source, move) for source, move, _target in MOVES}
NAMES = ("hold", "resume", "win", "lose", "reopen")


def _held(owner: User) -> Opportunity:
    return hold_opportunity(opportunity_id=make_opportunity(owner).pk, actor=owner, at=AT)


MAKERS: dict[Pair, Callable[[User], Opportunity]] = {
    PROGRESS: make_opportunity,
    HELD: _held,
    WON: make_won,
    CANCELED: lambda owner: lose(make_opportunity(owner), status_reason="canceled"),
    OUT_SOLD: lambda owner: lose(make_opportunity(owner), status_reason="out_sold"),
}


def _options(move: str) -> dict[str, Any]:
    closing = {"actual_revenue": Decimal(1), "closed_on": today()}
    return {"win": closing, "lose": {**closing, "reason": "canceled"}}.get(move, {})


def _pair(opportunity: Opportunity) -> Pair:
    fresh = again(opportunity)
    return fresh.state, fresh.status_reason


@pytest.mark.django_db
@pytest.mark.parametrize("move", NAMES)
@pytest.mark.parametrize("source", PAIRS)
def test_the_model_makes_legal_moves_and_refuses_all_others(source: Pair, move: str) -> None:
    opportunity = Opportunity(topic="Pumps", state=source[0], status_reason=source[1])
    if (source, move) in LEGAL:
        getattr(opportunity, move)(**_options(move))
        assert (source, move, (opportunity.state, opportunity.status_reason)) in MOVES
        return
    with pytest.raises(TransitionNotAllowed):
        getattr(opportunity, move)(**_options(move))
    assert (opportunity.state, opportunity.status_reason) == source


@pytest.mark.django_db
@pytest.mark.parametrize("target", PAIRS)
@pytest.mark.parametrize("source", PAIRS)
def test_the_database_lets_pass_only_the_pairs_of_the_table(cast: Cast, source: Pair, target: Pair) -> None:
    opportunity = MAKERS[source](cast.rep_a)
    is_open = target[0] == "open"
    implied: dict[str, Any] = {
        "actual_close_on": None if is_open else today(),
        "actual_revenue": None if is_open else Decimal(1),
    }
    row = Opportunity.objects.filter(pk=opportunity.pk)
    if source == target or any((source, move, target) in MOVES for move in NAMES):
        row.update(state=target[0], status_reason=target[1], **implied)
        assert _pair(opportunity) == target
        return
    with pytest.raises(IntegrityError, match="opportunity does not go from"), transaction.atomic():
        row.update(state=target[0], status_reason=target[1], **implied)
    assert _pair(opportunity) == source


@pytest.mark.django_db
@pytest.mark.parametrize("move", NAMES)
@pytest.mark.parametrize("source", PAIRS)
def test_a_direct_post_makes_legal_moves_and_is_a_conflict_otherwise(
    cast: Cast, client_for: ClientFor, source: Pair, move: str
) -> None:
    opportunity = MAKERS[source](cast.rep_a)
    before = Opportunity.objects.filter(pk=opportunity.pk).values().get()
    sent = {"closed_on": today().isoformat(), "status_reason": "out_sold"}
    response = client_for(cast.rep_a).post(f"/opportunities/{opportunity.pk}/{move}/", sent)
    if (source, move) in LEGAL:
        assert response.status_code == 302
        assert (source, move, _pair(opportunity)) in MOVES
        return
    assert response.status_code == 409
    assert Opportunity.objects.filter(pk=opportunity.pk).values().get() == before
