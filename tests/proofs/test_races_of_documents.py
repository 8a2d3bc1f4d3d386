"""Quotes, invoices and numbers under many hands, and what is left when an act is broken off in the middle."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from activities.models import Activity
from crm.core.errors import Conflict, Refusal
from crm.core.models import NumberCounter
from crm.core.transactions import retried
from crm.customers.models import Account, Contact
from leads.models import Lead
from sales.models import Invoice, InvoiceLine, Opportunity, Order, Payment, Quote
from sales.services import qualification
from sales.services.invoices import create_invoice_from_order, issue_invoice
from sales.services.opportunities import lose_opportunity
from sales.services.orders import create_order_from_quote
from sales.services.payments import pay_invoice, reverse_payment
from sales.services.quotes import activate_quote, close_quote, create_quote_from_opportunity, revise_quote
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify, today
from tests.factories.sales import (
    D,
    again,
    make_active_quote,
    make_invoice,
    make_issued_invoice,
    make_opportunity,
    make_order,
    make_quote,
    no_tax,
    write_in,
)
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def _outcomes(*acts: Callable[[], Any]) -> Counter[str]:
    names: list[str] = []
    for answer in at_once(acts):
        assert not isinstance(answer, Exception) or isinstance(answer, Refusal), repr(answer)
        names.append(type(answer).__name__ if isinstance(answer, Refusal) else "done")
    return Counter(names)


def _by(cast: Cast) -> dict[str, Any]:
    return {"actor": cast.manager, "at": timezone.now()}


def test_a_quote_is_activated_once_by_twelve(cast: Cast) -> None:
    quote = again(make_quote(cast.rep_a))

    outcomes = _outcomes(*[lambda: activate_quote(quote_id=quote.pk, **_by(cast))] * THREADS)

    assert outcomes == {"done": 1, "IllegalMove": THREADS - 1}
    assert (again(quote).state, again(quote).version) == ("active", quote.version + 1)


def test_a_quote_is_accepted_revised_or_closed_but_only_one_of_them(cast: Cast) -> None:
    quote = make_active_quote(cast.rep_a)
    acts: list[Callable[[], Any]] = [
        lambda: create_order_from_quote(quote_id=quote.pk, **_by(cast)),
        lambda: revise_quote(quote_id=quote.pk, **_by(cast)),
        lambda: close_quote(quote_id=quote.pk, status_reason="lost", **_by(cast)),
    ]

    _outcomes(*acts * (THREADS // 3))

    stored = again(quote)
    found = (stored.state, stored.status_reason, Order.objects.count(), Quote.objects.count())
    # What was closed as lost may be revised by the next one; what is won or revised stays so.
    assert found in [("won", "won", 1, 1), ("closed", "revised", 0, 2), ("closed", "lost", 0, 1)]


def test_an_opportunity_is_lost_or_its_quote_accepted(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, **_by(cast))
    activate_quote(quote_id=quote.pk, **_by(cast))

    def lose() -> None:
        lose_opportunity(
            opportunity_id=opportunity.pk,
            status_reason="canceled",
            competitor_id=None,
            actual_revenue=None,
            closed_on=today(),
            description="",
            close_quotes=True,
            **_by(cast),
        )

    _outcomes(*[lose, lambda: create_order_from_quote(quote_id=quote.pk, **_by(cast))] * (THREADS // 2))

    found = (again(opportunity).state, again(quote).state, Order.objects.count())
    assert found in [("won", "won", 1), ("lost", "closed", 0)]
    assert Activity.objects.filter(kind="close").count() == 2


def test_the_last_open_quantity_is_invoiced_once(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("100", "3")])
    line = order.lines.get()

    def invoice() -> Invoice:
        return create_invoice_from_order(order_id=order.pk, quantities={line.pk: D(2)}, **_by(cast))

    outcomes = _outcomes(*[invoice] * THREADS)

    assert outcomes == {"done": 1, "Invalid": THREADS - 1}
    assert [one.quantity for one in InvoiceLine.objects.all()] == [2]
    line.refresh_from_db()
    assert line.quantity_invoiced == 2


def test_a_payment_that_is_taken_back_while_others_pay_never_leaves_too_much(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    first = pay_invoice(invoice_id=invoice.pk, amount=D(60), **_by(cast))

    def reverse() -> None:
        reverse_payment(payment_id=first.pk, reason="Bounced", **_by(cast))

    def pay() -> None:
        pay_invoice(invoice_id=invoice.pk, amount=D(60), **_by(cast))

    outcomes = _outcomes(*[reverse, pay] * (THREADS // 2))

    stored = again(invoice)
    paid = sum((payment.amount for payment in Payment.objects.filter(invoice=invoice, reversed_at=None)), D(0))
    assert stored.balance == stored.total_amount - paid
    assert 0 <= stored.balance <= stored.total_amount
    assert outcomes["done"] in (2, 3)


def test_numbers_have_no_gap_though_half_of_the_acts_are_rolled_back(cast: Cast) -> None:
    drafts = [make_invoice(cast.rep_a) for _number in range(THREADS)]

    def issue(place: int) -> Callable[[], str]:
        def run() -> str:
            with transaction.atomic():
                number = issue_invoice(invoice_id=drafts[place].pk, **_by(cast)).number
                if place % 2:
                    raise Conflict("somebody thought better of it")
            return number

        return run

    numbers = [answer for answer in at_once([issue(place) for place in range(THREADS)]) if isinstance(answer, str)]

    assert sorted(int(number[-5:]) for number in numbers) == list(range(1, THREADS // 2 + 1))
    assert NumberCounter.objects.get(series__key="invoice").value == THREADS // 2
    assert Invoice.objects.filter(state="draft", number="").count() == THREADS // 2


def test_two_who_lock_crosswise_are_both_served_or_told_so(cast: Cast) -> None:
    """Our services lock in one order; who does not, deadlocks, and is tried again."""
    leads = [make_lead(cast.rep_a), make_lead(cast.rep_b)]

    def touch(first: Lead, second: Lead) -> Callable[[], str]:
        def work() -> str:
            for lead in (first, second):
                Lead.objects.select_for_update().get(pk=lead.pk)
                Lead.objects.filter(pk=lead.pk).update(topic="touched")
            return "done"

        return lambda: retried(work)

    outcomes = _outcomes(*[touch(*leads), touch(*reversed(leads))] * 3)

    assert set(outcomes) <= {"done", "Conflict"}
    assert outcomes["done"] >= 1
    assert set(Lead.objects.values_list("topic", flat=True)) == {"touched"}


def test_an_act_that_dies_in_the_middle_leaves_nothing_half_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database drops the connection after account and contact are made, before the opportunity is."""
    lead = make_lead(cast.rep_a)

    def die(**_options: Any) -> Opportunity:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("the connection is gone by now")

    monkeypatch.setattr(qualification, "create_opportunity", die)
    answer = at_once([lambda: qualify(lead, actor=cast.rep_a)])[0]

    assert isinstance(answer, OperationalError)
    assert [model.objects.count() for model in (Account, Contact, Opportunity)] == [0, 0, 0]
    assert Lead.objects.get().state == "open"
    monkeypatch.undo()
    assert qualify(lead, actor=cast.rep_a).lead_id == lead.pk
    assert [model.objects.count() for model in (Account, Contact, Opportunity)] == [1, 1, 1]
