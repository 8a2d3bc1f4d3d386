"""What a list says of its size and order."""

from dataclasses import dataclass
from math import floor, log10

from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.counts import Count
from crm.core.tables import Column


@dataclass(frozen=True, slots=True)
class Pager:
    """What `components/pager.html` reads."""

    count: str
    note: str = ""
    previous_url: str = ""
    next_url: str = ""
    previous_label: str = ""
    next_label: str = ""


def count_words(count: Count) -> str:
    """`214`, or `about 12,400`: an estimate shows three digits and no more."""
    if count.exact:
        return shown.number(count.number, 0)
    step = 10 ** max(floor(log10(count.number)) - 2, 0)
    return _("about %(number)s") % {"number": shown.number(round(count.number / step) * step, 0)}


def pager_for(rows: int, count: Count, column: Column | None, *, sort: str, previous: str, following: str) -> Pager:
    """`column` is the one sorted by, if it is shown; the addresses are empty where nothing more lies."""
    by_date = column is not None and column.newest_first and not column.numeric
    newest_first = by_date and sort.startswith("-")
    words = {"rows": rows, "total": count_words(count)}
    return Pager(
        count=_("%(rows)s of %(total)s") % words if previous else _("1–%(rows)s of %(total)s") % words,
        note=_sorted_words(column, sort, by_date=by_date),
        previous_url=previous,
        next_url=following,
        previous_label=_("Newer") if newest_first else _("Previous"),
        next_label=_("Older") if newest_first else _("Next"),
    )


def _sorted_words(column: Column | None, sort: str, *, by_date: bool) -> str:
    if column is None:
        return ""
    descending = sort.startswith("-")
    if by_date:
        pattern = _("sorted by %(column)s, newest first") if descending else _("sorted by %(column)s, oldest first")
    else:
        pattern = _("sorted by %(column)s, descending") if descending else _("sorted by %(column)s")
    return pattern % {"column": str(column.label).lower()}
