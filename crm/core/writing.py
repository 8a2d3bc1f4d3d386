"""How a person writes numbers, dates and times: what they chose, and how that is carried through a request.

A *style* is a short text that stands for the language and for all choices together. Whatever keeps markup or words
keeps them by the style, so that nobody reads what was drawn for somebody else's choice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import get_language

# Plain English without a country writes 18 Dec 2026 and counts 24 hours.
_REGIONS = {"en": "en_150"}
_BETWEEN = "|"

#: A number as it is written, and the language whose signs these are.
NUMBER_FORMATS = {
    "1,234.56": "en",
    "1.234,56": "de",
    "1 234,56": "fr",
    "1'234.56": "de_CH",
    "12,34,567.89": "en_IN",
}
_BY_THOUSANDS, _BY_LAKHS = "#,##0", "#,##,##0"

#: The whole date, and the same without its year.
DATE_FORMATS = {
    "d MMM y": "d MMM",
    "MMM d, y": "MMM d",
    "dd.MM.y": "dd.MM.",
    "dd/MM/y": "dd/MM",
    "MM/dd/y": "MM/dd",
    "dd-MM-y": "dd-MM",
    "y-MM-dd": "MM-dd",
}
TIME_FORMATS = ("HH:mm", "h:mm a")
WEEKDAYS = {"monday": 0, "saturday": 5, "sunday": 6}


@dataclass(frozen=True, slots=True)
class Writing:
    """Choices; an empty one follows the language. Unknown ones count as empty."""

    number_format: str = ""
    date_format: str = ""
    time_format: str = ""
    week_starts: str = ""


NATURAL = Writing()
CHOICES = tuple(field.name for field in fields(Writing))

_current: ContextVar[str] = ContextVar("writing", default="")


def write_as(writing: Writing) -> None:
    """From now on in this request; `written_as` takes it back."""
    _current.set(_suffix(writing))


@contextmanager
def written_as(writing: Writing = NATURAL) -> Iterator[None]:
    token = _current.set(_suffix(writing))
    try:
        yield
    finally:
        _current.reset(token)


def style() -> str:
    """Language and choices of the moment: `en`, or `en|1.234,56|dd.MM.y||monday`."""
    return f"{get_language() or 'en'}{_current.get()}"


def _suffix(writing: Writing) -> str:
    return "" if writing == NATURAL else _BETWEEN.join(("", *(getattr(writing, name) for name in CHOICES)))


@dataclass(frozen=True, slots=True)
class Hand:
    """What a style comes to. Patterns are those of CLDR; an empty one is the language's own."""

    locale: Locale
    numbers: Locale
    grouping: str
    date: str
    short_date: str
    time: str
    #: 0 is Monday.
    first_weekday: int

    @property
    def is_by_lakhs(self) -> bool:
        return self.grouping == _BY_LAKHS

    @property
    def decimal_sign(self) -> str:
        return str(get_decimal_symbol(self.numbers))

    @property
    def group_sign(self) -> str:
        return str(get_group_symbol(self.numbers))


@lru_cache(512)
def hand(style: str) -> Hand:
    language, *chosen = style.split(_BETWEEN)
    writing = Writing(*chosen) if len(chosen) == len(CHOICES) else NATURAL
    locale = _locale(language)
    numbers = NUMBER_FORMATS.get(writing.number_format)
    short_date = DATE_FORMATS.get(writing.date_format, "")
    return Hand(
        locale=locale,
        numbers=_locale(numbers) if numbers else locale,
        grouping=_BY_LAKHS if numbers == "en_IN" else _BY_THOUSANDS,
        date=writing.date_format if short_date else "",
        short_date=short_date,
        time=writing.time_format if writing.time_format in TIME_FORMATS else "",
        first_weekday=WEEKDAYS.get(writing.week_starts, locale.first_week_day),
    )


def number_language(style: str) -> str:
    """The language as whose numbers are written, for libraries that take one."""
    language, _between, chosen = style.partition(_BETWEEN)
    return NUMBER_FORMATS.get(chosen.partition(_BETWEEN)[0], language)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(language, language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
