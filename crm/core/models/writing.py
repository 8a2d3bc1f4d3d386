"""The columns of how numbers, dates and times are written, for the organisation and for each person."""

import datetime as dt

from babel.dates import format_date, format_time
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.writing import CHOICES, DATE_FORMATS, NUMBER_FORMATS, TIME_FORMATS, Writing

_LENGTH = 20


def date_choices() -> list[tuple[str, str]]:
    """Each format as it writes a day on which day and month cannot be mistaken for each other."""
    day = dt.date(2026, 12, 18)
    return [(pattern, format_date(day, pattern, locale="en")) for pattern in DATE_FORMATS]


def time_choices() -> list[tuple[str, str]]:
    return [(pattern, format_time(dt.time(14, 5), pattern, locale="en")) for pattern in TIME_FORMATS]


def language_choices() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class Weekday(models.TextChoices):
    MONDAY = "monday", _("Monday")
    SATURDAY = "saturday", _("Saturday")
    SUNDAY = "sunday", _("Sunday")


class WritingModel(models.Model):
    """An empty choice follows what stands above: the organisation, then the language."""

    language = models.CharField(_("language"), max_length=_LENGTH, blank=True, default="", choices=language_choices)
    number_format = models.CharField(
        _("numbers"), max_length=_LENGTH, blank=True, default="", choices=[(one, one) for one in NUMBER_FORMATS]
    )
    date_format = models.CharField(_("dates"), max_length=_LENGTH, blank=True, default="", choices=date_choices)
    time_format = models.CharField(_("times"), max_length=_LENGTH, blank=True, default="", choices=time_choices)
    week_starts = models.CharField(
        _("week starts on"), max_length=_LENGTH, blank=True, default="", choices=Weekday.choices
    )

    class Meta:
        abstract = True

    @property
    def writing(self) -> Writing:
        return Writing(**{name: getattr(self, name) for name in CHOICES})
