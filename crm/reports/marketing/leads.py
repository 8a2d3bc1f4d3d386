"""Leads by source, campaign, industry, owner or outcome, for each month, quarter or year."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import visible_names
from crm.core.query import condition, parse
from crm.core.query.dates import Days
from crm.core.query.writer import quoted
from crm.reports.marketing.figures import LEADS, Figure, Scope, list_address, query_text
from crm.reports.marketing.grouping import added_up, folded, source_name, source_term, text_term
from crm.reports.periods import label, start, steps
from crm.reports.sheets import Cell, Chart, Head, Line, Report, Series
from crm.users.models import Team, User
from leads.models import Campaign, Lead
from leads.states import LEAD_MACHINE

MOST_STEPS = 36
MOST_LINES = 50
MOST_SERIES = 8

BY: Mapping[str, str | Promise] = {
    "source": gettext_lazy("Source"),
    "campaign": gettext_lazy("Campaign"),
    "industry": gettext_lazy("Industry"),
    "owner": gettext_lazy("Owner"),
    "outcome": gettext_lazy("Outcome"),
}
STEPS: Mapping[str, str | Promise] = {
    "month": gettext_lazy("Months"),
    "quarter": gettext_lazy("Quarters"),
    "year": gettext_lazy("Years"),
}
_TRUNCATED: Mapping[str, Any] = {"month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source": ("source",),
    "campaign": ("campaign",),
    "industry": ("industry",),
    "owner": ("owner", "owner_team"),
    "outcome": ("state",),
}

type Counts = Mapping[dt.date, int]
"""By first day of the month, quarter or year."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one line asks for: a term, and further parameters of the list. Without a term it has no list."""

    name: str
    term: str | None = None
    parameters: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    figure: Figure
    scope: Scope
    step: str
    buckets: Sequence[Days]

    def line(self, group: Group, counts: Counts) -> Line:
        cells = [self._cell(group, days, self._number(counts, days)) for days in self.buckets]
        number = sum(int(cell.value or 0) for cell in cells)
        return Line(group.name, [*cells, self._cell(group, self.scope.days, number)])

    def _number(self, counts: Counts, days: Days) -> int:
        return counts.get(start(days.first, self.step), 0) if days.first else 0

    def _cell(self, group: Group, days: Days, number: int) -> Cell:
        return Cell(number, "count", self._link(group, replace(self.scope, days=days)) if number else "")

    def _link(self, group: Group, scope: Scope) -> str:
        if group.term is None:
            return ""
        known = scope.parameters
        more = "".join(f"&{name}={key}" for name, key in group.parameters if name not in known)
        return list_address(self.figure, scope, group.term) + more

    @property
    def labels(self) -> list[str]:
        return [label(days.first, self.step) for days in self.buckets if days.first]


def leads_per_period(scope: Scope, *, by: str, step: str, outcome: str, actor: Any, now: dt.datetime) -> Report:
    """Leads by the day on which they were created, of what the actor sees. Days are those of the reader."""
    buckets = steps(scope.days, step, MOST_STEPS)
    last = buckets[-1].last if buckets else scope.days.last
    figure = replace(LEADS, asked=f"state:{outcome}") if outcome else LEADS
    asked = _Asked(figure, replace(scope, days=Days(scope.days.first, last)), step, buckets)
    groups = list(_GROUPED[by](_counted(asked, by, actor, now), actor))
    groups.sort(key=lambda one: (-sum(one[1].values()), one[0].name))
    lines = [asked.line(group, counts) for group, counts in _shortened(groups)]
    total = asked.line(Group(_("Total"), ""), added_up(counts for _group, counts in groups)) if lines else None
    return Report(
        first=BY[by],
        heads=[*map(Head, asked.labels), Head(gettext_lazy("Total"))],
        lines=lines,
        total=total,
        chart=_chart(lines, asked.labels),
        notices=(_too_many(),) if last != scope.days.last else (),
    )


