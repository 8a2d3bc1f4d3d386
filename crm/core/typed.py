"""Numbers, dates and times as people type them, read in their own format or in that of machines, never guessed.

What could be read in two ways, or in none, is refused with a sentence (`ValidationError`).
"""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

from babel.dates import get_month_names
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.folding import fold
from crm.core.writing import Hand, hand
from crm.core.writing import style as current_style

_MOST_READ = 64
_MINUSES = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"))
# What people type for the spaces and the raised commas between thousands.
_SPACES = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "))
_QUOTES = str.maketrans(dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{PRIME}", "'"))
_NUMBER = re.compile(r"([+-]?)([0-9][0-9 '.,]*|[.,][0-9]+)")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:(.)[0-9]{3})(?:\1[0-9]{3})*")
_LAKHS = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}")
_MACHINE = re.compile(r"[0-9]*\.?[0-9]*")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)? *([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_HALF_DAY, _NO_HOUR = 12, 99
_RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"


def read_number(text: str, style: str = "") -> Decimal:
    """`1.234,56` where that is the format; `1234.56` from everybody, unless the format may mean thousands by it."""
    style = style or current_style()
    found = _NUMBER.fullmatch(_straight(text))
    figure = found and (_own(found[2], hand(style)) or _unmistakable(found[2], hand(style)))
    if found is None or not figure:
        example = shown.number(Decimal("1234.56"), 2, style)
        raise ValidationError(
            _("“%(text)s” is not a number in your format. Write it like %(example)s."),
            "invalid",
            params={"text": text[:_MOST_READ], "example": example},
        )
    return Decimal(f"{found[1]}{figure}")


def _straight(text: str) -> str:
    bare = text.strip().translate(_MINUSES).translate(_SPACES).translate(_QUOTES)
    return bare if len(bare) <= _MOST_READ else ""


def _own(text: str, by: Hand) -> str:
    """As the format writes it: thousands grouped rightly or not at all, and its own sign before the decimals."""
    whole, _sign, decimals = text.partition(by.decimal_sign)
    if decimals and not decimals.isdecimal():
        return ""
    if not whole.isdecimal() and whole:
        whole = _ungrouped(whole, _straight(by.group_sign) or " ", by)
        if not whole:
            return ""
    return f"{whole or '0'}.{decimals}".rstrip(".")


def _ungrouped(whole: str, group: str, by: Hand) -> str:
    grouped = _THOUSANDS.fullmatch(whole)
    by_lakhs = by.is_by_lakhs and group == "," and _LAKHS.fullmatch(whole)
    return whole.replace(group, "") if (grouped and grouped[1] == group) or by_lakhs else ""


def _unmistakable(text: str, by: Hand) -> str:
    """Of another format, where only one reading is left."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return (_THOUSANDS.fullmatch(text) and re.sub("[ ']", "", text)) or ""
    whole, sign, decimals = text[:last], text[last], text[last + 1 :]
    if not decimals.isdecimal():
        return ""
    grouped = _THOUSANDS.fullmatch(whole)
    if grouped and grouped[1] != sign:
        return f"{whole.replace(grouped[1], '')}.{decimals}"
    # A point and three digits may be somebody's thousands.
    is_thousands = len(decimals) == 3 and not whole.startswith("0") and by.decimal_sign != "."
    return text if sign == "." and _MACHINE.fullmatch(text) and not is_thousands else ""


def read_date(text: str, style: str = "") -> dt.date:
    """As the format writes it, or `2026-12-18`."""
    style, bare = style or current_style(), _straight(text)
    found = _ISO_DATE.fullmatch(bare)
    parts = tuple(map(int, found.groups())) if found else _own_date(bare, style)
    try:
        return dt.date(*parts)
    except (TypeError, ValueError) as error:
        example = shown.day(dt.date(2026, 12, 18), style)
        raise ValidationError(
            _("“%(text)s” is not a date in your format. Write it like %(example)s."),
            "invalid",
            params={"text": text[:_MOST_READ], "example": example},
        ) from error


def _own_date(text: str, style: str) -> tuple[int, ...]:
    """Year, month, day; empty for what is not written like that."""
    pattern, order = _date_pattern(style)
    found = pattern.fullmatch(fold(text))
    if not found:
        return ()
    values = dict(zip(order, found.groups(), strict=True))
    month = values["M"] if values["M"].isdecimal() else _months(style).get(values["M"], "0")
    return int(values["y"]), int(month), int(values["d"])


@lru_cache(256)
def _date_pattern(style: str) -> tuple[re.Pattern[str], str]:
    """What reads a date of this style, and the order of day, month and year."""
    by = hand(style)
    parts = re.split(r"(y+|M+|d+)", by.date or str(by.locale.date_formats["medium"].pattern))
    order = [part[0] for part in parts if part[:1] in {"y", "M", "d"}]
    if sorted(order) != ["M", "d", "y"]:
        return re.compile(r"(?!)"), ""
    return re.compile("".join(_readers(parts, style)) + r"\.?"), "".join(order)


def _readers(parts: list[str], style: str) -> list[str]:
    months = "|".join(sorted(map(re.escape, _months(style)), key=len, reverse=True))
    readers = {"y": r"([0-9]{4})", "d": r"([0-9]{1,2})", "M": r"([0-9]{1,2})", "MMM": rf"({months})\.?"}
    return [
        readers["MMM" if len(part) > 2 and part[0] == "M" else part[0]]
        if part[:1] in {"y", "M", "d"}
        else _loosely(part)
        for part in parts
    ]


def _loosely(between: str) -> str:
    """A space is a space; signs that only show the direction of writing may be left out."""
    visible = between.replace(_RIGHT_TO_LEFT, "").replace("'", "").strip()
    spaces = " *" if " " in between else ""
    maybe = "?" if spaces and visible in {",", "."} else ""
    return f"{spaces}{_RIGHT_TO_LEFT}?{re.escape(fold(visible))}{maybe}{spaces}"


@lru_cache(64)
def _months(style: str) -> dict[str, str]:
    """Folded names, whole and short, and the number of each."""
    locale = hand(style).locale
    names = {
        fold(str(name)).rstrip("."): str(number)
        for width in ("abbreviated", "wide")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, locale).items()
    }
    # What two months share names neither.
    return {name: number for name, number in names.items() if name and not name.isdecimal()}


def read_time(text: str) -> dt.time:
    """`14:05`, `2:05 pm`."""
    found = _TIME.fullmatch(_straight(text))
    hour, minute, second, half = found.groups() if found else (_NO_HOUR, 0, 0, "")
    try:
        return dt.time(_hour(int(hour), half), int(minute), int(second or 0))
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is not a time. Write it like %(example)s."),
            "invalid",
            params={"text": text[:_MOST_READ], "example": shown.clock(dt.time(14, 5))},
        ) from error


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= _HALF_DAY:
        raise ValueError
    return hour % _HALF_DAY + (_HALF_DAY if half in "pP" else 0)


def read_moment(text: str, style: str = "") -> dt.datetime:
    """Day and time without a zone; the day alone is its beginning."""
    style, bare = style or current_style(), _straight(text)
    found = re.fullmatch(r"(.*?[0-9.])(?:T|,? +)([0-9]{1,2}[:.][0-9]{2}(?![0-9.]).*)", bare)
    day, time = (found[1], found[2]) if found else (bare, "")
    try:
        return dt.datetime.combine(read_date(day, style), read_time(time) if time else dt.time())
    except ValidationError as error:
        example = f"{shown.day(dt.date(2026, 12, 18), style)} {shown.clock(dt.time(14, 5), style)}"
        raise ValidationError(
            _("“%(text)s” is not a day and time in your format. Write it like %(example)s."),
            "invalid",
            params={"text": text[:_MOST_READ], "example": example},
        ) from error
