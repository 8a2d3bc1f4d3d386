"""Pages of a list, read from each branch of the reader's rights by its own index.

One statement reads one page (and one row more) from every branch; Python merges what comes back. No OFFSET,
so page one thousand costs what page one costs. Rows without a value come last in both directions: where a
column may be NULL, each branch is read in two parts, since an index holds its NULLs at one end only.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, OrderBy, Q, Value

from crm.core.access import Branch

PAGE_SIZE = 50
_SALT = "crm.core.keyset"

type Rows = "models.QuerySet[Any, Any]"


@dataclass(frozen=True, slots=True)
class Order:
    """A column and its direction, written as in `order_by`: `-created_at`."""

    field: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field

    def reversed(self) -> "Order":
        return replace(self, descending=not self.descending)


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of one row in an order."""

    value: Any
    pk: int


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` hold the values of the asked fields; a token is empty where nothing more lies that way.

    `bad_token` says that the given token was no token of this order: the first page is given instead.
    """

    rows: list[tuple[Any, ...]]
    previous: str = ""
    following: str = ""
    bad_token: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    exact: bool


def keyset_page(
    queryset: Rows,
    branches: Sequence[Branch],
    order: str,
    *,
    fields: Sequence[str],
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """One page in `order`, ties by primary key, after or before the row that a token of `Page` names."""
    reading = _Reading(queryset, branches, Order.parse(order), fields)
    token = before or after or ""
    mark = _mark(queryset.model, reading.order, token) if token else None
    page = Page([], bad_token=bool(token) and mark is None)
    backwards = bool(before) and mark is not None
    found = reading.rows(mark, size + 1, backwards=backwards)
    if mark is not None and not found:
        # Everything beyond the mark has gone since: the first page tells more than an empty one.
        mark, backwards = None, False
        found = reading.rows(None, size + 1, backwards=False)
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return page
    return replace(
        page,
        rows=[reading.wanted(row) for row in shown],
        previous=reading.token(shown[0]) if (more if backwards else mark is not None) else "",
        following=reading.token(shown[-1]) if backwards or more else "",
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """Which way to read: `order` is that of the reading, so the reverse of the page's when going backwards."""

    order: Order
    mark: Mark | None
    backwards: bool
    take: int

    def half(self, without_value: bool) -> str:
        """Of the rows with or without a value: "all", those "beyond" the mark, or "none"."""
        if self.mark is None:
            return "all"
        marked_half = self.mark.value is None
        if marked_half == without_value:
            return "beyond"
        # Rows without a value lie at the end of the page's order, so at the beginning of the way back.
        return "all" if marked_half == self.backwards else "none"


class _Reading:
    """What stays the same while one page is read: rows, branches, order and columns."""

    def __init__(self, queryset: Rows, branches: Sequence[Branch], order: Order, fields: Sequence[str]) -> None:
        self.queryset, self.branches, self.order = queryset, branches, order
        self.field = _field(queryset.model, order.field)
        # A path that is asked for twice is read once.
        self.paths = list(dict.fromkeys(["pk", order.field, *fields]))
        self._places = [self.paths.index(name) for name in fields]
        self._sort_place = self.paths.index(order.field)

    def rows(self, mark: Mark | None, take: int, *, backwards: bool) -> list[tuple[Any, ...]]:
        """At most `take` rows beyond the mark, nearest first."""
        walk = _Walk(self.order.reversed() if backwards else self.order, mark, backwards, take)
        halves = [half for half in ((False, True) if self.field.null else (False,)) if walk.half(half) != "none"]
        parts = [self._part(branch, walk, half) for branch in self.branches for half in halves]
        if not parts:
            return []
        # The union itself is not ordered, whatever the table's default is: Python merges.
        found = parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]
        return self._merged(found, walk)[:take]

    def wanted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row[place] for place in self._places)

    def token(self, row: tuple[Any, ...]) -> str:
        value = row[self._sort_place]
        text = value.isoformat() if hasattr(value, "isoformat") else None if value is None else str(value)
        return signing.dumps([self.queryset.model._meta.label_lower, str(self.order), text, row[0]], salt=_SALT)

    def _part(self, branch: Branch, walk: _Walk, without_value: bool) -> Rows:
        """The next rows of one branch, of those with or of those without a value."""
        rows = self.queryset.filter(branch.condition)
        if self.field.null:
            rows = rows.filter(**{f"{walk.order.field}__isnull": without_value})
        if walk.mark is not None and walk.half(without_value) == "beyond":
            rows = rows.filter(_beyond(self.field, walk.order, walk.mark))
        return rows.order_by(*_ordering(self.queryset.model, walk.order)).values_list(*self.paths)[: walk.take]

    def _merged(self, found: Iterable[tuple[Any, ...]], walk: _Walk) -> list[tuple[Any, ...]]:
        place, descending = self._sort_place, walk.order.descending
        distinct = list({row[0]: row for row in found}.values())
        valued = [row for row in distinct if row[place] is not None]
        valued.sort(key=lambda row: (row[place], row[0]), reverse=descending)
        without = [row for row in distinct if row[place] is None]
        without.sort(key=lambda row: row[0], reverse=descending)
        return without + valued if walk.backwards else valued + without


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, models.Field), f"{model._meta.label} cannot be sorted by {name}"  # noqa: S101
    return field


def _beyond(field: "models.Field[Any, Any]", order: Order, mark: Mark) -> Any:
    """Rows beyond the mark. Compared as one row value, which an index answers as one range, ties included."""
    if mark.value is None:
        return Q(pk__lt=mark.pk) if order.descending else Q(pk__gt=mark.pk)
    key = models.BigIntegerField()
    here = Func(F(order.field), F("pk"), function="ROW", output_field=key)
    there = Func(
        Value(mark.value, output_field=field), Value(mark.pk, output_field=key), function="ROW", output_field=key
    )
    sign = " < " if order.descending else " > "
    return Func(here, there, template="(%(expressions)s)", arg_joiner=sign, output_field=BooleanField())


def _ordering(model: type[models.Model], order: Order) -> list[OrderBy]:
    """Exactly the order of the column's index or its exact reverse, whatever that says of NULLs."""
    descending, nulls_last = _declared(model, order.field)
    last = nulls_last if order.descending == descending else not nulls_last
    nulls = {"nulls_last": True} if last else {"nulls_first": True}
    return [
        OrderBy(F(order.field), descending=order.descending, **nulls),
        OrderBy(F("pk"), descending=order.descending),
    ]


@lru_cache
def _declared(model: type[models.Model], name: str) -> tuple[bool, bool]:
    """(descending, NULLs last) of the column in the first index that sorts by it."""
    for index in model._meta.indexes:
        for expression in index.expressions:
            if isinstance(expression, OrderBy) and getattr(expression.expression, "name", "") == name:
                return expression.descending, bool(expression.nulls_last)
        for column, suffix in index.fields_orders:
            if column == name:
                return suffix == "DESC", suffix != "DESC"
    return False, True


def _mark(model: type[models.Model], order: Order, token: str) -> Mark | None:
    """None for anything that is not a token of this table and order."""
    try:
        label, text, value, pk = signing.loads(token, salt=_SALT)
        if (label, text) != (model._meta.label_lower, str(order)):
            return None
        return Mark(None if value is None else _field(model, order.field).to_python(value), int(pk))
    except (signing.BadSignature, ValidationError, ValueError, TypeError):
        return None


def count_up_to(queryset: Rows, branches: Sequence[Branch], limit: int = 10_000) -> Count:
    """Exact up to `limit`; beyond it what the planner believes, which costs nothing."""
    parts = [queryset.filter(branch.condition).order_by().values("pk")[: limit + 1] for branch in branches]
    if not parts:
        return Count(0, exact=True)
    found = parts[0].union(*parts[1:]).count() if len(parts) > 1 else parts[0].count()
    if found <= limit:
        return Count(found, exact=True)
    return Count(max(_estimate(queryset, branches), limit + 1), exact=False)


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
