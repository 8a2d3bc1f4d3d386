"""What somebody has won in the current month, with the chart of it."""

import calendar
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from crm.core import format as shown
from crm.users.home import Body, Day
from sales.models import Opportunity
from sales.states import OpportunityState

WIDTH, HEIGHT = 320, 110
_TOP = 10


def my_month(day: Day) -> Body:
    """The sum in the base currency, how many deals, and a stepped line from the first of the month to today."""
    first = day.today.replace(day=1)
    mine = Opportunity.objects.visible_to(day.user).owned_by(day.user)
    won = mine.filter(state=OpportunityState.WON, actual_close_on__gte=first, actual_close_on__lte=day.today)
    by_day = won.order_by("actual_close_on").values("actual_close_on")
    rows: list[Any] = list(by_day.annotate(amount=Sum("base_actual_revenue"), deals=Count("pk")))
    total = sum((row["amount"] or Decimal(0) for row in rows), Decimal(0))
    return Body(
        rows,
        nothing=_("Nothing won yet this month."),
        count=_("won"),
        more={
            "total": shown.money(total, digits=0),
            "deals": sum(row["deals"] for row in rows),
            "chart": _chart(rows, day, total),
            "first": shown.short_day(first, day.today),
            "last": shown.short_day(day.today.replace(day=_days_in(day)), day.today),
            "view": f"0 0 {WIDTH} {HEIGHT}",
        },
    )


def _days_in(day: Day) -> int:
    return calendar.monthrange(day.today.year, day.today.month)[1]


def _chart(rows: Sequence[Any], day: Day, total: Decimal) -> dict[str, str]:
    """The points of the line and of the area below it, and where today stands."""
    if not total:
        return {}
    step = Decimal(WIDTH) / _days_in(day)
    height, reached, points = HEIGHT - _TOP, Decimal(0), [(Decimal(0), Decimal(HEIGHT))]
    for row in rows:
        x = step * row["actual_close_on"].day
        points.append((x, points[-1][1]))
        reached += row["amount"] or 0
        points.append((x, HEIGHT - height * reached / total))
    points.append((max(step * day.today.day, points[-1][0]), points[-1][1]))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return {"line": line, "area": f"{line} {x:.1f},{HEIGHT}", "x": f"{x:.1f}", "y": f"{y:.1f}"}
