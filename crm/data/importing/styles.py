"""How dates and numbers of a file are written: guessed, and said where it could be otherwise. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ORDERS = {
    "dmy": gettext_lazy("day, month, year (31.12.2026)"),
    "mdy": gettext_lazy("month, day, year (12/31/2026)"),
    "ymd": gettext_lazy("year, month, day (2026-12-31)"),
}
SIGNS = {".": gettext_lazy("a point (1,234.50)"), ",": gettext_lazy("a comma (1.234,50)")}
_PARTS = re.compile(r"(\d{1,4})[./\s-]+(\d{1,2})[./\s-]+(\d{1,4})\.?")
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]|$)")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[\s.-]+)?([a-zà-ÿ]{3,10})[\s.,-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+)?(\d{4}|\d{2})"
)
_MONTHS = (
    "jan feb mar apr may jun jul aug sep oct nov dec", "jan feb mär apr mai jun jul aug sep okt nov dez",
    "jan fév mar avr mai jui jul aoû sep oct nov déc", "ene feb mar abr may jun jul ago sep oct nov dic",
)  # fmt: skip
_MONTH = {word: number for row in _MONTHS for number, word in enumerate(row.split(), start=1)}
_CLOCK = re.compile(
    r"[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]m)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL, _EPOCH = 20_000, 80_000, dt.date(1899, 12, 30)
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*")
_AROUND = re.compile(
    r"[\s'’\u00a0\u202f%]|[A-Z]{3}(?![A-Za-z])|(?<![A-Za-z])(?:kr|zł|Kč|Ft|lei|Rs|R)\.?(?![A-Za-z])|[^\w\s.,()+-]"
)
_CENTURY, _PIVOT = 100, 68


@dataclass(frozen=True, slots=True)
class Style:
    """`order` of dates whose parts could be exchanged, `decimal` sign of numbers that could mean thousands.

    The two `is_sure` flags say whether the file itself proves it.
    """

    order: str = "dmy"
    decimal: str = "."
    is_order_sure: bool = True
    is_decimal_sure: bool = True

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept) if kept else cls()

    def as_kept(self) -> dict[str, Any]:
        return asdict(self)


def guessed_style(dates: Iterable[str], numbers: Iterable[str], usual: Style) -> Style:
    """What some text proves; for the rest what is `usual`, not sure where some text could be read in two ways."""
    orders = {order for text in dates if (order := _order(text))}
    signs = {sign for text in numbers if (sign := _sign(text))}
    proven, told = orders & set(ORDERS), signs & set(SIGNS)
    return Style(
        order=proven.pop() if len(proven) == 1 else usual.order,
        decimal=told.pop() if len(told) == 1 else usual.decimal,
        is_order_sure=len(orders & set(ORDERS)) == 1 or not orders,
        is_decimal_sure=len(signs & set(SIGNS)) == 1 or not signs,
    )


def _order(text: str) -> str:
    """`dmy` or `mdy` where only one is possible, `?` where both are, "" where it does not matter."""
    found = _PARTS.match(text.strip())
    if found is None or len(found[1]) == 4:
        return ""
    first, second = int(found[1]), int(found[2])
    if first == second:
        return ""
    return "dmy" if first > 12 else "mdy" if second > 12 else "?"


def _sign(text: str) -> str:
    bare = _bare_number(text)[0]
    signs = [sign for sign in bare if sign in ".,"]
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) > 1:
        return "," if signs[0] == "." else "."
    whole, _point, decimals = bare.lstrip("+-").partition(signs[0])
    is_doubtful = len(decimals) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    return "?" if is_doubtful else signs[0]


@lru_cache(16_384)
def read_date(text: str, order: str) -> dt.date:
    """ISO, the given order, a month in letters, or a day number of Excel. `ValueError` carries a sentence."""
    bare = text.strip()
    try:
        for read in (_read_iso, _read_serial, _read_parts, _read_named):
            if (found := read(bare, order)) is not None:
                return found
    except (ValueError, OverflowError):
        pass
    raise ValueError(_("“%(text)s” is not a date.") % {"text": text[:60]})


def _read_iso(text: str, _order: str) -> dt.date | None:
    found = _ISO.match(text)
    return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _read_serial(text: str, _order: str) -> dt.date | None:
    if not _SERIAL.fullmatch(text) or not _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        return None
    return _EPOCH + dt.timedelta(days=int(float(text)))


def _read_parts(text: str, order: str) -> dt.date | None:
    found = _PARTS.match(text)
    if found is None or not _is_time(text[found.end() :]):
        return None
    parts = [int(part) for part in found.groups()]
    if len(found[1]) > 2:
        return dt.date(*parts)
    if len(found[3]) not in {2, 4}:
        return None
    year, (day, month) = _year(parts[2]), (parts[:2] if order != "mdy" else parts[1::-1])
    return dt.date(year, day, month) if month > 12 >= day else dt.date(year, month, day)


def _read_named(text: str, _order: str) -> dt.date | None:
    found = _NAMED.match(text.lower())
    month = _MONTH.get(found[2][:3]) if found else None
    if found is None or month is None or not (found[1] or found[3]) or not _is_time(text[found.end() :]):
        return None
    return dt.date(_year(int(found[4])), month, int(found[1] or found[3]))


def _year(number: int) -> int:
    if number >= _CENTURY:
        return number
    return number + (2000 if number <= _PIVOT else 1900)


def _is_time(rest: str) -> bool:
    return not rest.strip() or bool(_CLOCK.fullmatch(rest if rest[0] in "T " else f" {rest}"))


@lru_cache(16_384)
def read_moment(text: str, order: str, zone: dt.tzinfo) -> dt.datetime:
    """Day and time; in the zone that the text names, else in `zone`. The day alone is its beginning."""
    bare = text.strip()
    found = _CLOCK.search(bare)
    if found is None:
        return dt.datetime.combine(read_date(bare, order), dt.time(), zone)
    day = read_date(bare[: found.start()], order)
    hour, half = int(found[1]), (found[4] or "").lower()
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    where = zone if not found[5] else dt.datetime.fromisoformat(f"2000-01-01T00:00:00{found[5].upper()}").tzinfo
    try:
        return dt.datetime.combine(day, dt.time(hour, int(found[2]), int(found[3] or 0)), where)
    except ValueError:
        raise ValueError(_("“%(text)s” is not a day and time.") % {"text": text[:60]}) from None


@lru_cache(16_384)
def read_number(text: str, decimal: str) -> Decimal:
    """With signs of thousands, currencies and percent around it; in brackets it is negative."""
    bare, is_negative = _bare_number(text)
    if not _NUMBER.fullmatch(bare):
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:60]})
    sign = _sign(text)
    if sign == "?":
        sign = decimal
    whole, _point, decimals = bare.rpartition(sign) if sign and sign in bare else (bare, "", "")
    plain = f"{re.sub('[.,]', '', whole)}.{decimals}"
    return -Decimal(plain) if is_negative else Decimal(plain)


def _bare_number(text: str) -> tuple[str, bool]:
    bare = _AROUND.sub("", text.strip().replace("−", "-").replace("–", "-"))
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1], True
    return (bare[:-1], True) if bare.endswith("-") else (bare, False)
