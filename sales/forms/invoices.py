"""Forms of invoices, of their moves and of payments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.forms import TransitionForm
from crm.core.widgets import plain_decimal
from sales.forms.documents import ALL_FIELDS, DocumentForm, sections, today
from sales.models import Invoice, Payment, PaymentMethod

_DAYS = ("delivered_on",)


class InvoiceForm(DocumentForm[Invoice]):
    sections = sections(gettext_lazy("Invoice"), days=_DAYS)
    alone = DocumentForm.alone | {"delivered_on"}

    class Meta:
        model = Invoice
        fields = (*ALL_FIELDS, *_DAYS)


class IssueForm(TransitionForm):
    issued_on = forms.DateField(
        label=gettext_lazy("Issued on"),
        required=False,
        help_text=gettext_lazy("Not in the future, and not before the last invoice."),
    )

    def __init__(self, *args: Any, actor: Any, record: Invoice, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        self.initial.setdefault("issued_on", today())


class PayForm(TransitionForm):
    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=19, decimal_places=4)
    paid_on = forms.DateField(label=gettext_lazy("Came in on"), required=False)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=PaymentMethod.choices, required=False)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Any, record: Invoice, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        self.initial.setdefault("amount", plain_decimal(record.balance))
        self.initial.setdefault("paid_on", today())


class _PaymentField(forms.ModelChoiceField[Payment]):
    def label_from_instance(self, obj: Payment) -> str:
        amount = shown.money(obj.amount, obj.invoice.currency.code)
        return " · ".join(part for part in (shown.day(obj.paid_on), amount, obj.reference) if part)


class ReversePaymentForm(TransitionForm):
    payment = _PaymentField(label=gettext_lazy("Payment"), queryset=Payment.objects.none())
    reason = forms.CharField(label=gettext_lazy("Why it is reversed"), max_length=300)

    def __init__(self, *args: Any, actor: Any, record: Invoice, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        payments: Any = self.fields["payment"]
        payments.queryset = record.payments.filter(reversed_at__isnull=True).select_related("invoice__currency")
        payments.empty_label = None if payments.queryset.count() == 1 else payments.empty_label
