"""How many rows a list has: exactly up to a limit, and beyond it what the planner believes."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from crm.core.access import Branch
from crm.core.branches import Piece, Pieces
from crm.core.plans import Plan, forget_plans, plans_of
from crm.core.sql import Sql
from crm.core.statements import ask_within

LIMIT = 10_000
#: A number beside the title is worth no more than that, with asking the planner before and, in vain, after it.
MILLISECONDS = 20
# What is left of it for the end: to be stopped, and to estimate.
_END = 4
# What the planner believes to cost more is not begun: in a database in memory it is done in 10 to 60 ms. What builds a
# bitmap is stopped late, after its last row.
_HOPELESS, _HOPELESS_IN_BITMAPS = 10_000.0, 1_000.0
#: For what somebody asked for and what stands on the exact number.
PATIENT_MILLISECONDS = 2_000
KEPT_SECONDS = 60.0
_MOST_KEPT = 2000
_PART = '"part{number}" AS MATERIALIZED (SELECT "pk" FROM ({text}) AS "found" WHERE {when} LIMIT {most})'

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
    is_patient: bool = False,
) -> Count:
    """Exact up to `limit`, each row once, if that takes no longer than `MILLISECONDS` and looks as if; every kind of
    branch stops at one row more.

    Where an estimate was given under this `key` within the last minute, it is given again without counting. The
    key must name everything on which the rows depend: the table, the filters, the person and their branches.
    `pieces` are rows and branches where they have been compiled already. With `is_patient` nothing is believed, and
    counting has `PATIENT_MILLISECONDS`.
    """
    kept = None if is_patient else _kept(key)
    if kept is not None:
        return Count(kept, exact=False)
    until = time.perf_counter() + (PATIENT_MILLISECONDS if is_patient else MILLISECONDS) / 1000
    pieces = pieces or Pieces(queryset, branches)
    found = _counted(pieces, limit, until, is_patient=is_patient)
    if found is not None and found <= limit:
        return Count(found, exact=True)
    estimate = max(_ways(pieces, limit)[-1][1].rows, found or 1)
    _keep(key, estimate)
    return Count(estimate, exact=False)


def forget_estimates() -> None:
    _estimates.clear()
    forget_plans()


def _counted(pieces: Pieces, limit: int, until: float, *, is_patient: bool) -> int | None:
    """At most `limit` + 1 of each piece: one that was cut holds more than the limit. None: it takes too long."""
    if not pieces.pieces:
        return 0
    counting = _cheapest(pieces, limit, is_patient=is_patient)
    left = max(round((until - time.perf_counter()) * 1000) - _END, 1)
    rows = ask_within(left, counting) if counting else None
    return None if rows is None else int(rows[0][0])


def _cheapest(pieces: Pieces, limit: int, *, is_patient: bool) -> Sql | None:
    """Where columns narrow the rows the planner says which way costs less, and whether there is any hope at all."""
    if not pieces.is_narrowed:
        return _counting(pieces.pieces, limit)
    *counting, _all = _ways(pieces, limit)
    cheapest, plan = min(counting, key=lambda way: way[1].cost)
    return None if _is_hopeless(plan) and not is_patient else cheapest


def _ways(pieces: Pieces, limit: int) -> list[tuple[Sql, Plan]]:
    """The ways to count with what the planner believes of them, in one question; behind them all rows."""
    ways = [_everything(pieces)]
    if pieces.is_narrowed:
        found_by = [pieces.pieces] if pieces.together == pieces.pieces else [pieces.pieces, pieces.together]
        ways = [_counting(found, limit) for found in found_by] + ways
    return list(zip(ways, plans_of(ways), strict=True))


def _is_hopeless(plan: Plan) -> bool:
    return plan.cost > _HOPELESS or plan.in_bitmaps > _HOPELESS_IN_BITMAPS


def _counting(pieces: Sequence[Piece], limit: int) -> Sql:
    """What one piece holds more than the limit of spares looking into those after it."""
    parts = [piece.sql(tail=f"LIMIT {limit + 1:d}") for piece in pieces]
    if len(parts) == 1:
        return Sql(f'SELECT count("pk") FROM ({parts[0].text}) AS "found"', parts[0].params)  # noqa: S608 - our own text
    texts, none_cut = [], "TRUE"
    for number, part in enumerate(parts):
        texts.append(_PART.format(number=number, text=part.text, when=none_cut, most=limit + 1))
        none_cut += f' AND (SELECT count(*) FROM "part{number:d}") <= {limit:d}'  # noqa: S608 - our own text
    found = " UNION ALL ".join(f'SELECT "pk" FROM "part{number:d}"' for number in range(len(parts)))  # noqa: S608 - our own text
    params = tuple(value for part in parts for value in part.params)
    return Sql(f'WITH {", ".join(texts)} SELECT count(DISTINCT "pk") FROM ({found}) AS "found"', params)  # noqa: S608 - our own text


def _everything(pieces: Pieces) -> Sql:
    """All rows, for the planner; the few that several pieces hold count twice there."""
    parts = [piece.sql(tail="") for piece in pieces.together]
    text = " UNION ALL ".join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.params))


def _kept(key: Hashable) -> int | None:
    until, number = _estimates.get(key, (0.0, 0)) if key is not None else (0.0, 0)
    return number if until > time.monotonic() else None


def _keep(key: Hashable, number: int) -> None:
    if key is None:
        return
    if len(_estimates) >= _MOST_KEPT:
        _estimates.clear()
    _estimates[key] = (time.monotonic() + KEPT_SECONDS, number)
