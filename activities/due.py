"""When something is due, in the words of a working day."""

import datetime as dt

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.markup import Pattern

_ONE_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.time()
_TIME = Pattern('<time class="{}" datetime="{}" title="{} {} UTC">{}</time>')
OVERDUE, TODAY, LATER = "late", "is-strong", ""


def due_words(at: dt.datetime | None, now: dt.datetime) -> tuple[str, str]:
    """`overdue 2 d`, `today 14:00`, `tomorrow`, `19 Nov`, and the CSS class of that.

    Midnight stands for any time of its day.
    """
    if at is None:
        return "", LATER
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    date = local.date()
    if date < today:
        return _("overdue %(days)d d") % {"days": (today - date).days}, OVERDUE
    if date == today:
        return _today(local, now)
    if date == today + _ONE_DAY:
        return _("tomorrow"), LATER
    return shown.short_day(date, today), LATER


def _today(local: dt.datetime, now: dt.datetime) -> tuple[str, str]:
    if local.time() == _MIDNIGHT:
        return _("today"), TODAY
    if local < now:
        return _("overdue %(span)s") % {"span": shown.duration(now - local)}, OVERDUE
    return _("today %(time)s") % {"time": shown.clock(local)}, TODAY


def due_html(at: dt.datetime | None, now: dt.datetime) -> SafeString:
    """The same as a time element, with the moment in UTC as its title."""
    if at is None:
        return SafeString()
    words, css = due_words(at, now)
    utc = at.astimezone(dt.UTC).isoformat(timespec="minutes")
    return _TIME(css, utc, utc[:10], utc[11:16], words)
