"""An offer with figures that stay once it has been sent."""

import datetime as dt
from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.models import tag_index, tracked
from crm.core.states import reason_field, state_field
from crm.customers.models import CustomerModel
from crm.users.models import OwnedModel, User, branch_indexes
from leads.models.campaigns import campaign_index
from sales.models.documents import DOCUMENT_WORDS, DocumentModel, DocumentTax
from sales.models.freezing import frozen_header, frozen_with, kept_after_draft
from sales.models.lines import DocumentLine
from sales.models.opportunities import Opportunity, OpportunityLine
from sales.states import QUOTE_MACHINE, QuoteState

_FREE_AFTER_DRAFT = (
    "opportunity",
    "activated_at",
    "won_on",
    "closed_on",
    "closing_note",
    "public_token",
    "pdf",
    "pdf_sha256",
    "accepted_at",
    "accepted_by_name",
    "accepted_from",
    "declined_at",
    "decline_reason",
)


@pgtrigger.register(frozen_header(free=_FREE_AFTER_DRAFT), kept_after_draft())
@tracked
class Quote(DocumentModel):
    machine = QUOTE_MACHINE

    state = state_field(QUOTE_MACHINE)
    status_reason = reason_field(QUOTE_MACHINE)
    revision = models.PositiveSmallIntegerField(_("revision"), default=0, editable=False)
    revised_from: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="revisions", verbose_name=_("revises")
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="quotes",
        verbose_name=_("opportunity"),
    )
    effective_from = models.DateField(_("prices valid from"), null=True, blank=True)
    effective_to = models.DateField(_("prices valid to"), null=True, blank=True)
    expires_on = models.DateField(_("last day to accept"), null=True, blank=True)
    activated_at = models.DateTimeField(_("activated"), null=True, editable=False)
    won_on = models.DateField(_("won on"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_note = models.TextField(_("closing note"), blank=True, editable=False)

    approval_requested_at = models.DateTimeField(_("approval requested"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    approval_note = models.TextField(_("approval note"), blank=True, editable=False)

    # The customer's page: its address, the file that is accepted, and the answer.
    public_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    pdf = models.FileField(upload_to="quotes/%Y/%m", blank=True, editable=False)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    accepted_by_name = models.CharField(_("accepted by"), max_length=200, blank=True, editable=False)
    accepted_from = models.GenericIPAddressField(null=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, editable=False)
    decline_reason = models.TextField(_("reason for declining"), blank=True, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = [
            *OwnedModel.Meta.constraints,
            *CustomerModel.Meta.constraints,
            QUOTE_MACHINE.constraint("quote_state_reason"),
            models.UniqueConstraint(fields=["number", "revision"], name="quote_number_and_revision_once"),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(state__in=["draft", "active"], deleted_at__isnull=True),
                name="quote_one_live_revision",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="quote_has_number"),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "won"]) | Q(activated_at__isnull=False),
                name="quote_active_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "won"]) | (Q(exchange_rate__isnull=False) & Q(pricing_error="")),
                name="quote_active_has_rate_and_prices",
            ),
            models.CheckConstraint(
                condition=Q(state="won", won_on__isnull=False) | (~Q(state="won") & Q(won_on__isnull=True)),
                name="quote_won_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="quote_closed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(effective_from__isnull=True)
                | Q(effective_to__isnull=True)
                | Q(effective_to__gte=F("effective_from")),
                name="quote_valid_from_before_to",
            ),
        ]
        indexes = [
            *branch_indexes("quote", "-created_at", "-updated_at", "sort_key", "expires_on", "-base_total_amount"),
            GinIndex(DOCUMENT_WORDS, name="quote_search"),
            tag_index("quote"),
            campaign_index("quote"),
        ]

    def __str__(self) -> str:
        if not self.revision:
            return self.number
        return str(_("%(number)s · rev %(revision)s") % {"number": self.number, "revision": self.revision})

    @property
    def is_editable(self) -> bool:
        return bool(self.state == QuoteState.DRAFT)

    @transition(field="state", source=QuoteState.DRAFT, target=QuoteState.ACTIVE)
    def activate(self, *, at: dt.datetime) -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("activate")
        self.activated_at = at

    @transition(
        field="state",
        source=[QuoteState.ACTIVE, QuoteState.CLOSED],
        target=QuoteState.CLOSED,
        conditions=[QUOTE_MACHINE.allows("revise")],
    )
    def revise(self, *, on: dt.date) -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("revise")
        self.closed_on = self.closed_on or on

    @transition(field="state", source=QuoteState.ACTIVE, target=QuoteState.CLOSED)
    def close(self, *, reason: str, on: dt.date, note: str = "") -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("close", reason)
        self.closed_on, self.closing_note = on, note

    @transition(field="state", source=QuoteState.DRAFT, target=QuoteState.CLOSED)
    def cancel(self, *, on: dt.date, note: str = "") -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("cancel")
        self.closed_on, self.closing_note = on, note

    @transition(field="state", source=QuoteState.ACTIVE, target=QuoteState.CLOSED)
    def expire(self, *, on: dt.date) -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("expire")
        self.closed_on = on

    @transition(field="state", source=QuoteState.ACTIVE, target=QuoteState.WON)
    def win(self, *, on: dt.date) -> None:
        self.status_reason = QUOTE_MACHINE.reason_after("win")
        self.won_on = on


@pgtrigger.register(frozen_with("sales_quote", free=("opportunity_line_id", "revised_line_id")))
@tracked
class QuoteLine(DocumentLine):
    document = models.ForeignKey(Quote, models.CASCADE, related_name="lines")
    opportunity_line = models.ForeignKey(
        OpportunityLine, models.SET_NULL, null=True, editable=False, related_name="quote_lines"
    )
    revised_line: Any = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="revised_by_lines"
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")


@pgtrigger.register(frozen_with("sales_quote"))
@tracked
class QuoteTax(DocumentTax):
    document = models.ForeignKey(Quote, models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        verbose_name = _("tax of a quote")
        verbose_name_plural = _("taxes of quotes")
