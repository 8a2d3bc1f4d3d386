"""What a customer has ordered."""

import datetime as dt
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, transition

from crm.core.models import tag_index, tracked
from crm.core.states import reason_field, state_field
from crm.customers.models import CustomerModel
from crm.users.models import OwnedModel, branch_indexes
from leads.models.campaigns import campaign_index
from sales.models.columns import units
from sales.models.documents import DOCUMENT_WORDS, DocumentModel, DocumentTax
from sales.models.lines import DocumentLine
from sales.models.opportunities import Opportunity, OpportunityLine
from sales.models.quotes import Quote, QuoteLine
from sales.states import ORDER_MACHINE, OrderState

_STATE_OF_REASON = {reason: state for state, reasons in ORDER_MACHINE.reasons.items() for reason in reasons}


def _state_of_reason(order: Any, *_args: object, **_kwargs: object) -> str:
    return _STATE_OF_REASON[order.status_reason]


@tracked
class Order(DocumentModel):
    machine = ORDER_MACHINE

    state = state_field(ORDER_MACHINE)
    status_reason = reason_field(ORDER_MACHINE)
    quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, editable=False, related_name="orders", verbose_name=_("quote")
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="orders",
        verbose_name=_("opportunity"),
    )
    ordered_on = models.DateField(_("ordered on"))
    requested_delivery_on = models.DateField(_("delivery requested by"), null=True, blank=True)
    is_price_locked = models.BooleanField(_("prices are locked"), default=False, editable=False)
    fulfilled_on = models.DateField(_("fulfilled on"), null=True, editable=False)
    canceled_on = models.DateField(_("canceled on"), null=True, editable=False)
    closing_note = models.TextField(_("closing note"), blank=True, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            *OwnedModel.Meta.constraints,
            *CustomerModel.Meta.constraints,
            ORDER_MACHINE.constraint("order_state_reason"),
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.UniqueConstraint(
                fields=["quote"],
                condition=~Q(state="canceled") & Q(deleted_at__isnull=True),
                name="order_one_live_per_quote",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="order_has_number"),
            models.CheckConstraint(
                condition=~Q(state="fulfilled") | Q(fulfilled_on__isnull=False), name="order_fulfilled_has_day"
            ),
            models.CheckConstraint(
                condition=Q(state="canceled", canceled_on__isnull=False)
                | (~Q(state="canceled") & Q(canceled_on__isnull=True)),
                name="order_canceled_has_day",
            ),
        ]
        indexes = [
            *branch_indexes("order", "-created_at", "-updated_at", "sort_key", "-base_total_amount"),
            GinIndex(DOCUMENT_WORDS, name="order_search"),
            tag_index("order"),
            campaign_index("order"),
        ]

    @property
    def is_editable(self) -> bool:
        return bool(self.state == OrderState.ACTIVE)

    @property
    def is_rate_frozen(self) -> bool:
        return self.exchange_rate is not None

    @property
    def keeps_prices(self) -> bool:
        return self.is_price_locked or not self.is_editable

    @transition(
        field="state",
        source=OrderState.ACTIVE,
        target=OrderState.ACTIVE,
        conditions=[ORDER_MACHINE.allows("hold")],
    )
    def hold(self) -> None:
        self.status_reason = ORDER_MACHINE.reason_after("hold")

    @transition(
        field="state",
        source=OrderState.ACTIVE,
        target=OrderState.ACTIVE,
        conditions=[ORDER_MACHINE.allows("pend")],
    )
    def pend(self) -> None:
        self.status_reason = ORDER_MACHINE.reason_after("pend")

    @transition(
        field="state",
        source=OrderState.ACTIVE,
        target=OrderState.ACTIVE,
        conditions=[ORDER_MACHINE.allows("resume")],
    )
    def resume(self) -> None:
        self.status_reason = ORDER_MACHINE.reason_after("resume")

    @transition(field="state", source=OrderState.ACTIVE, target=OrderState.FULFILLED)
    def fulfill(self, *, reason: str, on: dt.date, note: str = "") -> None:
        self.status_reason = ORDER_MACHINE.reason_after("fulfill", reason)
        self.fulfilled_on, self.closing_note = on, note

    @transition(
        field="state",
        source=OrderState.FULFILLED,
        target=OrderState.FULFILLED,
        conditions=[ORDER_MACHINE.allows("complete")],
    )
    def complete(self, *, on: dt.date, note: str = "") -> None:
        self.status_reason = ORDER_MACHINE.reason_after("complete")
        self.fulfilled_on, self.closing_note = on, note

    @transition(field="state", source=OrderState.ACTIVE, target=OrderState.CANCELED)
    def cancel(self, *, on: dt.date, note: str = "") -> None:
        self.status_reason = ORDER_MACHINE.reason_after("cancel")
        self.canceled_on, self.closing_note = on, note

    @transition(field="state", source=[OrderState.ACTIVE, OrderState.FULFILLED], target=OrderState.INVOICED)
    def invoice(self) -> None:
        self.status_reason = ORDER_MACHINE.reason_after("invoice")

    @transition(
        field="state",
        source=OrderState.INVOICED,
        target=GET_STATE(_state_of_reason, states=[OrderState.ACTIVE, OrderState.FULFILLED]),
    )
    def uninvoice(self, *, reason: str) -> None:
        """Back to where the deliveries put it: `reason` is new, partial or complete."""
        self.status_reason = ORDER_MACHINE.reason_after("uninvoice", reason)


@tracked
class OrderLine(DocumentLine):
    document = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    quote_line = models.ForeignKey(QuoteLine, models.SET_NULL, null=True, editable=False, related_name="order_lines")
    opportunity_line = models.ForeignKey(
        OpportunityLine, models.SET_NULL, null=True, editable=False, related_name="order_lines"
    )
    quantity_delivered = units(_("delivered"))
    quantity_canceled = units(_("canceled"))
    quantity_invoiced = units(_("invoiced"))

    class Meta(DocumentLine.Meta):
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            *DocumentLine.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=0,
                    quantity_canceled__gte=0,
                    quantity_delivered__gte=0,
                    quantity_delivered__lte=F("quantity") - F("quantity_canceled"),
                )
                | Q(
                    quantity__lt=0,
                    quantity_canceled__lte=0,
                    quantity_delivered__lte=0,
                    quantity_delivered__gte=F("quantity") - F("quantity_canceled"),
                ),
                name="order_line_delivers_what_is_ordered",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=0,
                    quantity_invoiced__gte=0,
                    quantity_invoiced__lte=F("quantity") - F("quantity_canceled"),
                )
                | Q(
                    quantity__lt=0,
                    quantity_invoiced__lte=0,
                    quantity_invoiced__gte=F("quantity") - F("quantity_canceled"),
                ),
                name="order_line_invoices_what_is_ordered",
            ),
        ]


@tracked
class OrderTax(DocumentTax):
    document = models.ForeignKey(Order, models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        verbose_name = _("tax of an order")
        verbose_name_plural = _("taxes of orders")
