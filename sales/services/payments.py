"""Money that comes in for invoices, and the reversal of what was entered wrongly."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import find_for, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.models import Organisation
from crm.core.money import round_money
from crm.core.transactions import service
from sales.models import Invoice, Payment, PaymentMethod
from sales.services.headers import acting_user


@service("invoice.payment_recorded")
def pay_invoice(
    *,
    invoice_id: int,
    amount: Decimal,
    actor: Actor,
    at: dt.datetime,
    paid_on: dt.date | None = None,
    method: str = PaymentMethod.BANK_TRANSFER,
    reference: str = "",
) -> Payment:
    """Take a payment off the balance. Never more than is open; a balance of 0 makes the invoice paid."""
    invoice = lock_for(Invoice, invoice_id, actor, "pay")
    invoice.machine.check("pay", invoice)
    today = Organisation.load().today(at)
    day = paid_on or today
    if day > today:
        raise Invalid(_("A payment cannot lie in the future. Enter the day on which it came in."), field="paid_on")
    _check_amount(invoice, amount)
    if method not in PaymentMethod.values:
        raise Invalid(_("Choose one of the listed methods."), field="method")
    payment = Payment.objects.create(invoice=invoice, paid_on=day, amount=amount, method=method, reference=reference)
    invoice.pay(amount=amount, on=day)
    # A part of the money does not make the invoice paid, and history should not say so.
    with history.action("invoice.payment_recorded" if invoice.balance else "invoice.paid"):
        invoice.save()
    return payment


def _check_amount(invoice: Invoice, amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise Invalid(_("Enter an amount above 0."), field="amount")
    if amount != round_money(amount, invoice.currency.digits):
        raise Invalid(
            _("%(currency)s has %(digits)d decimals. Enter no more than that.")
            % {"currency": invoice.currency, "digits": invoice.currency.digits},
            field="amount",
        )
    if amount > invoice.balance:
        raise Invalid(
            _("Only %(open)s %(currency)s is open. Enter at most that.")
            % {"open": round_money(invoice.balance, invoice.currency.digits), "currency": invoice.currency},
            field="amount",
        )


@service("invoice.payment_reversed")
def reverse_payment(*, payment_id: int, reason: str, actor: Actor, at: dt.datetime) -> Payment:
    """Undo a payment that was entered wrongly or has bounced: it stays, marked, and its amount is open again."""
    invoice_id = Payment.objects.filter(pk=payment_id).values_list("invoice_id", flat=True).first()
    if invoice_id is None:
        raise NotFound(_("There is no such payment, or you may not see it."))
    find_for(Invoice, invoice_id, actor)
    invoice = lock_for(Invoice, invoice_id, actor, "reverse_payment")
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if payment.reversed_at is not None:
        raise Conflict(_("This payment is already reversed."))
    if not reason.strip():
        raise Invalid(_("Say why the payment is reversed."), field="reason")
    payment.reversed_at, payment.reversed_by, payment.reversal_reason = at, acting_user(actor), reason.strip()
    payment.save()
    invoice.reverse_payment(amount=payment.amount)
    invoice.save()
    return payment
