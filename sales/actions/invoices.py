"""What can be done with an invoice."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from sales.forms.invoices import IssueForm, PayForm, ReversePaymentForm
from sales.models import Invoice, PaymentMethod
from sales.services.invoices import cancel_invoice, issue_invoice
from sales.services.payments import pay_invoice, reverse_payment

type Values = Mapping[str, Any]


def _page(pk: int) -> str:
    return screen_url(Invoice, "detail", pk)


def _issue(pk: int, values: Values, actor: Any) -> str:
    issue_invoice(invoice_id=pk, issued_on=values["issued_on"], actor=actor, at=timezone.now())
    return _page(pk)


def _pay(pk: int, values: Values, actor: Any) -> str:
    pay_invoice(
        invoice_id=pk,
        amount=values["amount"],
        paid_on=values["paid_on"],
        method=values["method"] or PaymentMethod.BANK_TRANSFER,
        reference=values["reference"],
        actor=actor,
        at=timezone.now(),
    )
    return _page(pk)


def _reverse(pk: int, values: Values, actor: Any) -> str:
    reverse_payment(payment_id=values["payment"].pk, reason=values["reason"], actor=actor, at=timezone.now())
    return _page(pk)


def _cancel(pk: int, _values: Values, actor: Any) -> str:
    cancel_invoice(invoice_id=pk, actor=actor, at=timezone.now())
    return _page(pk)


ISSUE = Action(
    name="issue",
    label=_("Issue"),
    model=Invoice,
    right="issue",
    move="issue",
    url_name="sales:invoice_issue",
    form=IssueForm,
    perform=_issue,
    confirm=_("The invoice gets its number and stays as it is from now on."),
    done=_("Invoice issued"),
    position=10,
)
PAY = Action(
    name="pay",
    label=_("Record payment"),
    model=Invoice,
    right="pay",
    move="pay",
    url_name="sales:invoice_pay",
    form=PayForm,
    perform=_pay,
    done=_("Payment recorded"),
    position=20,
)
REVERSE_PAYMENT = Action(
    name="reverse-payment",
    label=_("Reverse a payment"),
    model=Invoice,
    right="reverse_payment",
    move="reverse_payment",
    url_name="sales:invoice_reverse_payment",
    form=ReversePaymentForm,
    perform=_reverse,
    confirm=_("The payment stays, marked as reversed, and its amount is open again."),
    done=_("Payment reversed"),
    danger=True,
    position=60,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel draft"),
    model=Invoice,
    right="cancel",
    move="cancel",
    url_name="sales:invoice_cancel",
    perform=_cancel,
    confirm=_("What this draft had taken of its order can be invoiced again."),
    done=_("Draft canceled"),
    danger=True,
    position=90,
)
ASSIGN = assign_action(Invoice)


def register_actions() -> None:
    register(ISSUE, PAY, REVERSE_PAYMENT, CANCEL, ASSIGN)
