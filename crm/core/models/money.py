"""Currencies and their dated rates."""

import datetime as dt
from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import tracked


@tracked
class Currency(models.Model):
    """An ISO 4217 currency. `digits` are its minor units: JPY 0, EUR 2, KWD 3."""

    code = models.CharField(_("code"), max_length=3, unique=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    name = models.CharField(_("name"), max_length=100)
    digits = models.PositiveSmallIntegerField(_("digits after the point"), default=2)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)
        constraints = [models.CheckConstraint(condition=Q(digits__lte=4), name="currency_digits_up_to_4")]

    def __str__(self) -> str:
        return self.code


@tracked
class ExchangeRate(models.Model):
    """Units of the currency per one unit of the organisation's base currency, from a date on."""

    currency = models.ForeignKey(Currency, models.CASCADE, related_name="rates", verbose_name=_("currency"))
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(
        _("rate"), max_digits=20, decimal_places=10, validators=[MinValueValidator(Decimal("0.0000000001"))]
    )

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("currency", "-valid_from")
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_rate_per_currency_and_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from}: {self.rate}"


def rate_on(currency: Currency, day: dt.date, base: Currency | None) -> Decimal | None:
    """The rate that holds on `day`; 1 for the base currency, None where no rate is known."""
    if base is not None and currency.pk == base.pk:
        return Decimal(1)
    found = ExchangeRate.objects.filter(currency=currency, valid_from__lte=day).order_by("-valid_from").first()
    return found.rate if found else None
