"""Campaign performance: what each campaign cost and what came of it, down to the money."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.addresses import screen_url
from crm.reports.marketing import journey
from crm.reports.marketing.figures import FIGURES, Scope, sums_by
from crm.reports.marketing.grouping import added_up
from crm.reports.sheets import Cell, Head, Line, Report, ratio
from leads.models import Campaign, CampaignCost

HEADS = (
    *journey.HEADS,
    Head(gettext_lazy("Cost"), "money"),
    Head(gettext_lazy("Return"), "money"),
    Head(gettext_lazy("Return %"), "percent"),
)


def campaign_performance(scope: Scope, *, actor: Any, now: dt.datetime, only: Campaign | None = None) -> Report:
    """A line for each campaign that the actor sees, what was paid most first; or for `only` one."""
    seen = Campaign.objects.visible_to(actor)
    within = Q(campaign=only) if only else Q(campaign__isnull=False)
    sums = sums_by("campaign", FIGURES, scope, actor=actor, now=now, within=within)
    costs = _costs(scope, only)
    rows = list((seen.filter(pk=only.pk) if only else seen).order_by("sort_key", "pk").values_list(*_COLUMNS))
    values = {pk: {**sums.get(pk, {}), "cost": costs.get(pk, Decimal(0))} for pk, *_rest in rows}
    # A campaign that is put away and brought nothing in these days is no news.
    kept = [row for row in rows if only or row[3] != "inactive" or any(values[row[0]].values())]
    kept.sort(key=lambda row: _rank(values[row[0]]), reverse=True)
    known = journey.readable(actor)
    lines = [_line(row, values[row[0]], scope, known) for row in kept[: journey.MOST_LINES]]
    total = added_up(values[row[0]] for row in kept[: journey.MOST_LINES])
    return Report(
        first=gettext_lazy("Campaign"),
        heads=HEADS,
        lines=lines,
        total=Line(_("Total"), _cells(total, known, journey.no_link)) if lines else None,
        chart=journey.money_chart(_("Money by campaign"), lines),
        notices=(journey.too_many(),) if len(kept) > journey.MOST_LINES else (),
    )


_COLUMNS = ("pk", "name", "number", "state")


def _costs(scope: Scope, only: Campaign | None) -> dict[int, Decimal]:
    """Paid in these days. Whoever reads a campaign reads its costs, so the lines of campaigns choose among them."""
    costs = CampaignCost.objects.filter(campaign=only) if only else CampaignCost.objects.all()
    if scope.days.first:
        costs = costs.filter(spent_on__gte=scope.days.first)
    if scope.days.last:
        costs = costs.filter(spent_on__lte=scope.days.last)
    return dict(costs.order_by().values_list("campaign").annotate(Sum("base_amount")))


def _rank(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(key) or 0 for key in ("paid", "invoiced", "ordered", "won", "opportunities", "leads"))


def _line(row: Any, values: Mapping[str, Any], scope: Scope, known: frozenset[str]) -> Line:
    pk, name, number, _state = row
    link = journey.linker(scope, f"campaign.number:={number}")
    return Line(name, _cells(values, known, link), screen_url(Campaign, "detail", pk))


def _cells(values: Mapping[str, Any], known: frozenset[str], link: Any) -> list[Cell]:
    cells = journey.cells_of(values, known, link)
    paid, cost = cells[7].value, values.get("cost") or Decimal(0)
    gain = None if paid is None else Decimal(paid) - cost
    return [*cells, Cell(cost, "money"), Cell(gain, "money"), Cell(ratio(gain, cost), "percent")]
