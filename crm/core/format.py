"""Values in the shape in which people read them, in the time zone, language and formats of the moment.

Results that are markup are safe strings; everything else is plain text and is escaped where it is shown.
`style` is that of `crm.core.writing`, for those who format much at once and have looked it up; empty stands for the
current one.
"""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.markup import Pattern
from crm.core.money import currency_digits, round_money
from crm.core.writing import hand
from crm.core.writing import style as current_style

_MINUS = "\N{MINUS SIGN}"
_REMEMBERED = 4096
_MOST_DIGITS = 24
_CENTS = Decimal("0.01")
_TIME = Pattern('<time datetime="{}" title="{} {} UTC">{}</time>')
_ONE_DAY = dt.timedelta(days=1)


def money(amount: Decimal | int | None, currency: str = "", *, digits: int | None = None, style: str = "") -> str:
    """`USD 86,000.00`; without a code where `currency` is empty, which is how the base currency is shown."""
    if amount is None:
        return ""
    digits = (currency_digits(currency) if currency else 2) if digits is None else digits
    figure = number(round_money(Decimal(amount), digits), digits, style)
    return f"{currency} {figure}" if currency else figure


def money_html(
    amount: Decimal | int | None, currency: str = "", *, digits: int | None = None, style: str = ""
) -> SafeString:
    """The same with the code small and grey."""
    digits = currency_digits(currency) if digits is None and currency else digits
    figure = money(amount, digits=digits, style=style)
    if not currency or not figure:
        return format_html("{}", figure)
    return format_html('<span class="code">{}</span> {}', currency, figure)


def number(value: Decimal | int, digits: int, style: str = "") -> str:
    """With exactly `digits` decimals and grouped thousands."""
    places = "." + "0" * digits if digits else ""
    return _decimal(Decimal(value), places, style or current_style())


def quantity(value: Decimal | int | None, style: str = "") -> str:
    """With as many decimals as it has, at most five."""
    return "" if value is None else _decimal(Decimal(value), ".#####", style or current_style())


def price(value: Decimal | int | None, digits: int, style: str = "") -> str:
    """A price per unit: at least the currency's decimals, at most five."""
    decimals = "." + "0" * digits + "#" * (5 - digits)
    return "" if value is None else _decimal(Decimal(value), decimals, style or current_style())


def typed(value: Decimal | int | None, style: str = "", *, digits: int = 0) -> str:
    """As one types it: without grouping, with a hyphen for minus, and with no idle zeros beyond `digits` decimals."""
    if value is None:
        return ""
    plain = plain_decimal(Decimal(value))
    if digits and -plain.as_tuple().exponent < digits:
        plain = plain.quantize(Decimal(1).scaleb(-digits))
    return exactly(plain, style)


def exactly(value: Decimal, style: str = "") -> str:
    """With the decimals that the value has, as one types it."""
    return f"{value:f}".replace(".", hand(style or current_style()).decimal_sign)


def plain_decimal(value: Any) -> Any:
    """`41500.0000` is typed as 41500, `12.5000` as 12.50, `0.12345` as it is; anything else stays."""
    # What has more digits than any of our columns may be longer than Python computes with.
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return value
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    if value == value.quantize(_CENTS):
        return value.quantize(_CENTS)
    return value.normalize()


def percent(value: Decimal | int | None) -> str:
    return "" if value is None else f"{quantity(value)} %"


def day(value: dt.date | None, style: str = "") -> str:
    """`18 Dec 2026`."""
    return "" if value is None else _day(_as_date(value), style or current_style())


def clock(value: dt.datetime | dt.time, style: str = "") -> str:
    """`14:05`, in the current time zone."""
    local = timezone.localtime(value).time() if isinstance(value, dt.datetime) else value
    return _clock(local.replace(second=0, microsecond=0, tzinfo=None), style or current_style())


def moment(value: dt.datetime | None) -> SafeString:
    """Local day and time, with UTC in the tooltip."""
    return _time_element(value, f"{day(value)} {clock(value)}") if value else SafeString()


def time_of_day(value: dt.datetime | None) -> SafeString:
    """`14:05`, under a heading that says the day."""
    return _time_element(value, clock(value)) if value else SafeString()


def short_moment(value: dt.datetime | None, today: dt.date, style: str = "") -> SafeString:
    """For columns: the time of today, then yesterday, then the day, with the year where it is another one."""
    if value is None:
        return SafeString()
    local = timezone.localtime(value)
    date, style = local.date(), style or current_style()
    if date == today:
        words = clock(local.time(), style)
    elif date == today - _ONE_DAY:
        words = _("yesterday")
    else:
        words = short_day(date, today, style)
    return _time_element(value, words)


def weekday(value: dt.datetime, style: str = "") -> str:
    """`Friday 18 December, 14:05`, in the current time zone."""
    style, date = style or current_style(), timezone.localtime(value).date()
    by = hand(style)
    if by.short_date:
        words = format_date(date, by.short_date, locale=by.locale)
    else:
        words = format_skeleton("MMMMd", date, locale=by.locale)
    return f"{format_date(date, 'EEEE', locale=by.locale)} {words}, {clock(value, style)}"


def short_day(date: dt.date, today: dt.date, style: str = "") -> str:
    """`19 Nov`, with the year where it is another one."""
    return (_day_and_month if date.year == today.year else _day)(date, style or current_style())


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


def week_of(date: dt.date, style: str = "") -> dt.date:
    """The first day of its week, as this person counts weeks."""
    first = hand(style or current_style()).first_weekday
    return date - dt.timedelta(days=(date.weekday() - first) % 7)


def _time_element(value: dt.datetime, words: str) -> SafeString:
    utc = value.astimezone(dt.UTC).isoformat(timespec="minutes")
    return _TIME(utc, utc[:10], utc[11:16], words)


def _as_date(value: dt.date) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


# A page of a list shows the same days and round sums again and again, and Babel takes its time.
@lru_cache(_REMEMBERED)
def _decimal(value: Decimal, decimals: str, style: str) -> str:
    """`decimals` is the part of the pattern behind the whole number."""
    by = hand(style)
    text: str = format_decimal(value, format=by.grouping + decimals, locale=by.numbers)
    return text.replace("-", _MINUS)


@lru_cache(_REMEMBERED)
def _day(value: dt.date, style: str) -> str:
    by = hand(style)
    return str(format_date(value, format=by.date or "medium", locale=by.locale))


@lru_cache(_REMEMBERED)
def _day_and_month(value: dt.date, style: str) -> str:
    by = hand(style)
    if by.short_date:
        return str(format_date(value, format=by.short_date, locale=by.locale))
    return str(format_skeleton("MMMd", value, locale=by.locale))


@lru_cache(_REMEMBERED)
def _clock(value: dt.time, style: str) -> str:
    by = hand(style)
    return str(format_time(value, format=by.time or "short", locale=by.locale))
