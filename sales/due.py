"""Days that matter to a document, in words: "in 12 d", "overdue 4 d"."""

import datetime as dt
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.tables import Column, Paper

SOON = 14


def days_words(day: dt.date, today: dt.date) -> str:
    days = (day - today).days
    if days == 0:
        return _("today")
    return (_("in %(days)d d") if days > 0 else _("overdue %(days)d d")) % {"days": abs(days)}


def due_day(day: dt.date | None, today: dt.date) -> SafeString:
    """The day with the words beside it. Red where it has passed, amber where it is near."""
    if day is None:
        return SafeString()
    days = (day - today).days
    css = "late" if days < 0 else "warn" if days <= SOON else "muted"
    return format_html('{} <span class="{}">{}</span>', shown.day(day), css, days_words(day, today))


class DueColumn(Column):
    """A day by which something must happen while the row is in one of `states`: what is near or past in words."""

    newest_first = True

    def __init__(self, label: Any, name: str, *, states: tuple[str, ...], sort: str = "", place: str = "") -> None:
        super().__init__(label, name, "state", sort=sort, place=place)
        self.states = states

    def cell(self, paper: Paper, *values: Any) -> str:
        day, state = values
        if day is None:
            return SafeString()
        near = state in self.states and (day - paper.today).days <= SOON
        if not near:
            return shown.short_day(day, paper.today, paper.style)
        css = "late" if day < paper.today else "warn"
        words = days_words(day, paper.today)
        return format_html('<span class="{}" title="{}">{}</span>', css, shown.day(day, paper.style), words)
