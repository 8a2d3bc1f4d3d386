"""Every pair of (state, reason) of a lead: the legal moves stand here in full, all others are refused."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from crm.core.models import StatusReason
from leads.models import Lead
from leads.states import LEAD_MACHINE
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor

type Pair = tuple[str, str]

NEW, CONTACTED, QUALIFIED = ("open", "new"), ("open", "contacted"), ("qualified", "qualified")
LOST, CANNOT = ("disqualified", "lost"), ("disqualified", "cannot_contact")
NO_LONGER, CANCELED = ("disqualified", "no_longer_interested"), ("disqualified", "canceled")
ADDED = ("disqualified", "no_budget")
PAIRS = [NEW, CONTACTED, QUALIFIED, LOST, CANNOT, NO_LONGER, CANCELED, ADDED]

LEGAL = {
    (NEW, CONTACTED): "contact",
    (NEW, QUALIFIED): "qualify",
    (CONTACTED, QUALIFIED): "qualify",
    (NEW, LOST): "disqualify",
    (NEW, CANNOT): "disqualify",
    (NEW, NO_LONGER): "disqualify",
    (NEW, CANCELED): "disqualify",
    (NEW, ADDED): "disqualify",
    (CONTACTED, LOST): "disqualify",
    (CONTACTED, CANNOT): "disqualify",
    (CONTACTED, NO_LONGER): "disqualify",
    (CONTACTED, CANCELED): "disqualify",
    (CONTACTED, ADDED): "disqualify",
    (QUALIFIED, NEW): "reopen",
    (LOST, NEW): "reopen",
    (CANNOT, NEW): "reopen",
    (NO_LONGER, NEW): "reopen",
    (CANCELED, NEW): "reopen",
    (ADDED, NEW): "reopen",
    (CONTACTED, NEW): "renew",
}


def in_state(cast: Cast, pair: Pair) -> Lead:
    """A row in this state, as imports make them."""
    state, reason = pair
    made = make_lead(cast.rep_a)
    Lead.objects.filter(pk=made.pk).delete()
    row = Lead(
        number=made.number,
        name=made.name,
        last_name="Chang",
        state=state,
        status_reason=reason,
        owner=cast.rep_a,
        owning_unit=cast.north,
        closed_at=None if state == "open" else timezone.now(),
    )
    row.save(force_insert=True)
    return row


def saved(lead: Lead) -> Pair:
    found: Pair = Lead.objects.values_list("state", "status_reason").get(pk=lead.pk)
    return found


def test_the_table_is_the_machine() -> None:
    found = {
        (source, target): move.name
        for source, target in itertools.product(PAIRS, PAIRS)
        for move in LEAD_MACHINE.moves
        if LEAD_MACHINE.holds(source, move.sources) and LEAD_MACHINE.holds(target, move.targets)
    }
    assert found == LEGAL
    assert LEAD_MACHINE.initial == NEW


def test_the_database_takes_the_legal_moves_and_no_other(cast: Cast) -> None:
    wrong = []
    for source in PAIRS:
        lead = in_state(cast, source)
        for target in (pair for pair in PAIRS if pair != source):
            if _database_takes(lead, target) != ((source, target) in LEGAL):
                wrong.append((source, target))
            assert saved(lead) == source
    assert wrong == []


def _database_takes(lead: Lead, target: Pair) -> bool:
    state, reason = target
    closed_at = None if state == "open" else timezone.now()
    try:
        with transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(state=state, status_reason=reason, closed_at=closed_at)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return getattr(error.__cause__, "sqlstate", "") != "23514"
    return True


@pytest.mark.parametrize(
    "pair", [("open", "lost"), ("open", "no_budget"), ("qualified", "new"), ("disqualified", "qualified")]
)
def test_no_row_has_a_reason_of_another_state(cast: Cast, pair: Pair) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        in_state(cast, pair)


@pytest.mark.parametrize("closed_at", [None, "now"])
def test_a_lead_is_closed_exactly_when_it_has_a_moment_of_closing(cast: Cast, closed_at: str | None) -> None:
    lead = make_lead(cast.rep_a)
    values = {"state": "open" if closed_at else "qualified", "status_reason": "new" if closed_at else "qualified"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(closed_at=timezone.now() if closed_at else None, **values)
    assert saved(lead) == NEW


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_the_model_makes_the_legal_moves_and_no_other(pair: Pair) -> None:
    made = {}
    for name in ("contact", "qualify", "disqualify", "reopen", "renew"):
        lead = Lead(state=pair[0], status_reason=pair[1])
        try:
            _move(lead, name)
        except TransitionNotAllowed:
            assert (lead.state, lead.status_reason) == pair
        else:
            made[pair, (lead.state, lead.status_reason)] = name
    wanted = {change: name for change, name in LEGAL.items() if change[0] == pair}
    assert set(made.values()) == set(wanted.values())
    assert made.items() <= wanted.items()


def _move(lead: Lead, name: str) -> None:
    now = timezone.now()
    options: dict[str, dict[str, object]] = {
        "contact": {"at": now},
        "qualify": {"at": now},
        "disqualify": {"at": now, "reason": "lost", "note": ""},
    }
    getattr(lead, name)(**options.get(name, {}))


def test_the_state_is_not_assigned() -> None:
    lead = Lead()
    with pytest.raises(AttributeError):
        lead.state = "qualified"


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_direct_post_of_an_illegal_move_is_409_and_changes_nothing(
    cast: Cast, client_for: ClientFor, pair: Pair
) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="no_budget", label="No budget")
    client = client_for(cast.rep_a)
    legal = {name for change, name in LEGAL.items() if change[0] == pair}
    for name in {"contact", "disqualify", "reopen"} - legal:
        lead = in_state(cast, pair)
        response = client.post(f"/leads/{lead.pk}/{name}/", {"status_reason": "lost"})
        assert response.status_code == 409, name
        assert LEAD_MACHINE.label(pair[0]).lower() in response.text.lower()
        assert saved(lead) == pair
