"""Every legal move of opportunity, quote, order and invoice, literally; the model and the database refuse the rest."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from crm.core.models import Currency
from crm.users.services.ownership import owner_fields
from sales.models import Invoice, Opportunity, Order, PricedModel, Quote
from tests.factories.cast import Cast
from tests.factories.sales import make_account

type Pair = tuple[str, str]

DAY = dt.date(2026, 3, 2)
NOW = timezone.now()

OPEN, HELD, WON = ("open", "in_progress"), ("open", "on_hold"), ("won", "won")
CANCELED, OUT_SOLD, ADDED = ("lost", "canceled"), ("lost", "out_sold"), ("lost", "no_budget")
DRAFT, ACTIVE, QUOTE_WON = ("draft", "draft"), ("active", "active"), ("won", "won")
CLOSED = {reason: ("closed", reason) for reason in ("lost", "canceled", "revised", "expired")}
NEW, PENDING, ON_HOLD = ("active", "new"), ("active", "pending"), ("active", "on_hold")
COMPLETE, PARTIAL = ("fulfilled", "complete"), ("fulfilled", "partial")
ORDER_CANCELED, INVOICED = ("canceled", "canceled"), ("invoiced", "invoiced")
BILLED, PARTLY, PAID = ("issued", "billed"), ("issued", "partially_paid"), ("paid", "paid")
INVOICE_CANCELED = ("canceled", "canceled")

ACT: dict[str, dict[str, Any]] = {
    # by noun and move the arguments of the transition method
    "opportunity": {
        "win": {"actual_revenue": Decimal(1), "closed_on": DAY},
        "lose": {"reason": "canceled", "actual_revenue": None, "closed_on": DAY},
    },
    "quote": {
        "activate": {"at": NOW},
        "revise": {"on": DAY},
        "close": {"reason": "lost", "on": DAY},
        "cancel": {"on": DAY},
        "expire": {"on": DAY},
        "win": {"on": DAY},
    },
    "order": {
        "fulfill": {"reason": "complete", "on": DAY},
        "complete": {"on": DAY},
        "cancel": {"on": DAY},
        "uninvoice": {"reason": "new"},
    },
    "invoice": {
        "issue": {"number": "INV-1", "on": DAY, "due_on": DAY, "at": NOW},
        "pay": {"amount": Decimal(1), "on": DAY},
        "reverse_payment": {"amount": Decimal(1)},
    },
}

LEGAL: dict[type[PricedModel], dict[str, tuple[set[Pair], set[Pair]]]] = {
    Opportunity: {
        "hold": ({OPEN}, {HELD}),
        "resume": ({HELD}, {OPEN}),
        "win": ({OPEN, HELD}, {WON}),
        "lose": ({OPEN, HELD}, {CANCELED, OUT_SOLD, ADDED}),
        "reopen": ({WON, CANCELED, OUT_SOLD, ADDED}, {OPEN}),
    },
    Quote: {
        "activate": ({DRAFT}, {ACTIVE}),
        "revise": ({ACTIVE, CLOSED["lost"], CLOSED["canceled"], CLOSED["expired"]}, {CLOSED["revised"]}),
        "close": ({ACTIVE}, {CLOSED["lost"], CLOSED["canceled"]}),
        "cancel": ({DRAFT}, {CLOSED["canceled"]}),
        "expire": ({ACTIVE}, {CLOSED["expired"]}),
        "win": ({ACTIVE}, {QUOTE_WON}),
    },
    Order: {
        "hold": ({NEW, PENDING}, {ON_HOLD}),
        "pend": ({NEW, ON_HOLD}, {PENDING}),
        "resume": ({PENDING, ON_HOLD}, {NEW}),
        "fulfill": ({NEW, PENDING, ON_HOLD}, {COMPLETE, PARTIAL}),
        "complete": ({PARTIAL}, {COMPLETE}),
        "cancel": ({NEW, PENDING, ON_HOLD}, {ORDER_CANCELED}),
        "invoice": ({NEW, PENDING, ON_HOLD, COMPLETE, PARTIAL}, {INVOICED}),
        "uninvoice": ({INVOICED}, {NEW, COMPLETE, PARTIAL}),
    },
    Invoice: {
        "issue": ({DRAFT}, {BILLED, PAID}),
        "pay": ({BILLED, PARTLY}, {PAID, PARTLY}),
        "reverse_payment": ({PAID, PARTLY}, {BILLED, PARTLY}),
        "cancel": ({DRAFT}, {INVOICE_CANCELED}),
    },
}

PAIRS: dict[type[PricedModel], tuple[Pair, ...]] = {
    Opportunity: (OPEN, HELD, WON, CANCELED, OUT_SOLD, ADDED),
    Quote: (DRAFT, ACTIVE, QUOTE_WON, *CLOSED.values()),
    Order: (NEW, PENDING, ON_HOLD, COMPLETE, PARTIAL, ORDER_CANCELED, INVOICED),
    Invoice: (DRAFT, BILLED, PARTLY, PAID, INVOICE_CANCELED),
}
NOUNS = list(LEGAL)


def implied(model: type[PricedModel], pair: Pair) -> dict[str, Any]:
    """Columns that the database wants for this state."""
    state = pair[0]
    if model is Opportunity:
        closed = state != "open"
        return {"actual_close_on": DAY if closed else None, "actual_revenue": 1 if state == "won" else None}
    if model is Quote:
        active = {"activated_at": NOW, "exchange_rate": 1} if state != "draft" else {}
        return active | {"won_on": DAY if state == "won" else None, "closed_on": DAY if state == "closed" else None}
    if model is Order:
        return {"fulfilled_on": DAY, "canceled_on": DAY if state == "canceled" else None}
    if state in ("draft", "canceled"):
        return {}
    paid = {"billed": 0, "partially_paid": 4, "paid": 10}[pair[1]]
    numbered = {"number": f"INV-{pair}", "issued_on": DAY, "due_on": DAY, "exchange_rate": 1, "total_amount": 10}
    settled = {"paid_amount": paid, "balance": 10 - paid, "paid_on": DAY if state == "paid" else None}
    return numbered | settled


def made(model: type[PricedModel], cast: Cast, pair: Pair) -> PricedModel:
    """A stored record in this state, as an import would write it."""
    extra = {"ordered_on": DAY} if model is Order else {}
    named = {"topic": "T"} if model is Opportunity else {"name": "T", "number": f"N-{pair}"}
    if model is Invoice:
        named["number"] = ""
    values = named | extra | implied(model, pair)
    rows: Any = model._default_manager
    record: PricedModel = rows.create(
        **owner_fields(cast.rep_a),
        customer_account=make_account(cast.rep_a),
        currency=Currency.objects.get(code="EUR"),
        state=pair[0],
        status_reason=pair[1],
        **values,
    )
    return record


def noun(model: type[PricedModel]) -> str:
    return str(model._meta.model_name)


@pytest.mark.parametrize("model", NOUNS, ids=noun)
def test_the_machine_has_exactly_these_moves(model: type[PricedModel]) -> None:
    declared = {
        move.name: (
            {pair for pair in PAIRS[model] if model.machine.holds(pair, move.sources)},
            {pair for pair in PAIRS[model] if model.machine.holds(pair, move.targets)},
        )
        for move in model.machine.moves
    }
    assert declared == LEGAL[model]


def every_attempt() -> Iterator[Any]:
    for model in NOUNS:
        for move, pair in product(LEGAL[model], PAIRS[model]):
            yield pytest.param(model, move, pair, id=f"{noun(model)}-{move}-{'-'.join(pair)}")


@pytest.mark.parametrize(("model", "move", "pair"), list(every_attempt()))
def test_a_method_moves_only_from_its_sources(model: type[PricedModel], move: str, pair: Pair) -> None:
    bare: Any = model
    record = bare(state=pair[0], status_reason=pair[1])
    if isinstance(record, Invoice):
        record.balance, record.paid_amount, record.total_amount = Decimal(9), Decimal(1), Decimal(10)
    arguments = ACT[noun(model)].get(move, {})
    sources, targets = LEGAL[model][move]
    if pair in sources:
        getattr(record, move)(**arguments)
        assert (record.state, record.status_reason) in targets
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(record, move)(**arguments)
        assert (record.state, record.status_reason) == pair


@pytest.mark.django_db
@pytest.mark.parametrize("source", [(model, pair) for model in NOUNS for pair in PAIRS[model]], ids=str)
def test_the_database_moves_only_as_the_table_says(source: tuple[type[PricedModel], Pair], cast: Cast) -> None:
    model, pair = source
    record = made(model, cast, pair)
    allowed = {target for sources, targets in LEGAL[model].values() if pair in sources for target in targets}
    for target in PAIRS[model]:
        if target == pair:
            continue
        if target in allowed:
            with transaction.atomic():
                _update(record, target)
                transaction.set_rollback(True)
        else:
            with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
                _update(record, target)
    record.refresh_from_db()
    assert (record.state, record.status_reason) == pair


def _update(record: PricedModel, target: Pair) -> None:
    columns = {"state": target[0], "status_reason": target[1], **implied(type(record), target)}
    if record.state != "draft" and isinstance(record, Quote | Invoice):
        frozen = {"number", "issued_on", "due_on", "total_amount", "exchange_rate"}
        columns = {name: value for name, value in columns.items() if name not in frozen}
    assignments = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {record._meta.db_table} SET {assignments} WHERE id = %s",  # noqa: S608 - own names
            [*columns.values(), record.pk],
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "pair", "missing"),
    [
        (Quote, ACTIVE, "activated_at"),
        (Quote, ACTIVE, "exchange_rate"),
        (Quote, QUOTE_WON, "won_on"),
        (Quote, CLOSED["lost"], "closed_on"),
        (Order, COMPLETE, "fulfilled_on"),
        (Order, ORDER_CANCELED, "canceled_on"),
        (Invoice, BILLED, "number"),
        (Invoice, BILLED, "issued_on"),
        (Invoice, BILLED, "due_on"),
        (Invoice, BILLED, "balance"),
        (Invoice, PAID, "paid_on"),
        (Opportunity, WON, "actual_close_on"),
        (Opportunity, WON, "actual_revenue"),
        (Opportunity, OUT_SOLD, "actual_close_on"),
    ],
)
def test_a_state_is_refused_without_the_data_it_implies(
    model: type[PricedModel], pair: Pair, missing: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = implied(model, pair) | {missing: {"number": "", "balance": 0}.get(missing)}
    monkeypatch.setitem(globals(), "implied", lambda *_args: without)
    with pytest.raises(IntegrityError, match="violates check constraint"):
        made(model, cast, pair)
