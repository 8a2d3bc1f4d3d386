"""Forms of orders and of their moves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from crm.core.forms import TransitionForm
from sales.forms.documents import ALL_FIELDS, DocumentForm, note_field, sections, today
from sales.models import Order
from sales.states import ORDER_MACHINE, OrderState

_DAYS = ("ordered_on", "requested_delivery_on")


class OrderForm(DocumentForm[Order]):
    sections = sections(gettext_lazy("Order"), days=_DAYS)
    alone = DocumentForm.alone | {"requested_delivery_on"}

    class Meta:
        model = Order
        fields = (*ALL_FIELDS, *_DAYS)

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        # An order without a day is of today, and keeps the day that it has.
        self.fields["ordered_on"].required = False
        if not self.instance.pk:
            self.initial.setdefault("ordered_on", today())

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "ordered_on" or value is not None}


class FulfillForm(TransitionForm):
    status_reason = forms.ChoiceField(label=gettext_lazy("Delivered"))
    fulfilled_on = forms.DateField(label=gettext_lazy("Delivered on"), required=False)
    description = note_field()

    def __init__(self, *args: Any, actor: Any, record: Order, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        offered = ("complete",) if record.state == OrderState.FULFILLED else ("complete", "partial")
        reasons: Any = self.fields["status_reason"]
        reasons.choices = [(reason, ORDER_MACHINE.label(reason)) for reason in offered]
        self.initial.setdefault("fulfilled_on", today())


class CancelOrderForm(TransitionForm):
    canceled_on = forms.DateField(label=gettext_lazy("Canceled on"), required=False)
    description = note_field()

    def __init__(self, *args: Any, actor: Any, record: Order, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        self.initial.setdefault("canceled_on", today())
