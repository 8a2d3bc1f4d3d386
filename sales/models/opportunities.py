"""A chance to sell something to a customer."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.models import Line, tag_index, tracked
from crm.core.states import reason_field, state_field
from crm.core.words import SearchWords
from crm.customers.models import CustomerModel
from crm.users.models import OwnedModel, branch_indexes
from leads.models import Lead
from leads.models.campaigns import campaign_index
from sales.models.columns import base_figure, optional_amount
from sales.models.documents import DocumentTax, PricedModel
from sales.models.lines import DocumentLine
from sales.states import OPPORTUNITY_MACHINE, OpportunityState


class RevenueMode(models.TextChoices):
    USER = "user", _("User provided")
    CALCULATED = "calculated", _("Calculated from the lines")


class ForecastCategory(models.TextChoices):
    """Won and lost follow the state and are not stored."""

    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best_case", _("Best case")
    COMMITTED = "committed", _("Committed")
    OMITTED = "omitted", _("Omitted")


OPPORTUNITY_WORDS = SearchWords(names=("sort_key",))
"""What an opportunity is found by."""


@tracked
class Opportunity(PricedModel):
    machine = OPPORTUNITY_MACHINE

    topic = models.CharField(_("topic"), max_length=300)
    state = state_field(OPPORTUNITY_MACHINE)
    status_reason = reason_field(OPPORTUNITY_MACHINE)

    revenue_mode = models.CharField(_("revenue"), max_length=12, choices=RevenueMode.choices, default=RevenueMode.USER)
    estimated_revenue = optional_amount(_("estimated revenue"))
    base_estimated_revenue = base_figure(_("estimated revenue in base currency"))
    estimated_close_on = models.DateField(_("estimated close"), null=True, blank=True)
    probability = models.PositiveSmallIntegerField(_("probability %"), default=10, validators=[MaxValueValidator(100)])
    rating = models.CharField(_("rating"), max_length=10, choices=Lead.Rating.choices, blank=True)
    forecast_category = models.CharField(
        _("forecast category"), max_length=10, choices=ForecastCategory.choices, default=ForecastCategory.PIPELINE
    )
    # The stage of the process run, written together with it.
    stage = models.CharField(_("stage"), max_length=40, default="qualify", editable=False)
    stage_entered_at = models.DateTimeField(_("in this stage since"), null=True, editable=False)
    process = models.CharField(_("process"), max_length=60, blank=True, editable=False)

    budget_amount = optional_amount(_("budget"))
    budget_status = models.CharField(_("budget status"), max_length=30, choices=Lead.BudgetStatus.choices, blank=True)
    purchase_timeframe = models.CharField(_("timeframe"), max_length=20, choices=Lead.Timeframe.choices, blank=True)
    purchase_process = models.CharField(_("purchase process"), max_length=20, choices=Lead.Process.choices, blank=True)
    decision_maker = models.BooleanField(_("decision maker"), default=False)
    need = models.CharField(_("need"), max_length=20, choices=Lead.Need.choices, blank=True)
    current_situation = models.TextField(_("current situation"), blank=True)
    customer_need = models.TextField(_("what the customer needs"), blank=True)
    pain_points = models.TextField(_("pain points"), blank=True)
    proposed_solution = models.TextField(_("proposed solution"), blank=True)

    actual_revenue = models.DecimalField(
        _("actual revenue"), max_digits=19, decimal_places=4, null=True, editable=False
    )
    base_actual_revenue = base_figure(_("actual revenue in base currency"))
    actual_close_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_note = models.TextField(_("closing note"), blank=True, editable=False)
    lost_to: Any = models.ForeignKey(
        "catalog.Competitor",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("lost to"),
    )
    competitors: Any = models.ManyToManyField(
        "catalog.Competitor",
        through="sales.OpportunityCompetitor",
        blank=True,
        related_name="+",
        verbose_name=_("competitors"),
    )

    class Meta(OwnedModel.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            *OwnedModel.Meta.constraints,
            *CustomerModel.Meta.constraints,
            OPPORTUNITY_MACHINE.constraint("opportunity_state_reason"),
            models.CheckConstraint(
                condition=Q(state="open", actual_close_on__isnull=True, actual_revenue__isnull=True)
                | (~Q(state="open") & Q(actual_close_on__isnull=False)),
                name="opportunity_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="won") | Q(actual_revenue__isnull=False), name="opportunity_won_has_revenue"
            ),
            models.CheckConstraint(
                condition=Q(state="lost") | Q(lost_to__isnull=True), name="opportunity_lost_to_when_lost"
            ),
            models.CheckConstraint(
                condition=Q(revenue_mode="user") | Q(estimated_revenue=F("total_amount")),
                name="opportunity_calculated_revenue",
            ),
            models.CheckConstraint(condition=Q(probability__lte=100), name="opportunity_probability"),
        ]
        indexes = [
            *branch_indexes(
                "opp", "-created_at", "-updated_at", "sort_key", "estimated_close_on", "-base_estimated_revenue"
            ),
            GinIndex(OPPORTUNITY_WORDS, name="opportunity_search"),
            tag_index("opportunity"),
            campaign_index("opportunity"),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def is_editable(self) -> bool:
        return bool(self.state == OpportunityState.OPEN)

    @transition(
        field="state",
        source=OpportunityState.OPEN,
        target=OpportunityState.OPEN,
        conditions=[OPPORTUNITY_MACHINE.allows("hold")],
    )
    def hold(self) -> None:
        self.status_reason = OPPORTUNITY_MACHINE.reason_after("hold")

    @transition(
        field="state",
        source=OpportunityState.OPEN,
        target=OpportunityState.OPEN,
        conditions=[OPPORTUNITY_MACHINE.allows("resume")],
    )
    def resume(self) -> None:
        self.status_reason = OPPORTUNITY_MACHINE.reason_after("resume")

    @transition(field="state", source=OpportunityState.OPEN, target=OpportunityState.WON)
    def win(self, *, actual_revenue: Decimal, closed_on: dt.date, note: str = "") -> None:
        self.status_reason = OPPORTUNITY_MACHINE.reason_after("win")
        self.actual_revenue, self.actual_close_on, self.closing_note = actual_revenue, closed_on, note

    @transition(field="state", source=OpportunityState.OPEN, target=OpportunityState.LOST)
    def lose(
        self,
        *,
        reason: str,
        actual_revenue: Decimal | None,
        closed_on: dt.date,
        competitor_id: int | None = None,
        note: str = "",
    ) -> None:
        self.status_reason = OPPORTUNITY_MACHINE.reason_after("lose", reason)
        self.actual_revenue, self.actual_close_on, self.closing_note = actual_revenue, closed_on, note
        self.lost_to_id = competitor_id

    @transition(field="state", source=[OpportunityState.WON, OpportunityState.LOST], target=OpportunityState.OPEN)
    def reopen(self) -> None:
        self.status_reason = OPPORTUNITY_MACHINE.reason_after("reopen")
        self.actual_revenue = self.base_actual_revenue = self.actual_close_on = self.lost_to_id = None
        self.closing_note = ""


@tracked
class OpportunityLine(DocumentLine):
    document = models.ForeignKey(Opportunity, models.CASCADE, related_name="lines")

    class Meta(DocumentLine.Meta):
        verbose_name = _("opportunity line")
        verbose_name_plural = _("opportunity lines")


@tracked
class OpportunityTax(DocumentTax):
    document = models.ForeignKey(Opportunity, models.CASCADE, related_name="taxes")

    class Meta(DocumentTax.Meta):
        verbose_name = _("tax of an opportunity")
        verbose_name_plural = _("taxes of opportunities")


@tracked
class OpportunityCompetitor(Line):
    """Somebody else who wants this deal."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="opportunity_competitors")
    competitor: Any = models.ForeignKey("catalog.Competitor", models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("competitor of an opportunity")
        verbose_name_plural = _("competitors of opportunities")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "competitor"], name="competitor_once_per_opportunity")
        ]

    def __str__(self) -> str:
        return str(self.competitor)
