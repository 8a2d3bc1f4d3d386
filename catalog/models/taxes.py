"""Tax rates with the category that an electronic invoice names."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models import OrganisationModel


class TaxCategory(models.TextChoices):
    """The categories of EN 16931 (code list UNCL 5305) that a seller needs."""

    STANDARD = "S", _("Standard rate")
    ZERO = "Z", _("Zero rated")
    EXEMPT = "E", _("Exempt from tax")
    REVERSE_CHARGE = "AE", _("Reverse charge")
    INTRA_COMMUNITY = "K", _("Intra-community supply")
    EXPORT = "G", _("Export outside the customs area")
    OUTSIDE = "O", _("Outside the scope of tax")


@tracked
class TaxRate(OrganisationModel):
    """`rate` is a percentage. Only the standard category has one above zero."""

    name = models.CharField(_("name"), max_length=100)
    category = models.CharField(_("category"), max_length=2, choices=TaxCategory.choices)
    rate = models.DecimalField(
        _("rate in percent"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Proposed for new products and write-in lines.")
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta(OrganisationModel.Meta):
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ("category", "-rate")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="tax_rate_name_once",
                violation_error_message=_("There is a tax rate of this name already."),
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, deleted_at__isnull=True),
                name="one_default_tax_rate",
                violation_error_message=_("There is a default tax rate already."),
            ),
            models.CheckConstraint(
                condition=Q(category=TaxCategory.STANDARD, rate__gt=0, rate__lte=100)
                | (Q(category__in=[category for category in TaxCategory.values if category != "S"]) & Q(rate=0)),
                name="tax_rate_fits_category",
                violation_error_message=_(
                    "A standard rate is above 0 and at most 100 percent, any other category has 0."
                ),
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True),
                name="default_tax_rate_is_offered",
                violation_error_message=_("The default tax rate has to be offered."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
