"""Pairs of records that may be the same, as the nightly look at whole tables has found them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.data.models.duplicates import DuplicateRule


class DuplicatePair(models.Model):
    """Two records of the table `noun` (a label), the older first. `rule` is the strongest that found them.

    Dismissed are those of which somebody has said that they are not the same: they are not found again.
    """

    untracked_because = "derived from the records; who dismissed a pair stands in it"

    noun = models.CharField(_("table"), max_length=60)
    first_id = models.BigIntegerField(_("first record"))
    second_id = models.BigIntegerField(_("second record"))
    rule: Any = models.ForeignKey(DuplicateRule, models.SET_NULL, null=True, related_name="+", verbose_name=_("rule"))
    seen_at = models.DateTimeField(_("last found"))
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("dismissed by")
    )

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["noun", "first_id", "second_id"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            models.Index(fields=["noun", "-id"], name="duplicate_pair_open", condition=Q(dismissed_at__isnull=True)),
            models.Index(fields=["noun", "second_id"], name="duplicate_pair_second"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.first_id} {self.second_id}"
