"""The one organisation that runs this installation: the seller on every document."""

import datetime as dt
import zoneinfo
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import Singleton, tracked
from crm.core.models.money import Currency
from crm.core.models.writing import WritingModel
from crm.core.transactions import read_once


def known_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone such as Europe/Berlin."), params={"name": name})


@tracked
class Organisation(WritingModel, Singleton):
    name = models.CharField(_("legal name"), max_length=200, default="My company")
    street = models.CharField(_("street"), max_length=250, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state_or_province = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    logo = models.FileField(_("logo"), upload_to="organisation", blank=True)
    base_currency = models.ForeignKey(Currency, models.PROTECT, null=True, verbose_name=_("base currency"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_time_zone])
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    payment_terms_days = models.PositiveSmallIntegerField(_("payment terms in days"), default=30)
    discount_per_unit = models.BooleanField(
        _("manual discounts are per unit"),
        default=False,
        help_text=_("Otherwise a manual discount is for the line."),
    )
    first_response_minutes = models.PositiveIntegerField(
        _("minutes to the first response to a lead"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(90 * 24 * 60)],
        help_text=_("Where no assignment rule says otherwise; the clock of the lead turns red afterwards."),
    )
    managers_may_write = models.BooleanField(_("managers may change records of their direct reports"), default=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> Self:
        """With its base currency, for which whoever adds up asks next. Read once in an act."""
        rows = cls.objects.select_related("base_currency")
        return read_once("organisation", lambda: rows.get_or_create(pk=cls.KEY)[0])

    def today(self, at: dt.datetime | None = None) -> dt.date:
        """The calendar day in the organisation's time zone."""
        return (at or timezone.now()).astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()


@tracked
class BankAccount(models.Model):
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, default=Organisation.KEY, related_name="bank_accounts"
    )
    bank = models.CharField(_("bank"), max_length=200)
    iban = models.CharField(_("account number or IBAN"), max_length=50)
    bic = models.CharField(_("BIC"), max_length=20, blank=True)
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"))

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")

    def __str__(self) -> str:
        return f"{self.bank} {self.iban}"