def _counted(asked: _Asked, by: str, actor: Any, now: dt.datetime) -> dict[Any, dict[dt.date, int]]:
    """By value of the column; one query."""
    wanted = condition(parse(query_text(asked.figure, asked.scope.days)), Lead, actor, now)
    bucket = _TRUNCATED[asked.step]("created_at", tzinfo=now.tzinfo)
    rows = Lead.objects.visible_to(actor).filter(wanted, asked.scope.condition()).annotate(bucket=bucket)
    found: dict[Any, dict[dt.date, int]] = {}
    for *key, first, number in rows.order_by().values_list(*_COLUMNS[by], "bucket").annotate(number=Count("pk")):
        found.setdefault(key[0] if len(key) == 1 else tuple(key), {})[first.date()] = number
    return found


type _Grouped = Iterator[tuple[Group, Counts]]


def _by_source(found: Mapping[Any, Counts], _actor: Any) -> _Grouped:
    for source, counts in folded(found, Lead.Source.values).items():
        yield Group(source_name(source), source_term(source)), counts


def _by_industry(found: Mapping[Any, Counts], _actor: Any) -> _Grouped:
    for industry, counts in folded(found).items():
        yield Group(industry or _("No industry"), text_term("industry", industry)), counts


def _by_campaign(found: Mapping[Any, Counts], actor: Any) -> _Grouped:
    """Campaigns that the reader may not see are one line, as if they had one name."""
    seen = Campaign.objects.visible_to(actor).filter(pk__in=[pk for pk in found if pk])
    known = {pk: (name, number) for pk, name, number in seen.values_list("pk", "name", "number")}
    for pk, (name, number) in known.items():
        yield Group(name, f"campaign.number:={number}"), found[pk]
    if None in found:
        yield Group(_("No campaign"), "campaign:none"), found[None]
    if hidden := [counts for pk, counts in found.items() if pk is not None and pk not in known]:
        yield Group(_("Campaigns you may not see")), added_up(hidden)


def _by_owner(found: Mapping[Any, Counts], actor: Any) -> _Grouped:
    """People and teams are no secret."""
    pairs: set[tuple[Any, int]] = {(User, owner) if owner else (Team, team) for owner, team in found}
    names = visible_names(actor, pairs)
    for (owner, team), counts in found.items():
        name = names[(User, owner) if owner else (Team, team)].label
        term = "" if owner else f"owner:none owner_team:={quoted(name)}"
        yield Group(name, term, (("owner", owner),) if owner else ()), counts


def _by_outcome(found: Mapping[Any, Counts], _actor: Any) -> _Grouped:
    for state, counts in found.items():
        yield Group(LEAD_MACHINE.label(state), f"state:{state}"), counts


_GROUPED: Mapping[str, Callable[[Mapping[Any, Counts], Any], _Grouped]] = {
    "source": _by_source,
    "industry": _by_industry,
    "campaign": _by_campaign,
    "owner": _by_owner,
    "outcome": _by_outcome,
}


def _shortened(groups: Sequence[tuple[Group, Counts]]) -> list[tuple[Group, Counts]]:
    """The largest ones; all others together."""
    first, rest = list(groups[:MOST_LINES]), groups[MOST_LINES:]
    if rest:
        name = _("%(count)d others") % {"count": len(rest)}
        first.append((Group(name), added_up(counts for _group, counts in rest)))
    return first


def _chart(lines: Sequence[Line], labels: Sequence[str]) -> Chart:
    series = [
        Series(line.name, [cell.value for cell in line.cells[:-1]], [cell.url for cell in line.cells[:-1]])
        for line in lines[:MOST_SERIES]
    ]
    if rest := lines[MOST_SERIES:]:
        values = [sum(int(line.cells[place].value or 0) for line in rest) for place in range(len(labels))]
        series.append(Series(_("Others"), values))
    return Chart(_("Leads per period"), labels, series, stacked=True)


def _too_many() -> str:
    return _("At most %(most)d columns are shown. Choose longer steps for more.") % {"most": MOST_STEPS}
