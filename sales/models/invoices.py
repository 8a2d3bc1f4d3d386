"""What a customer is asked to pay, and the payments that came in."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, transition

from crm.core.models import Line, tag_index, tracked
from crm.core.states import reason_field, state_field
from crm.customers.models import CustomerModel
from crm.users.models import OwnedModel, User, branch_indexes
from leads.models.campaigns import campaign_index
from sales.models.columns import figure
from sales.models.documents import DOCUMENT_WORDS, DocumentModel, DocumentTax
from sales.models.freezing import append_only, frozen_header, frozen_with, kept_after_draft
from sales.models.lines import DocumentLine
from sales.models.opportunities import Opportunity
from sales.models.orders import Order, OrderLine
from sales.states import INVOICE_MACHINE, InvoiceState

_FREE_AFTER_DRAFT = ("order", "opportunity", "paid_amount", "credited_amount", "balance", "paid_on")


def _paid_or_issued(invoice: Any, *_args: object, **_kwargs: object) -> str:
    return InvoiceState.PAID if invoice.balance == 0 else InvoiceState.ISSUED


@pgtrigger.register(frozen_header(free=_FREE_AFTER_DRAFT), kept_after_draft())
@tracked
class Invoice(DocumentModel):
    machine = INVOICE_MACHINE

    state = state_field(INVOICE_MACHINE)
    status_reason = reason_field(INVOICE_MACHINE)
    number_series = models.SlugField(_("number series"), max_length=40, default="invoice", editable=False)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, editable=False, related_name="invoices", verbose_name=_("order")
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="invoices",
        verbose_name=_("opportunity"),
    )
    corrects: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="corrections", verbose_name=_("corrects")
    )
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    paid_amount = figure(_("paid"))
    credited_amount = figure(_("credited"))
    balance = figure(_("balance"))
    paid_on = models.DateField(_("paid on"), null=True, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            *OwnedModel.Meta.constraints,
            *CustomerModel.Meta.constraints,
            INVOICE_MACHINE.constraint("invoice_state_reason"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(state="draft", number="", issued_on__isnull=True, due_on__isnull=True)
                | Q(state="canceled")
                | (
                    Q(state__in=["issued", "paid"], issued_on__isnull=False, due_on__isnull=False)
                    & Q(due_on__gte=F("issued_on"))
                    & Q(exchange_rate__isnull=False, pricing_error="")
                    & ~Q(number="")
                ),
                name="invoice_issued_has_number_and_days",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", balance=0, paid_amount=0, credited_amount=0)
                | Q(state="issued", balance__gt=0)
                | Q(state="paid", balance=0)
                | Q(state="canceled", balance=0),
                name="invoice_balance_fits_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "paid"])
                | Q(balance=F("total_amount") - F("paid_amount") - F("credited_amount")),
                name="invoice_balance_is_what_is_open",
            ),
            models.CheckConstraint(
                condition=~Q(status_reason="partially_paid") | Q(paid_amount__gt=0),
                name="invoice_partially_paid_has_payment",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False) | (~Q(state="paid") & Q(paid_on__isnull=True)),
                name="invoice_paid_has_day",
            ),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0, credited_amount__gte=0), name="invoice_payments_not_negative"
            ),
        ]
        indexes = [
            *branch_indexes("invoice", "-created_at", "-updated_at", "sort_key", "due_on", "-base_total_amount"),
            GinIndex(DOCUMENT_WORDS, name="invoice_search"),
            tag_index("invoice"),
            campaign_index("invoice"),
            models.Index(fields=["due_on"], name="invoice_open_idx", condition=Q(state="issued")),
        ]

    @property
    def is_editable(self) -> bool:
        return bool(self.state == InvoiceState.DRAFT)

    @property
    def keeps_prices(self) -> bool:
        return self.order_id is not None or not self.is_editable

    def is_overdue(self, today: dt.date) -> bool:
        return bool(self.state == InvoiceState.ISSUED and self.due_on and self.due_on < today)

    @transition(
        field="state",
        source=InvoiceState.DRAFT,
        target=GET_STATE(_paid_or_issued, states=[InvoiceState.ISSUED, InvoiceState.PAID]),
    )
    def issue(self, *, number: str, on: dt.date, due_on: dt.date, at: dt.datetime) -> None:
        """A total of 0 is paid at once."""
        self.number, self.issued_on, self.due_on, self.issued_at = number, on, due_on, at
        self.balance = self.total_amount
        self.paid_on = None if self.balance else on
        self.status_reason = INVOICE_MACHINE.reason_after("issue", "billed" if self.balance else "paid")

    @transition(
        field="state",
        source=InvoiceState.ISSUED,
        target=GET_STATE(_paid_or_issued, states=[InvoiceState.ISSUED, InvoiceState.PAID]),
    )
    def pay(self, *, amount: Decimal, on: dt.date) -> None:
        self.paid_amount += amount
        self.balance -= amount
        self.paid_on = None if self.balance else on
        self.status_reason = INVOICE_MACHINE.reason_after("pay", "partially_paid" if self.balance else "paid")

    @transition(
        field="state",
        source=[InvoiceState.ISSUED, InvoiceState.PAID],
        target=InvoiceState.ISSUED,
        conditions=[INVOICE_MACHINE.allows("reverse_payment")],
    )
    def reverse_payment(self, *, amount: Decimal) -> None:
        self.paid_amount -= amount
        self.balance += amount
        self.paid_on = None
        reason = "partially_paid" if self.paid_amount else "billed"
        self.status_reason = INVOICE_MACHINE.reason_after("reverse_payment", reason)

    @transition(field="state", source=InvoiceState.DRAFT, target=InvoiceState.CANCELED)
    def cancel(self) -> None:
        self.status_reason = INVOICE_MACHINE.reason_after("cancel")


@pgtrigger.register(frozen_with("sales_invoice", free=("order_line_id",)))
@tracked
class InvoiceLine(DocumentLine):
    document = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.SET_NULL, null=True, editable=False, related_name="invoice_lines")

    class Meta(DocumentLine.Meta):
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")


@pgtrigger.register(frozen_with("sales_invoice"))
@tracked
class InvoiceTax(DocumentTax):
    document = models.ForeignKey(Invoice, models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        verbose_name = _("tax of an invoice")
        verbose_name_plural = _("taxes of invoices")


class PaymentMethod(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    OTHER = "other", _("Other")


@pgtrigger.register(*append_only(free=("reversed_at", "reversed_by", "reversal_reason")))
@tracked
class Payment(Line):
    """Money that came in for an invoice, in the invoice's currency. Reversed when wrong, never deleted."""

    Method = PaymentMethod

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    paid_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    method = models.CharField(
        _("method"), max_length=20, choices=PaymentMethod.choices, default=PaymentMethod.BANK_TRANSFER
    )
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    reversed_at = models.DateTimeField(_("reversed"), null=True, editable=False)
    reversed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("reversed by")
    )
    reversal_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("paid_on", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversal_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reversal_reason="")),
                name="payment_reversed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on}: {self.amount.normalize():f}"
