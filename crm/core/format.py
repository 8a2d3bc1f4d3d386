"""Values in the shape in which people read them, in the language and time zone of the moment.

Results that are markup are safe strings; everything else is plain text and is escaped where it is shown.
`language_code` is for those who format much at once and have looked it up; empty stands for the current language.
"""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from crm.core.markup import Pattern
from crm.core.money import currency_digits, round_money

_MINUS = "\N{MINUS SIGN}"
# Plain English without a country writes 18 Dec 2026 and counts 24 hours.
_REGIONS = {"en": "en_150"}
_REMEMBERED = 4096
_TIME = Pattern('<time datetime="{}" title="{} {} UTC">{}</time>')
_ONE_DAY = dt.timedelta(days=1)


def money(
    amount: Decimal | int | None, currency: str = "", *, digits: int | None = None, language_code: str = ""
) -> str:
    """`USD 86,000.00`; without a code where `currency` is empty, which is how the base currency is shown."""
    if amount is None:
        return ""
    digits = (currency_digits(currency) if currency else 2) if digits is None else digits
    figure = number(round_money(Decimal(amount), digits), digits, language_code)
    return f"{currency} {figure}" if currency else figure


def money_html(
    amount: Decimal | int | None, currency: str = "", *, digits: int | None = None, language_code: str = ""
) -> SafeString:
    """The same with the code small and grey."""
    digits = currency_digits(currency) if digits is None and currency else digits
    figure = money(amount, digits=digits, language_code=language_code)
    if not currency or not figure:
        return format_html("{}", figure)
    return format_html('<span class="code">{}</span> {}', currency, figure)


def number(value: Decimal | int, digits: int, language_code: str = "") -> str:
    """With exactly `digits` decimals and grouped thousands."""
    places = "." + "0" * digits if digits else ""
    return _decimal(Decimal(value), f"#,##0{places}", language_code or language())


def quantity(value: Decimal | int | None, language_code: str = "") -> str:
    """With as many decimals as it has, at most five."""
    return "" if value is None else _decimal(Decimal(value), "#,##0.#####", language_code or language())


def price(value: Decimal | int | None, digits: int, language_code: str = "") -> str:
    """A price per unit: at least the currency's decimals, at most five."""
    pattern = "#,##0" + ("." + "0" * digits + "#" * (5 - digits))
    return "" if value is None else _decimal(Decimal(value), pattern, language_code or language())


def percent(value: Decimal | int | None) -> str:
    return "" if value is None else f"{quantity(value)} %"


def day(value: dt.date | None, language_code: str = "") -> str:
    """`18 Dec 2026`."""
    return "" if value is None else _day(_as_date(value), language_code or language())


def clock(value: dt.datetime | dt.time, language_code: str = "") -> str:
    """`14:05`, in the current time zone."""
    local = timezone.localtime(value).time() if isinstance(value, dt.datetime) else value
    return _clock(local.replace(second=0, microsecond=0, tzinfo=None), language_code or language())


def moment(value: dt.datetime | None) -> SafeString:
    """Local day and time, with UTC in the tooltip."""
    return _time_element(value, f"{day(value)} {clock(value)}") if value else SafeString()


def time_of_day(value: dt.datetime | None) -> SafeString:
    """`14:05`, under a heading that says the day."""
    return _time_element(value, clock(value)) if value else SafeString()


def short_moment(value: dt.datetime | None, today: dt.date, language_code: str = "") -> SafeString:
    """For columns: the time of today, then yesterday, then the day, with the year where it is another one."""
    if value is None:
        return SafeString()
    local = timezone.localtime(value)
    date, language_code = local.date(), language_code or language()
    if date == today:
        words = clock(local.time(), language_code)
    elif date == today - _ONE_DAY:
        words = _("yesterday")
    else:
        words = short_day(date, today, language_code)
    return _time_element(value, words)


def short_day(date: dt.date, today: dt.date, language_code: str = "") -> str:
    """`19 Nov`, with the year where it is another one."""
    return (_day_and_month if date.year == today.year else _day)(date, language_code or language())


def duration(span: dt.timedelta) -> str:
    """`4 min`, `2 h 41 min`, `19 h`, `3 days`: never more exact than is of use."""
    minutes = int(abs(span).total_seconds() // 60)
    hours, days = minutes // 60, abs(span).days
    if hours < 1:
        return _("%(minutes)d min") % {"minutes": minutes}
    if hours < 10 and minutes % 60:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    if days < 1:
        return _("%(hours)d h") % {"hours": hours}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def ago(value: dt.datetime | None, now: dt.datetime) -> str:
    if value is None:
        return ""
    words = {"span": duration(now - value)}
    return _("%(span)s ago") % words if value <= now else _("in %(span)s") % words


def language() -> str:
    return get_language() or "en"


def _time_element(value: dt.datetime, words: str) -> SafeString:
    utc = value.astimezone(dt.UTC).isoformat(timespec="minutes")
    return _TIME(utc, utc[:10], utc[11:16], words)


def _as_date(value: dt.date) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


# A page of a list shows the same days and round sums again and again, and Babel takes its time.
@lru_cache(_REMEMBERED)
def _decimal(value: Decimal, pattern: str, language_code: str) -> str:
    text: str = format_decimal(value, format=pattern, locale=_locale(language_code))
    return text.replace("-", _MINUS)


@lru_cache(_REMEMBERED)
def _day(value: dt.date, language_code: str) -> str:
    return str(format_date(value, format="medium", locale=_locale(language_code)))


@lru_cache(_REMEMBERED)
def _day_and_month(value: dt.date, language_code: str) -> str:
    return str(format_skeleton("MMMd", value, locale=_locale(language_code)))


@lru_cache(_REMEMBERED)
def _clock(value: dt.time, language_code: str) -> str:
    return str(format_time(value, format="short", locale=_locale(language_code)))


@lru_cache
def _locale(language_code: str) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(language_code, language_code).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
