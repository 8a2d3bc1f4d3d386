"""Payments: whole, in parts, never too much; reversed and never deleted."""

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
from crm.users.rights import FINANCE
from sales.models import Payment
from sales.services.payments import pay_invoice, reverse_payment
from tests.factories.cast import Cast
from tests.factories.sales import again, make_invoice, make_issued_invoice
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

D = Decimal

type Acts = tuple[Callable[..., Any], ...]


def pay(invoice_id: int, amount: str, **more: object) -> Payment:
    return pay_invoice(invoice_id=invoice_id, amount=D(amount), actor=SYSTEM, at=timezone.now(), **more)  # type: ignore[arg-type]  # by name


def test_paid_in_parts(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    pay(invoice.pk, "20", method="card", reference="R-1")
    part = again(invoice)
    assert (part.state, part.status_reason, part.paid_amount, part.balance) == (
        "issued",
        "partially_paid",
        D(20),
        D(100),
    )
    pay(invoice.pk, "100")
    whole = again(invoice)
    today = Organisation.load().today(timezone.now())
    assert (whole.state, whole.status_reason, whole.balance, whole.paid_on) == ("paid", "paid", D(0), today)
    assert list(invoice.payments.values_list("amount", "method", "reference")) == [
        (D(20), "card", "R-1"),
        (D(100), "bank_transfer", ""),
    ]


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("120.01", "Only 120.00 EUR is open"),
        ("0", "above 0"),
        ("-5", "above 0"),
        ("NaN", "above 0"),
        ("1.001", "EUR has 2 decimals"),
    ],
)
def test_wrong_amounts_are_refused(cast: Cast, amount: str, sentence: str) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    with pytest.raises(Invalid, match=sentence) as refused:
        pay(invoice.pk, amount)
    assert refused.value.field == "amount"
    assert (Payment.objects.count(), again(invoice).balance) == (0, D(120))


def test_a_payment_lies_not_in_the_future(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    with pytest.raises(Invalid, match="future"):
        pay(invoice.pk, "1", paid_on=timezone.now().date() + dt.timedelta(days=2))
    assert Payment.objects.count() == 0


def test_only_issued_invoices_are_paid(cast: Cast) -> None:
    draft, paid = make_invoice(cast.rep_a), make_issued_invoice(cast.rep_a)
    pay(paid.pk, "120")
    for invoice in (draft, paid):
        with pytest.raises(IllegalMove):
            pay(invoice.pk, "1")
    assert Payment.objects.count() == 1


def test_a_reversed_payment_opens_the_invoice_again(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    first, second = pay(invoice.pk, "20"), pay(invoice.pk, "100")
    reverse_payment(payment_id=second.pk, reason="Bounced", actor=cast.manager, at=timezone.now())
    part = again(invoice)
    assert (part.state, part.status_reason, part.balance, part.paid_on) == ("issued", "partially_paid", D(100), None)
    reverse_payment(payment_id=first.pk, reason="Wrong invoice", actor=cast.manager, at=timezone.now())
    assert (again(invoice).status_reason, again(invoice).paid_amount) == ("billed", D(0))
    second.refresh_from_db()
    assert (second.reversed_by, second.reversal_reason, second.amount) == (cast.manager, "Bounced", D(100))


def test_a_payment_is_reversed_once_and_with_a_reason(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    payment = pay(invoice.pk, "20")
    with pytest.raises(Invalid, match="Say why"):
        reverse_payment(payment_id=payment.pk, reason="  ", actor=SYSTEM, at=timezone.now())
    reverse_payment(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, at=timezone.now())
    with pytest.raises(Conflict, match="already reversed"):
        reverse_payment(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, at=timezone.now())
    assert again(invoice).balance == D(120)


def test_the_database_keeps_payments(cast: Cast) -> None:
    payment = pay(make_issued_invoice(cast.rep_a).pk, "20")
    attempts: Acts = (
        lambda: Payment.objects.filter(pk=payment.pk).delete(),
        lambda: Payment.objects.filter(pk=payment.pk).update(amount=1),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="kept as they are"), transaction.atomic():
            attempt()
    assert Payment.objects.get().amount == D(20)


def test_who_may_pay_and_who_may_reverse(cast: Cast) -> None:
    invoice = make_issued_invoice(cast.rep_a)
    finance = UserFactory.create(role=FINANCE)
    payment = pay_invoice(invoice_id=invoice.pk, amount=D(1), actor=finance, at=timezone.now())
    for actor, refusal in ((cast.rep_a, Forbidden), (cast.read_only, Forbidden), (cast.rep_c, NotFound)):
        with pytest.raises(refusal):
            reverse_payment(payment_id=payment.pk, reason="x", actor=actor, at=timezone.now())
    for actor, refusal in ((cast.read_only, Forbidden), (cast.rep_c, NotFound)):
        with pytest.raises(refusal):
            pay_invoice(invoice_id=invoice.pk, amount=D(1), actor=actor, at=timezone.now())
    assert again(invoice).balance == D(119)
    reverse_payment(payment_id=payment.pk, reason="x", actor=finance, at=timezone.now())
    assert again(invoice).balance == D(120)
