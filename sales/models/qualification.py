"""What became of a lead: the one source of the links between it and the records it led to."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, tracked
from crm.users.models import User
from leads.models import Lead
from sales.models.opportunities import Opportunity


@tracked
class Qualification(Line):
    """A lead was qualified. An undone one stays as history."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="qualifications", verbose_name=_("lead"))
    qualified_at = models.DateTimeField(_("qualified"))
    qualified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("qualified by"))
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(undone_at__isnull=True), name="lead_qualified_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead} {self.qualified_at:%Y-%m-%d}"


class QualificationOutcome(models.TextChoices):
    CREATED = "created", _("Created")
    USED = "used", _("Used as it was")
    FILLED = "filled", _("Filled from the lead")
    JOINED = "joined", _("Joined")


@tracked
class QualificationResult(Line):
    """One record that a qualification created, used, filled or joined.

    `earlier_values` and `written_values` hold, by field name, what stood there and what was written;
    `record_version` is the version in which the qualification left a record that it created.
    """

    Outcome = QualificationOutcome

    qualification = models.ForeignKey(Qualification, models.CASCADE, related_name="results")
    outcome = models.CharField(_("outcome"), max_length=10, choices=QualificationOutcome.choices)
    account: Any = models.ForeignKey(
        "customers.Account", models.PROTECT, null=True, blank=True, related_name="qualification_results"
    )
    contact: Any = models.ForeignKey(
        "customers.Contact", models.PROTECT, null=True, blank=True, related_name="qualification_results"
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="qualification_results"
    )
    record_version = models.PositiveIntegerField(null=True, editable=False)
    earlier_values = models.JSONField(default=dict, editable=False)
    written_values = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("result of a qualification")
        verbose_name_plural = _("results of qualifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, contact__isnull=True, opportunity__isnull=True)
                | Q(account__isnull=True, contact__isnull=False, opportunity__isnull=True)
                | Q(account__isnull=True, contact__isnull=True, opportunity__isnull=False),
                name="qualification_result_is_one_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.record}"

    @property
    def record(self) -> Any:
        return self.account or self.contact or self.opportunity

    @property
    def kind(self) -> str:
        """account, contact or opportunity."""
        return next(kind for kind in ("account", "contact", "opportunity") if getattr(self, f"{kind}_id"))
