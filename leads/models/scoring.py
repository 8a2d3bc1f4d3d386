"""Rules that give a lead points, and what was learnt from closed leads."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked


@tracked
class ScoreRule(models.Model):
    """Every lead that the query finds gets the points; the label says why."""

    label = models.CharField(
        _("label"), max_length=100, unique=True, help_text=_("Shown as the reason: Budget is released.")
    )
    query = models.TextField(
        _("which leads"), max_length=2000, help_text=_("A query as in the box above the list: budget_status:will_buy.")
    )
    points = models.SmallIntegerField(_("points"), validators=[MinValueValidator(-100), MaxValueValidator(100)])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("score rule")
        verbose_name_plural = _("score rules")
        ordering = ("-points", "label")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=-100, points__lte=100), name="score_rule_points_in_range")
        ]

    def __str__(self) -> str:
        return self.label


class ScoreModel(models.Model):
    """One night's learning; the newest counts. `points`: feature → group → [points, leads of that group]."""

    untracked_because = "written once a night; old ones are kept for a month"

    learnt_at = models.DateTimeField(_("learnt"))
    qualified = models.PositiveIntegerField(_("qualified leads"))
    disqualified = models.PositiveIntegerField(_("disqualified leads"))
    points = models.JSONField(_("points"), default=dict)
    #: Until when changed leads have been scored anew; None once all of them have to be.
    scored_until = models.DateTimeField(_("scored until"), null=True)

    class Meta:
        verbose_name = _("learnt score")
        verbose_name_plural = _("learnt scores")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.learnt_at:%Y-%m-%d %H:%M}"
