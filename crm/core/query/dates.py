"""Days, spans of days and their words: `today`, `last-30-days`, `this-quarter`, `2026-03`, `30d`. Pure."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

DAY_WORDS = ("today", "yesterday", "tomorrow", "past", "future")
UNITS = ("week", "month", "quarter", "year", "fiscal-quarter", "fiscal-year")
COUNTED = ("days", "weeks", "months", "years")
_SHIFTS = {"last": -1, "this": 0, "next": 1}

_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_WITH_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_COUNTED = re.compile(r"(last|next)-(\d{1,4})-(day|week|month|year)s?")
_NAMED = re.compile(r"(last|this|next)-(week|month|quarter|year|fiscal-quarter|fiscal-year)")
_AGE = re.compile(r"(\d{1,4})([dwmy])")
_AGE_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the words of the reader go by: their day, the first day of their week, and the first month of the fiscal
    year, which is asked only where a word needs it."""

    today: dt.date
    week: dt.date
    fiscal: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last one, both included; None where it is open."""

    first: dt.date | None
    last: dt.date | None


def named_days() -> tuple[str, ...]:
    """All words for days, in the order in which they are proposed."""
    named = (f"{when}-{unit}" for unit in UNITS for when in ("this", "last", "next"))
    counted = ("last-7-days", "last-30-days", "last-90-days", "next-7-days", "next-30-days")
    return (*DAY_WORDS, *counted, *named)


def read_days(text: str, calendar: Calendar) -> Days | None:
    """The days that a word or a date names; None for anything else, also for days that the calendar lacks."""
    text = text.strip().lower()
    try:
        return _word(text, calendar.today) or _counted(text, calendar.today) or _named(text, calendar) or _written(text)
    except (ValueError, OverflowError):
        return None


def read_age(text: str, today: dt.date) -> dt.date | None:
    """The day so long ago: `30d`, `2w`, `6m`, `1y`."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        return None
    try:
        return shifted(today, -int(found[1]), _AGE_UNITS[found[2]])
    except (ValueError, OverflowError):
        return None


def shifted(day: dt.date, number: int, unit: str) -> dt.date:
    """So many units later; the last day of the month where the month has no such day."""
    if unit in {"day", "week"}:
        return day + dt.timedelta(days=number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _word(text: str, today: dt.date) -> Days | None:
    day = dt.timedelta(days=1)
    match text:
        case "today":
            return Days(today, today)
        case "yesterday":
            return Days(today - day, today - day)
        case "tomorrow":
            return Days(today + day, today + day)
        case "past":
            return Days(None, today - day)
        case "future":
            return Days(today + day, None)
    return None


def _counted(text: str, today: dt.date) -> Days | None:
    found = _COUNTED.fullmatch(text)
    if found is None:
        return None
    number = int(found[2])
    if found[1] == "last":
        return Days(shifted(today, -number, found[3]), today)
    return Days(today, shifted(today, number, found[3]))


def _named(text: str, calendar: Calendar) -> Days | None:
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    when, unit = _SHIFTS[found[1]], found[2]
    if unit == "week":
        first = calendar.week + dt.timedelta(weeks=when)
        return Days(first, first + dt.timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12, "fiscal-quarter": 3, "fiscal-year": 12}[unit]
    today, start = calendar.today, (calendar.fiscal() if unit.startswith("fiscal") else 1)
    into = (today.month - start) % 12 % months
    first = shifted(today.replace(day=1), when * months - into, "month")
    return _months(first, months)


def _written(text: str) -> Days | None:
    if found := _DAY.fullmatch(text):
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
        return Days(day, day)
    if found := _DAY_WITH_POINTS.fullmatch(text):
        day = dt.date(int(found[3]), int(found[2]), int(found[1]))
        return Days(day, day)
    if found := _QUARTER.fullmatch(text):
        return _months(dt.date(int(found[1]), int(found[2]) * 3 - 2, 1), 3)
    if found := _MONTH.fullmatch(text):
        return _months(dt.date(int(found[1]), int(found[2]), 1), 1)
    if found := _YEAR.fullmatch(text):
        return _months(dt.date(int(found[1]), 1, 1), 12)
    return None


def _months(first: dt.date, number: int) -> Days:
    """December 9999 has no day after it."""
    year, month = divmod(first.year * 12 + first.month - 1 + number - 1, 12)
    return Days(first, dt.date(year, month + 1, monthrange(year, month + 1)[1]))
