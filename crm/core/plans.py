"""What the planner of the database believes that statements cost, asked before one of several ways is taken.

What is believed here decides the way to the rows and never which rows are found.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.core.sql import Sql

_KEPT_SECONDS = 600.0
_MOST_KEPT = 2000
# A server that is set up for discs believes that rows from all over a table cost four times as much as in order.
_SCALE = "SELECT greatest(current_setting('random_page_cost')::float / 1.1, 1)"


@dataclass(frozen=True, slots=True)
class Plan:
    """`cost` in the planner's unit, the reading of one page in order, as the embedded server is set up to see it;
    `in_bitmaps` is the part of it before the first row, which the server does not stop in the middle of.
    """

    rows: int
    cost: float
    in_bitmaps: float


_kept: dict[tuple[str, ...], tuple[float, list[Plan]]] = {}


def plans_of(statements: Sequence[Sql]) -> list[Plan]:
    """In one question to the database, whose answer is kept for ten minutes: until there are other statistics."""
    key = tuple(f"{statement.text}{statement.params}" for statement in statements)
    until, plans = _kept.get(key, (0.0, []))
    if until < time.monotonic():
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        plans = _asked(statements)
        _kept[key] = time.monotonic() + _KEPT_SECONDS, plans
    return plans


def forget_plans() -> None:
    _kept.clear()


def _asked(statements: Sequence[Sql]) -> list[Plan]:
    texts = [_SCALE, *(f"EXPLAIN (FORMAT json) {statement.text}" for statement in statements)]
    with connection.cursor() as used:
        cursor: Any = used
        cursor.execute("; ".join(texts), [value for statement in statements for value in statement.params])
        # Within an act the history puts nothing before what begins with SELECT, yet leaves all at the last answer.
        cursor.set_result(0)
        scale = float(cursor.fetchall()[0][0])
        found = []
        while cursor.nextset():
            found.append(_read(cursor.fetchall()[0][0], scale))
    return found


def _read(told: Any, scale: float) -> Plan:
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return Plan(int(plan["Plan Rows"]), float(plan["Total Cost"]) / scale, _in_bitmaps(plan))


def _in_bitmaps(plan: Mapping[str, Any]) -> float:
    own = float(plan["Total Cost"]) if plan["Node Type"] == "Bitmap Index Scan" else 0.0
    return own + sum(_in_bitmaps(part) for part in plan.get("Plans", ()))
