"""Invoices: drafts of orders, issuing with gapless numbers, and what is frozen from then on."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.models import Organisation
from sales.models import Invoice, InvoiceLine, InvoiceTax, Order
from sales.services.documents import InvalidLine
from sales.services.invoices import (
    cancel_invoice,
    create_invoice_from_order,
    delete_invoice,
    issue_invoice,
    update_invoice,
)
from sales.services.orders import cancel_order, fulfill_order, update_order
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    figures,
    make_account,
    make_invoice,
    make_invoice_of_order,
    make_issued_invoice,
    make_order,
    no_tax,
    put_lines,
    tax,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal

type Acts = tuple[Callable[..., Any], ...]


def today() -> dt.date:
    return Organisation.load().today(timezone.now())


def test_an_order_is_invoiced_whole(cast: Cast) -> None:
    rows = [write_in("55.55", rate=tax("23"), discount_amount="0.55"), write_in("11.11", "3", rate=tax("23"))]
    order = make_order(cast.rep_a, rows, discount_percent=D(0), freight_amount=D(10), freight_tax_rate=no_tax())
    update_order(order_id=order.pk, values={"discount_amount": D(5)}, actor=SYSTEM, at=timezone.now())
    order = again(order)
    invoice = create_invoice_from_order(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    names = ("detail_amount", "discount_total", "freight_amount", "taxable_amount", "tax_amount", "total_amount")
    assert figures(invoice, *names) == figures(order, *names)
    assert (invoice.state, invoice.number, invoice.order) == ("draft", "", order)
    assert [line.order_line for line in invoice.lines.all()] == list(order.lines.all())
    assert (again(order).state, again(order).status_reason) == ("invoiced", "invoiced")
    assert list(order.lines.values_list("quantity_invoiced", flat=True)) == [D(1), D(3)]


def test_a_second_call_gives_the_draft_and_after_issuing_a_refusal(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    invoice = make_invoice_of_order(order)
    assert make_invoice_of_order(order) == invoice
    issued = issue_invoice(invoice_id=invoice.pk, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Conflict, match="nothing left to invoice") as refused:
        make_invoice_of_order(order)
    assert refused.value.details == (issued.number,)
    assert Invoice.objects.count() == 1


def test_partial_invoices_add_up_to_the_order(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("33.33", "3", rate=no_tax())], discount_percent=D(0))
    update_order(order_id=order.pk, values={"discount_amount": D(10)}, actor=SYSTEM, at=timezone.now())
    line = order.lines.get()
    drafts = [
        create_invoice_from_order(order_id=order.pk, quantities={line.pk: D(1)}, actor=SYSTEM, at=timezone.now())
        for _number in range(3)
    ]
    shares = [again(draft).lines.get().document_discount_share for draft in drafts]
    assert shares == [D("3.33"), D("3.34"), D("3.33")]
    assert sum(again(draft).total_amount for draft in drafts) == again(order).total_amount == D("89.99")
    assert again(order).state == "invoiced"


def test_never_more_than_ordered(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("10", "3")])
    line = order.lines.get()
    with pytest.raises(Invalid, match="3 is open, so 4 cannot be invoiced"):
        create_invoice_from_order(order_id=order.pk, quantities={line.pk: D(4)}, actor=SYSTEM, at=timezone.now())
    invoice = make_invoice_of_order(order)
    with pytest.raises(InvalidLine, match="is ordered, so 4 cannot be invoiced"):
        put_lines(invoice, write_in("10", "4", line_id=invoice.lines.get().pk))
    assert (order.lines.get().quantity_invoiced, invoice.lines.get().quantity) == (3, 3)


def test_a_draft_lowered_or_canceled_opens_its_order_again(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("10", "3")])
    fulfill_order(order_id=order.pk, status_reason="complete", actor=SYSTEM, at=timezone.now())
    invoice = make_invoice_of_order(order)
    assert again(order).state == "invoiced"
    put_lines(invoice, write_in("10", "2", line_id=invoice.lines.get().pk))
    assert (again(order).state, again(order).status_reason) == ("fulfilled", "complete")
    cancel_invoice(invoice_id=invoice.pk, actor=cast.rep_a, at=timezone.now())
    assert (again(invoice).state, order.lines.get().quantity_invoiced) == ("canceled", 0)
    assert make_invoice_of_order(order).lines.get().quantity == 3


def test_a_deleted_draft_opens_its_order_again(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    invoice = make_invoice_of_order(order)
    delete_invoice(invoice_id=invoice.pk, actor=cast.rep_a, at=timezone.now())
    assert (again(order).state, again(order).status_reason, Invoice.objects.count()) == ("active", "new", 0)


def test_freight_goes_on_the_first_invoice(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("10", "2")], freight_amount=D(5))
    line = order.lines.get()
    drafts = [
        create_invoice_from_order(order_id=order.pk, quantities={line.pk: D(1)}, actor=SYSTEM, at=timezone.now())
        for _number in range(2)
    ]
    assert [draft.freight_amount for draft in drafts] == [D(5), D(0)]


def test_lines_of_the_order_change_only_in_quantity(cast: Cast) -> None:
    order = make_order(cast.rep_a)
    invoice = make_invoice_of_order(order)
    line = invoice.lines.get()
    with pytest.raises(InvalidLine, match="comes from the order"):
        put_lines(invoice, write_in("90", line_id=line.pk))
    assert invoice.lines.get().price_per_unit == 100


@pytest.mark.parametrize("state", ["canceled", "no lines"])
def test_orders_that_cannot_be_invoiced(cast: Cast, state: str) -> None:
    order = make_order(cast.rep_a)
    if state == "canceled":
        cancel_order(order_id=order.pk, actor=SYSTEM, at=timezone.now())
    else:
        order.lines.all().delete()
    with pytest.raises(Conflict):
        create_invoice_from_order(order_id=order.pk, actor=SYSTEM, at=timezone.now())
    assert Invoice.objects.count() == 0


def test_issuing_numbers_dates_and_freezes(cast: Cast) -> None:
    account = make_account(cast.rep_a, name="Nordhafen", payment_terms_days=14)
    invoice = make_invoice(cast.rep_a, customer_account=account)
    issued = issue_invoice(invoice_id=invoice.pk, actor=cast.rep_a, at=timezone.now())
    day = today()
    assert (issued.state, issued.status_reason, issued.number) == ("issued", "billed", f"INV-{day.year}-00001")
    assert (issued.issued_on, issued.due_on) == (day, day + dt.timedelta(days=14))
    assert (issued.balance, issued.paid_amount, issued.exchange_rate) == (D(120), D(0), D(1))
    assert (issued.buyer_name, issued.seller_name) == ("Nordhafen", Organisation.load().name)
    assert not issued.is_overdue(day + dt.timedelta(days=14))
    assert issued.is_overdue(day + dt.timedelta(days=15))


def test_issue_numbers_have_no_gaps_after_a_failure(cast: Cast) -> None:
    first = make_issued_invoice(cast.rep_a)
    broken = make_invoice(cast.rep_a)
    with transaction.atomic():
        issue_invoice(invoice_id=broken.pk, actor=SYSTEM, at=timezone.now())
        transaction.set_rollback(True)
    assert again(broken).number == ""
    second = make_issued_invoice(cast.rep_a)
    assert [int(invoice.number[-5:]) for invoice in (first, second)] == [1, 2]


def test_issue_dates_never_go_back_nor_ahead(cast: Cast) -> None:
    make_issued_invoice(cast.rep_a)
    invoice = make_invoice(cast.rep_a)
    for day, sentence in ((today() - dt.timedelta(days=1), "before"), (today() + dt.timedelta(days=1), "future")):
        with pytest.raises(Invalid, match=sentence) as refused:
            issue_invoice(invoice_id=invoice.pk, issued_on=day, actor=SYSTEM, at=timezone.now())
        assert refused.value.field == "issued_on"
    assert (again(invoice).state, again(invoice).number) == ("draft", "")


def test_not_even_into_last_year(cast: Cast) -> None:
    make_issued_invoice(cast.rep_a)
    invoice = make_invoice(cast.rep_a)
    with pytest.raises(Invalid, match="before"):
        issue_invoice(
            invoice_id=invoice.pk, issued_on=dt.date(today().year - 1, 12, 31), actor=SYSTEM, at=timezone.now()
        )
    assert again(invoice).state == "draft"


def test_the_first_invoice_may_be_dated_back(cast: Cast) -> None:
    day = today() - dt.timedelta(days=40)
    assert make_issued_invoice(cast.rep_a, issued_on=day).number == f"INV-{day.year}-00001"


def test_a_total_of_nothing_is_paid_at_once(cast: Cast) -> None:
    free = make_issued_invoice(cast.rep_a, [write_in("0")])
    assert (free.state, free.status_reason, free.balance, free.paid_on) == ("paid", "paid", D(0), today())


@pytest.mark.parametrize("sentence", ["has no lines", "below 0", "no exchange rate"])
def test_issuing_is_refused(cast: Cast, sentence: str) -> None:
    currency = "USD" if sentence == "no exchange rate" else "EUR"
    rows = [write_in("10", "-1")] if sentence == "below 0" else []
    invoice = make_invoice(cast.rep_a, rows, currency=currency)
    if sentence == "has no lines":
        invoice.lines.all().delete()
    with pytest.raises(Invalid, match=sentence):
        issue_invoice(invoice_id=invoice.pk, actor=SYSTEM, at=timezone.now())
    assert (again(invoice).state, again(invoice).number) == ("draft", "")


def test_an_issued_invoice_is_not_changed_canceled_or_deleted(cast: Cast) -> None:
    invoice = again(make_issued_invoice(cast.rep_a))
    with pytest.raises(Conflict, match="This invoice is issued"):
        update_invoice(invoice_id=invoice.pk, values={"name": "Other"}, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Conflict, match="This invoice is issued"):
        put_lines(invoice, write_in("1"))
    with pytest.raises(IllegalMove):
        cancel_invoice(invoice_id=invoice.pk, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Conflict):
        delete_invoice(invoice_id=invoice.pk, actor=SYSTEM, at=timezone.now())
    with pytest.raises(IllegalMove):
        issue_invoice(invoice_id=invoice.pk, actor=SYSTEM, at=timezone.now())
    assert (again(invoice).version, invoice.lines.count()) == (invoice.version, 1)


@pytest.mark.parametrize("column", ["total_amount", "number", "issued_on", "due_on", "buyer_name"])
def test_the_database_keeps_an_issued_invoice_as_it_is(cast: Cast, column: str) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    value = {"number": "X", "buyer_name": "X", "total_amount": D(1)}.get(column, dt.date(2030, 1, 1))
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{column: value})
    assert getattr(again(invoice), column) == getattr(invoice, column)


def test_the_database_keeps_the_lines_of_an_issued_invoice(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    attempts: Acts = (
        lambda: InvoiceLine.objects.filter(document=invoice).update(net_amount=7),
        lambda: InvoiceLine.objects.filter(document=invoice).delete(),
        lambda: InvoiceTax.objects.filter(document=invoice).delete(),
        lambda: Invoice.objects.filter(pk=invoice.pk).delete(),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(balance=1),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert (invoice.lines.get().net_amount, again(invoice).balance) == (100, 120)


def test_the_owner_of_an_issued_invoice_may_change(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    Invoice.objects.filter(pk=invoice.pk).update(owner=cast.rep_b)
    assert again(invoice).owner == cast.rep_b


def test_rights_are_asked_for_every_act(cast: Cast) -> None:
    order, invoice = make_order(cast.rep_a), make_invoice(cast.rep_a)
    acts: Acts = (
        lambda actor: create_invoice_from_order(order_id=order.pk, actor=actor, at=timezone.now()),
        lambda actor: issue_invoice(invoice_id=invoice.pk, actor=actor, at=timezone.now()),
        lambda actor: cancel_invoice(invoice_id=invoice.pk, actor=actor, at=timezone.now()),
        lambda actor: delete_invoice(invoice_id=invoice.pk, actor=actor, at=timezone.now()),
        lambda actor: update_invoice(invoice_id=invoice.pk, values={}, actor=actor, at=timezone.now()),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act(cast.rep_c)
        with pytest.raises(Forbidden):
            act(cast.read_only)
    assert (again(invoice).state, Invoice.objects.count(), Order.objects.get().state) == ("draft", 1, "active")
