"""The days that a report is about: a word of the query language, or from and to."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.format import week_of
from crm.core.models import Organisation
from crm.core.query.dates import Calendar, Days, read_days

ALL, OWN = "all", "own"
THIS_YEAR = "this-year"
PERIODS = (
    (THIS_YEAR, gettext_lazy("This year")),
    ("last-year", gettext_lazy("Last year")),
    ("this-quarter", gettext_lazy("This quarter")),
    ("last-quarter", gettext_lazy("Last quarter")),
    ("this-month", gettext_lazy("This month")),
    ("last-month", gettext_lazy("Last month")),
    ("last-90-days", gettext_lazy("Last 90 days")),
    ("last-365-days", gettext_lazy("Last 365 days")),
    (OWN, gettext_lazy("From … to")),
)

_STEPS = {"month": 1, "quarter": 3, "year": 12}


def days_of(word: str, today: dt.date) -> Days:
    """The days of one of the words, by the reader's calendar; no bounds for `all`."""
    calendar = Calendar(today, week_of(today), lambda: Organisation.load().fiscal_year_start_month)
    return read_days(word, calendar) or Days(None, None)


def term(name: str, days: Days) -> str:
    """`created:2026-01-01..2026-03-31`; nothing where both ends are open."""
    if days.first is None and days.last is None:
        return ""
    return f"{name}:{days.first or ''}..{days.last or ''}"


def steps(days: Days, step: str, most: int) -> list[Days]:
    """The months, quarters or years of closed days, the first and the last one cut to them; at most so many."""
    assert days.first and days.last, "these days have no end"  # noqa: PT018, S101 - forms see to it
    found: list[Days] = []
    first = days.first
    while first <= days.last and len(found) < most:
        following = _next(first, step)
        found.append(Days(first, min(following - dt.timedelta(days=1), days.last)))
        first = following
    return found


def start(day: dt.date, step: str) -> dt.date:
    """The first day of the month, quarter or year in which the day lies."""
    index = _months(day)
    return _first(index - index % _STEPS[step])


def _next(day: dt.date, step: str) -> dt.date:
    return _first(_months(start(day, step)) + _STEPS[step])


def _months(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _first(months: int) -> dt.date:
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, 1)


def label(day: dt.date, step: str) -> str:
    """What the step is called in which the day lies."""
    match step:
        case "year":
            return str(day.year)
        case "quarter":
            return _("%(year)s Q%(quarter)s") % {"year": day.year, "quarter": (day.month + 2) // 3}
    return f"{day:%Y-%m}"
