"""Pages in an order that no index gives: of at most as many rows as are counted exactly, sorted when one asks.

As in `crm.core.keyset`, a page begins after a row and not after a number of rows. The token keeps the values by
which that row was sorted, so that it stays the place where one went on even if the row has changed since.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import BooleanField, Count, F, OrderBy, Q, Sum, Value, Window
from django.db.models.expressions import BaseExpression, Combinable, RawSQL
from django.db.models.functions import RowNumber

from crm.core.access import Branch
from crm.core.branches import some_keys
from crm.core.counts import LIMIT
from crm.core.keyset import PAGE_SIZE, Page

_SALT = "crm.core.sorted_pages"

type Rows = "models.QuerySet[Any, Any]"
type Path = str | Combinable


@dataclass(frozen=True, slots=True)
class SortKey:
    """What to sort by; `name` is what a token says of it, so that it fits no other order."""

    name: str
    value: Path
    descending: bool = False

    @property
    def expression(self) -> Any:
        return F(self.value) if isinstance(self.value, str) else self.value


def sorted_page(
    queryset: Rows,
    branches: Sequence[Branch],
    keys: Sequence[SortKey],
    *,
    fields: Sequence[Path],
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """One page by these keys, ties by primary key. Rows without a value come last in both directions.

    The caller has counted: there are at most `crm.core.counts.LIMIT` rows.
    """
    order = _Order(queryset.model, tuple(keys))
    token = before or after or ""
    mark = order.mark(token) if token else None
    page = Page([], bad_token=bool(token) and mark is None)
    backwards = bool(before) and mark is not None
    rows = _within_reach(queryset, branches)
    if rows is None:
        return page
    found = order.read(rows, fields, mark, size + 1, backwards=backwards)
    if mark is not None and not found:
        # Everything beyond the mark has gone since: the first page tells more than an empty one.
        mark, backwards = None, False
        found = order.read(rows, fields, None, size + 1, backwards=False)
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return page
    return replace(
        page,
        rows=[row[order.width :] for row in shown],
        previous=order.token(shown[0]) if (more if backwards else mark is not None) else "",
        following=order.token(shown[-1]) if backwards or more else "",
    )


def counts_by(queryset: Rows, branches: Sequence[Branch], value: Path) -> dict[Any, int]:
    """How many rows have each value, in one query. The caller has counted as for `sorted_page`."""
    rows = _within_reach(queryset, branches)
    if rows is None:
        return {}
    by_value = rows.annotate(_value=F(value) if isinstance(value, str) else value).order_by().values("_value")
    return dict(by_value.annotate(_rows=Count("pk")).values_list("_value", "_rows"))


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows have a value, and the sum over them; None where no row has an amount."""

    count: int
    amount: Decimal | None = None


def totals_by(queryset: Rows, branches: Sequence[Branch], value: BaseExpression, amount: str = "") -> dict[Any, Total]:
    """`counts_by` with the sum of the column `amount`, if there is one, in one query."""
    rows = _within_reach(queryset, branches)
    if rows is None:
        return {}
    sums = {"_amount": Sum(amount)} if amount else {}
    by_value = rows.annotate(_value=value).order_by().values("_value").annotate(_rows=Count("pk"), **sums)
    return {found: Total(*total) for found, *total in by_value.values_list("_value", "_rows", *sums)}


def first_of_each(
    queryset: Rows,
    branches: Sequence[Branch],
    value: BaseExpression,
    ordering: Sequence[OrderBy],
    *,
    fields: Sequence[Path],
    size: int,
) -> dict[Any, list[tuple[Any, ...]]]:
    """The values of `fields` of the first `size` rows of each value, in one query; as many rows as for `sorted_page`.

    The columns are read of these rows alone.
    """
    rows = _within_reach(queryset, branches)
    if rows is None:
        return {}
    place = Window(RowNumber(), partition_by=[value], order_by=list(ordering))
    nearest = rows.annotate(_place=place).filter(_place__lte=size).values("pk")
    read: Rows = queryset.model._base_manager.using(queryset.db).filter(pk__in=nearest).annotate(_value=value)
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for key, *row in read.order_by(*ordering).values_list("_value", *fields):
        found.setdefault(key, []).append(tuple(row))
    return found


