"""The clock of the first touch: how long a new lead has been waiting, or how long it had to wait."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.icons import icon
from crm.core.markup import Pattern
from crm.core.tables import Column, Paper, Row, Source
from crm.core.writing import style
from crm.users.reach import Reach, reach_of
from leads.models import Lead

_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
_PIE = Pattern(
    '<svg viewBox="0 0 16 16" aria-hidden="true">'
    '<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<circle cx="8" cy="8" r="2.5" fill="none" stroke="currentColor" stroke-width="5" pathLength="100"'
    ' stroke-dasharray="{} 100" transform="rotate(-90 8 8)"/></svg>'
)
_CLOCK = Pattern('<span class="clock clock-{}" title="{}">{}{}</span>')
_NEVER = Pattern('<span class="muted" title="{}">{}</span>')


def clock_html(
    state: str,
    arrived: dt.datetime,
    contacted: dt.datetime | None,
    closed: dt.datetime | None,
    now: dt.datetime,
    *,
    due: dt.datetime | None = None,
    target: dt.timedelta,
) -> SafeString:
    """A running clock on an open lead that nobody has touched, a tick with the time on one that was.

    `due` is when the first touch is due by the rule that assigned the lead; without it `target` holds for the time
    from its arrival on.
    """
    if contacted is not None:
        return _touched(contacted - arrived)
    if state != "open":
        return _never(arrived, closed)
    return _waiting(now - arrived, target if due is None else due - arrived)


def clock_of(lead: Lead, actor: Any) -> SafeString:
    return clock_html(
        lead.state,
        lead.created_at,
        lead.contacted_at,
        lead.closed_at,
        timezone.now(),
        due=lead.respond_by,
        target=target_of(actor),
    )


def target_of(actor: Any) -> dt.timedelta:
    """Within this time a new lead should hear from somebody, as the organisation of the reader says."""
    reach = reach_of(actor)
    return reach.first_response if reach is not None else Reach.first_response


def _touched(span: dt.timedelta) -> SafeString:
    words = shown.duration(span)
    title = _("First touch %(span)s after it arrived") % {"span": words}
    return _CLOCK("done", title, icon("check"), words)


def _waiting(span: dt.timedelta, target: dt.timedelta) -> SafeString:
    """Made once for each minute of the first day and each whole day after it: what the words tell apart."""
    step = _DAY if span >= _DAY else _MINUTE
    return _waiting_for(span // step * step, target, span > target, style())


@lru_cache(4096)
def _waiting_for(span: dt.timedelta, target: dt.timedelta, is_late: bool, _style: str) -> SafeString:
    words = shown.duration(span)
    if is_late:
        title = _("Waiting for %(span)s, longer than the target of %(target)s")
        glyph, tone = icon("alert-circle"), "late"
    else:
        title = _("Waiting for %(span)s of the target of %(target)s")
        share = max(span / target, 0)
        glyph, tone = _PIE(round(share * 100)), "green" if share < 1 / 2 else "amber"
    title %= {"span": words, "target": shown.duration(target)}
    return _CLOCK(tone, title, glyph, words)


def _never(arrived: dt.datetime, closed: dt.datetime | None) -> SafeString:
    if closed is None:
        return SafeString()
    return _NEVER(_("Closed without a first touch"), _("none"))


class FirstTouchColumn(Column):
    """The clock of each lead."""

    key = "first_touch"

    def __init__(self, label: Any, *, place: str = "") -> None:
        super().__init__(label, "state", "created_at", "contacted_at", "closed_at", "respond_by", place=place)

    def source(self, rows: Sequence[Row], places: Sequence[int], actor: Any) -> Source:
        target = target_of(actor)
        return lambda row: [*(row[place] for place in places), target]

    def cell(self, paper: Paper, *values: Any) -> str:
        state, arrived, contacted, closed, due, target = values
        return clock_html(state, arrived, contacted, closed, timezone.now(), due=due, target=target)
