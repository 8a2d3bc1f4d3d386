"""How many rows a list has: exactly up to a limit, and beyond it what the planner believes."""

import json
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from crm.core.access import Branch
from crm.core.branches import Pieces
from crm.core.sql import Sql
from crm.core.statements import ask_within

LIMIT = 10_000
#: A number beside the title is worth no more than that; a rare value without an index would take a second.
MILLISECONDS = 20
KEPT_SECONDS = 60.0
_MOST_KEPT = 2000

type Rows = "models.QuerySet[Any, Any]"


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    exact: bool


_estimates: dict[Hashable, tuple[float, int]] = {}


def count_up_to(
    queryset: Rows,
    branches: Sequence[Branch],
    limit: int = LIMIT,
    *,
    key: Hashable = None,
    pieces: Pieces | None = None,
) -> Count:
    """Exact up to `limit`, each row once, if that takes no longer than `MILLISECONDS`; every kind of branch stops at
    one row more.

    Where an estimate was given under this `key` within the last minute, it is given again without counting. The
    key must name everything on which the rows depend: the table, the filters, the person and their branches.
    `pieces` are rows and branches where they have been compiled already.
    """
    kept = _kept(key)
    if kept is not None:
        return Count(kept, exact=False)
    found = _counted(pieces or Pieces(queryset, branches), limit)
    if found is not None and found <= limit:
        return Count(found, exact=True)
    estimate = max(_estimate(queryset, branches), found or 1)
    _keep(key, estimate)
    return Count(estimate, exact=False)


def forget_estimates() -> None:
    _estimates.clear()


def _counted(pieces: Pieces, limit: int) -> int | None:
    """At most `limit` + 1 of each piece: if one was cut, it alone holds more than the limit. None: it took too long."""
    tail = f"LIMIT {limit + 1:d}"
    parts = [piece.sql(tail=tail) for piece in pieces.pieces]
    if not parts:
        return 0
    found = " UNION ALL ".join(f'(SELECT * FROM ({part.text}) AS "part" {tail})' for part in parts)  # noqa: S608 - our own text
    distinct = "" if len(parts) == 1 else "DISTINCT "
    params = [value for part in parts for value in part.params]
    rows = ask_within(MILLISECONDS, Sql(f'SELECT count({distinct}"pk") FROM ({found}) AS "found"', tuple(params)))  # noqa: S608 - our own text
    return None if rows is None else int(rows[0][0])


def _estimate(queryset: Rows, branches: Sequence[Branch]) -> int:
    plan = json.loads(queryset.filter(_any_of(branches)).order_by().explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _any_of(branches: Sequence[Branch]) -> Q:
    condition = Q()
    for branch in branches:
        if not branch.condition:
            return Q()
        condition |= branch.condition
    return condition


def _kept(key: Hashable) -> int | None:
    until, number = _estimates.get(key, (0.0, 0)) if key is not None else (0.0, 0)
    return number if until > time.monotonic() else None


def _keep(key: Hashable, number: int) -> None:
    if key is None:
        return
    if len(_estimates) >= _MOST_KEPT:
        _estimates.clear()
    _estimates[key] = (time.monotonic() + KEPT_SECONDS, number)
