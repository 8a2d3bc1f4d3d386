"""Volume discounts: lists of tiers by quantity."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from catalog.price_terms import DISCOUNT_KIND_LABELS, DiscountKind
from crm.core.models import Currency, Line, tracked
from crm.users.models import OrganisationModel

_KINDS = [(kind.value, label) for kind, label in DISCOUNT_KIND_LABELS.items()]


@tracked
class DiscountList(OrganisationModel):
    """All tiers are percentages, or all are amounts per unit in one currency; that is fixed once tiers exist."""

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=_KINDS, default=DiscountKind.PERCENT.value)
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"))
    description = models.TextField(_("description"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True, help_text=_("An inactive list does not apply."))

    class Meta(OrganisationModel.Meta):
        verbose_name = _("discount list")
        verbose_name_plural = _("discount lists")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="discount_list_name_once",
                violation_error_message=_("There is a discount list of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", currency__isnull=True) | Q(kind="amount", currency__isnull=False),
                name="discount_list_currency_fits_kind",
                violation_error_message=_("A list of amounts has a currency, a list of percentages has none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class DiscountTier(Line):
    """From `low` to `high` inclusive; without `high` there is no upper end. `value` as the list's kind says."""

    discount_list = models.ForeignKey(
        DiscountList, models.CASCADE, related_name="tiers", verbose_name=_("discount list")
    )
    low = models.DecimalField(_("from quantity"), max_digits=16, decimal_places=5, validators=[MinValueValidator(0)])
    high = models.DecimalField(
        _("to quantity"), max_digits=16, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    value = models.DecimalField(_("discount"), max_digits=20, decimal_places=5, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("discount tier")
        verbose_name_plural = _("discount tiers")
        ordering = ("discount_list", "low")
        constraints = [
            models.CheckConstraint(
                condition=Q(low__gte=0),
                name="tier_starts_at_zero_or_above",
                violation_error_message=_("Enter a quantity of 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(high__isnull=True) | Q(high__gte=F("low")),
                name="tier_ends_after_start",
                violation_error_message=_("A tier ends at or after its start."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="tier_discount_not_negative",
                violation_error_message=_("Enter a discount of 0 or more."),
            ),
            # A range of one number stands for equality, which a gist index has only with an extension.
            ExclusionConstraint(
                name="tiers_do_not_overlap",
                violation_error_message=_("The quantities of two tiers overlap. Change where one starts or ends."),
                expressions=[
                    (
                        Func(F("discount_list"), F("discount_list"), Value("[]"), function="int8range"),
                        "&&",
                    ),
                    (Func(F("low"), F("high"), Value("[]"), function="numrange"), "&&"),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low.normalize():f} – {'' if self.high is None else f'{self.high.normalize():f}'}"
