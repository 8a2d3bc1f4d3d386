"""Number series: what a document number looks like, and the counters of gapless ones."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import tracked


@tracked
class NumberSeries(models.Model):
    """`LEAD-2026-00042` is prefix, year and counter. Demonstration data has series of its own."""

    key = models.SlugField(_("key"), unique=True, max_length=40, help_text=_("lead, quote, demo-invoice, …"))
    prefix = models.CharField(
        _("prefix"),
        max_length=20,
        validators=[RegexValidator(r"^[A-Z0-9][A-Z0-9/-]*$", _("Capitals, digits, - and /."))],
    )
    width = models.PositiveSmallIntegerField(
        _("digits"), default=5, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    is_gapless = models.BooleanField(_("without gaps"), default=False, editable=False)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["prefix"], name="number_prefix_used_once")]

    def __str__(self) -> str:
        return self.key


class NumberCounter(models.Model):
    """The last number given and its date, per gapless series and year. Its series is locked while a number is taken."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_series_and_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.value}"
