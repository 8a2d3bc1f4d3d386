"""What the history of a document calls the acts that it lived through, one entry for each."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.core.history import events_of
from sales.models import Invoice, PricedModel, Quote
from sales.services.opportunities import win_opportunity
from sales.services.orders import create_order_from_quote
from sales.services.payments import pay_invoice
from sales.services.quotes import create_quote_from_opportunity, revise_quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    make_account,
    make_active_quote,
    make_invoice,
    make_invoice_of_order,
    make_issued_invoice,
    make_opportunity,
    make_order,
    make_order_of_quote,
    make_quote,
    write_in,
)

pytestmark = pytest.mark.django_db


def acts(record: PricedModel) -> list[Any]:
    return [event.pgh_context["action"] for event in reversed(events_of(record))]  # type: ignore[attr-defined]  # events


@pytest.mark.parametrize(("make", "noun"), [(make_quote, "quote"), (make_order, "order"), (make_invoice, "invoice")])
def test_a_document_is_created_once(make: Any, noun: str, cast: Cast) -> None:
    record = make(cast.rep_a, [write_in("5")])
    assert acts(record) == [f"{noun}.created", f"{noun}.lines_saved"]


def test_a_quote_from_an_opportunity_is_created_and_then_priced(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("5")])
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    assert acts(quote) == ["quote.created", "quote.priced"]


def test_the_order_of_a_quote_begins_with_its_own_creation(cast: Cast) -> None:
    quote = make_active_quote(cast.rep_a)
    order = create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert acts(order) == ["order.created", "order.priced"]
    assert acts(quote)[-1] == "quote.won"


def test_a_revision_begins_with_its_own_creation(cast: Cast) -> None:
    old = make_active_quote(cast.rep_a)
    new = revise_quote(quote_id=old.pk, actor=cast.rep_a, at=timezone.now())
    assert acts(new) == ["quote.created", "quote.priced"]
    assert acts(old)[-1] == "quote.revised"


def test_a_part_of_the_money_does_not_read_as_paid(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    for amount in ("20", str(invoice.total_amount - 20)):
        pay_invoice(invoice_id=invoice.pk, amount=Decimal(amount), actor=cast.rep_a, at=timezone.now())
    assert acts(invoice)[-2:] == ["invoice.payment_recorded", "invoice.paid"]


def test_an_order_is_invoiced_by_its_invoice(cast: Cast) -> None:
    order = make_order_of_quote(cast.rep_a)
    invoice = make_invoice_of_order(order)
    assert acts(order)[-1] == "order.invoiced"
    assert acts(Invoice.objects.get(pk=invoice.pk)) == ["invoice.created", "invoice.priced"]


def test_a_quote_closed_with_its_opportunity_is_closed_not_won(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("5")], customer_account=make_account(cast.rep_a))
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    now = timezone.now()
    win_opportunity(
        opportunity_id=opportunity.pk,
        actual_revenue=None,
        closed_on=now.date(),
        description="",
        close_quotes=True,
        actor=cast.rep_a,
        at=now,
    )
    assert acts(Quote.objects.get(pk=quote.pk))[-1] == "quote.closed"
    assert acts(opportunity)[-1] == "opportunity.won"
