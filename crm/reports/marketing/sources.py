"""Lead source effectiveness: from which sources leads come, and what becomes of them, down to the money."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.reports.marketing import journey
from crm.reports.marketing.figures import FIGURES, Scope, sums_by
from crm.reports.marketing.grouping import added_up, folded, source_name, source_term
from crm.reports.sheets import Line, Report
from leads.models import Lead


def source_effectiveness(scope: Scope, *, actor: Any, now: dt.datetime) -> Report:
    """A line for each source, the one that brought most leads first."""
    found = folded(sums_by("source", FIGURES, scope, actor=actor, now=now), Lead.Source.values)
    ranked = sorted(found.items(), key=lambda one: _rank(one[1]), reverse=True)
    known = journey.readable(actor)
    lines = [
        Line(source_name(source), journey.cells_of(values, known, journey.linker(scope, source_term(source))))
        for source, values in ranked[: journey.MOST_LINES]
    ]
    total = added_up(values for _source, values in ranked[: journey.MOST_LINES])
    return Report(
        first=gettext_lazy("Source"),
        heads=journey.HEADS,
        lines=lines,
        total=Line(_("Total"), journey.cells_of(total, known, journey.no_link)) if lines else None,
        chart=journey.money_chart(_("Money by source"), lines),
        notices=(journey.too_many(),) if len(ranked) > journey.MOST_LINES else (),
    )


def _rank(values: Any) -> tuple[Any, ...]:
    return tuple(values.get(key) or 0 for key in ("leads", "paid", "invoiced", "ordered", "opportunities"))
