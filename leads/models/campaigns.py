"""Campaigns: what is done so that people come, what it costs, and what it is expected to bring."""

import datetime as dt
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.models import Currency, CustomModel, Line, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.users.models import OwnedModel, branch_indexes
from leads.states import CAMPAIGN_MACHINE

CAMPAIGN_WORDS = SearchWords(names=("sort_key", "code_key"), numbers=("number",))
"""What a campaign is found by."""

CAMPAIGN_CLOSED = ("completed", "canceled", "inactive")
"""States in which a campaign is read-only."""


def _amount(label: Any) -> "models.DecimalField[Any, Any]":
    """Money in the organisation's base currency."""
    return models.DecimalField(
        label, max_digits=19, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def source_campaign() -> "models.ForeignKey[Any, Any]":
    """The column of a record that came from a campaign. Most come from none, so `campaign_index` is partial."""
    return models.ForeignKey(
        "leads.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("source campaign"),
    )


def campaign_index(prefix: str) -> models.Index:
    return models.Index(fields=["campaign"], name=f"{prefix}_campaign_idx", condition=Q(campaign__isnull=False))


@tracked
class Campaign(OwnedModel, StateModel, CustomModel, TaggedModel):
    """Amounts are in the base currency. `code` is what forms, links and imports call the campaign."""

    class Type(models.TextChoices):
        ADVERTISEMENT = "advertisement", _("Advertisement")
        DIRECT_MARKETING = "direct_marketing", _("Direct marketing")
        EVENT = "event", _("Event")
        CO_BRANDING = "co_branding", _("Co-branding")
        OTHER = "other", _("Other")

    machine = CAMPAIGN_MACHINE
    # What came from a campaign came from it, also when that has been put away since.
    idle_states = frozenset[str]()

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=310, editable=False)
    code = models.CharField(
        _("code"),
        max_length=100,
        blank=True,
        help_text=_("What forms, links and imports call this campaign. Their leads are counted here."),
    )
    code_key = models.CharField(max_length=310, blank=True, editable=False)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, default=Type.ADVERTISEMENT)
    state = state_field(CAMPAIGN_MACHINE)
    status_reason = reason_field(CAMPAIGN_MACHINE)
    starts_on = models.DateField(_("proposed start"), null=True, blank=True)
    ends_on = models.DateField(_("proposed end"), null=True, blank=True)
    started_on = models.DateField(_("actual start"), null=True, editable=False)
    ended_on = models.DateField(_("actual end"), null=True, editable=False)
    budget_amount = _amount(_("budget"))
    expected_revenue = _amount(_("expected revenue"))
    expected_response = models.DecimalField(
        _("expected response %"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    actual_cost = models.DecimalField(
        _("actual cost"), max_digits=19, decimal_places=4, default=0, db_default=0, editable=False
    )
    objective = models.TextField(_("objective"), blank=True)
    message = models.TextField(_("message"), blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            *OwnedModel.Meta.constraints,
            CAMPAIGN_MACHINE.constraint("campaign_state_reason"),
            models.UniqueConstraint(
                fields=["code_key"],
                name="campaign_code_once",
                condition=~Q(code_key="") & Q(deleted_at__isnull=True),
                violation_error_message=_("Another campaign has this code."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
        ]
        indexes = [
            *branch_indexes("campaign", "-created_at", "-updated_at", "sort_key", "starts_on"),
            GinIndex(CAMPAIGN_WORDS, name="campaign_search"),
            tag_index("campaign"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field="state", source="proposed", target="ready")
    def prepare(self) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("prepare")

    @transition(field="state", source=["proposed", "ready"], target="launched")
    def launch(self, *, on: dt.date) -> None:
        """The first launch is the actual start, also of a campaign that was reopened."""
        self.status_reason = CAMPAIGN_MACHINE.reason_after("launch")
        self.started_on = self.started_on or on

    @transition(field="state", source="launched", target="suspended")
    def suspend(self) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("suspend")

    @transition(field="state", source="suspended", target="launched")
    def resume(self) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("resume")

    @transition(field="state", source=["launched", "suspended"], target="completed")
    def complete(self, *, on: dt.date) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("complete")
        self.ended_on = on

    @transition(field="state", source=["proposed", "ready", "launched", "suspended"], target="canceled")
    def cancel(self, *, on: dt.date) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("cancel")
        self.ended_on = on

    @transition(field="state", source=["proposed", "ready", "completed", "canceled"], target="inactive")
    def deactivate(self) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("deactivate")

    @transition(field="state", source=["completed", "canceled", "inactive"], target="proposed")
    def reopen(self) -> None:
        self.status_reason = CAMPAIGN_MACHINE.reason_after("reopen")
        self.ended_on = None


@tracked
class CampaignCost(Line):
    """What was paid for a campaign. `base_amount` is what counts; the rate is that of the day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="costs", verbose_name=_("campaign"))
    name = models.CharField(_("what for"), max_length=200)
    spent_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10, editable=False)
    base_amount = models.DecimalField(_("amount in base currency"), max_digits=19, decimal_places=4, editable=False)

    class Meta:
        verbose_name = _("campaign cost")
        verbose_name_plural = _("campaign costs")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="campaign_cost_positive",
                violation_error_message=_("Enter an amount above 0."),
            )
        ]

    def __str__(self) -> str:
        return self.name