def _within_reach(queryset: Rows, branches: Sequence[Branch]) -> Rows | None:
    """The rows that the branches hold, found by their indexes; None where there can be none."""
    keys = some_keys(queryset, branches, LIMIT + 1)
    if keys is None:
        return None
    rows: Rows = queryset.model._base_manager.using(queryset.db)
    return rows.filter(pk__in=RawSQL(keys.text, keys.params))  # noqa: S611 - our own text


class _Order:
    """The sort keys as columns that stand before all others of a row: `_sort_0`, …, and the primary key."""

    def __init__(self, model: type[models.Model], keys: tuple[SortKey, ...]) -> None:
        self.model, self.keys = model, keys
        self.names = [f"_sort_{number}" for number in range(len(keys))]
        self.width = len(keys) + 1

    def read(
        self, rows: Rows, fields: Sequence[Path], mark: list[Any] | None, take: int, *, backwards: bool
    ) -> list[tuple[Any, ...]]:
        """At most `take` rows beyond the mark, nearest first."""
        rows = rows.annotate(**{name: key.expression for name, key in self._named()})
        if mark is not None:
            rows = rows.filter(self._beyond(mark, backwards=backwards))
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        order = [OrderBy(F(name), descending=key.descending != backwards, **nulls) for name, key in self._named()]
        down = bool(self.keys and self.keys[-1].descending) != backwards
        ordered = rows.order_by(*order, OrderBy(F("pk"), descending=down))
        return list(ordered.values_list(*self.names, "pk", *fields)[:take])

    def _named(self) -> list[tuple[str, SortKey]]:
        return list(zip(self.names, self.keys, strict=True))

    def _beyond(self, mark: list[Any], *, backwards: bool) -> Q:
        """The first key says it, or where it is the same the second one does, and so on; at last the primary key."""
        *values, pk = mark
        down = bool(self.keys and self.keys[-1].descending) != backwards
        condition = Q(**{"pk__lt" if down else "pk__gt": pk})
        for (name, key), value in reversed(list(zip(self._named(), values, strict=True))):
            same = Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
            condition = (same & condition) | _past(name, value, down=key.descending != backwards, backwards=backwards)
        return condition

    def token(self, row: tuple[Any, ...]) -> str:
        return signing.dumps([self._label(), [_packed(value) for value in row[: self.width]]], salt=_SALT)

    def mark(self, token: str) -> list[Any] | None:
        """None for anything that is not a token of this table and order."""
        try:
            label, values = signing.loads(token, salt=_SALT)
            return [_unpacked(value) for value in values] if label == self._label() else None
        except (signing.BadSignature, ValueError, TypeError, KeyError):
            return None

    def _label(self) -> str:
        keys = ",".join(f"{'-' if key.descending else ''}{key.name}" for key in self.keys)
        return f"{self.model._meta.label_lower} {keys}"


def _past(name: str, value: Any, *, down: bool, backwards: bool) -> Q:
    """Rows that one value alone puts beyond the mark. Those without a value lie at the end of the way there."""
    if value is None:
        return Q(**{f"{name}__isnull": False}) if backwards else Q(Value(False, output_field=BooleanField()))
    past = Q(**{f"{name}__lt" if down else f"{name}__gt": value})
    return past if backwards else past | Q(**{f"{name}__isnull": True})


def _packed(value: Any) -> list[Any]:
    """Kind and text of a value, since JSON knows neither decimals nor days."""
    for kind, write in _WRITE.items():
        if type(value) is kind:
            return [kind.__name__, write(value)]
    return ["", value]


def _unpacked(packed: Any) -> Any:
    kind, value = packed
    return _READ[kind](value) if kind else value


_WRITE: dict[type, Any] = {
    Decimal: str,
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}
_READ: dict[str, Any] = {
    "Decimal": Decimal,
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}
