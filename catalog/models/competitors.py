"""Who else sells to our customers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.folding import fold
from crm.core.models import Currency, tracked
from crm.users.models import OrganisationModel


@tracked
class Competitor(OrganisationModel):
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=500, default="", editable=False)
    website = models.URLField(_("website"), max_length=500, blank=True, default="")
    key_product = models.CharField(_("key product"), max_length=200, blank=True, default="")
    reported_revenue = models.DecimalField(
        _("reported revenue"), max_digits=19, decimal_places=4, null=True, blank=True
    )
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"))
    overview = models.TextField(_("overview"), blank=True, default="")
    strengths = models.TextField(_("strengths"), blank=True, default="")
    weaknesses = models.TextField(_("weaknesses"), blank=True, default="")
    opportunities = models.TextField(_("opportunities"), blank=True, default="")
    threats = models.TextField(_("threats"), blank=True, default="")

    class Meta(OrganisationModel.Meta):
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering = ("sort_key", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="competitor_name_once",
                violation_error_message=_("There is a competitor of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def set_sort_key(self) -> None:
        self.sort_key = fold(self.name)
