"""Pages of a list, read from each branch of the reader's rights by its own index.

One statement reads the keys of one page (and of one row more) from every branch, merges them, and reads the columns
of the nearest rows alone. No OFFSET, so page one thousand costs what page one costs. Rows without a value come last
in both directions: where a column may be NULL, each branch is read in two parts, since an index holds its NULLs at
one end only.

Where columns narrow the rows there are three ways to the nearest: along the order for each key of the rights by itself,
along the order for all at once, and gathering all that match, to be sorted. The planner says which costs least.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import F, OrderBy

from crm.core.access import Branch
from crm.core.branches import Piece, Pieces
from crm.core.plans import plans_of
from crm.core.prepared import Prepared, StatementSlot, prepared
from crm.core.sql import Sql

PAGE_SIZE = 50
# Rows from all over the table cost the planner so many times more than rows in order, and the server, which has them in
# memory, about the same. And it hopes that what matches is spread evenly along the order, which nobody promises.
_OVERRATED = 4
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


def keyset_page(
    queryset: Rows,
    branches: Sequence[Branch],
    order: str,
    *,
    fields: Sequence[Any],
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
    pieces: Pieces | None = None,
) -> Page:
    """One page in `order`, ties by primary key, after or before the row that a token of `Page` names.

    `fields` are value paths or expressions, as `values_list` takes them; `pieces` are rows and branches where they
    have been compiled already.
    """
    reading = _Reading(queryset, pieces or Pieces(queryset, branches), Order.parse(order), fields)
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

    def __init__(self, queryset: Rows, pieces: Pieces, order: Order, fields: Sequence[Any]) -> None:
        self.queryset, self._pieces, self.order = queryset, pieces, order
        self.field = _field(queryset.model, order.field)
        # A path that is asked for twice is read once.
        self.paths = list(dict.fromkeys(["pk", order.field, *fields]))
        self._places = [self.paths.index(name) for name in fields]
        self._sort_place = self.paths.index(order.field)

    def rows(self, mark: Mark | None, take: int, *, backwards: bool) -> list[tuple[Any, ...]]:
        """At most `take` rows beyond the mark, nearest first."""
        walk = _Walk(self.order.reversed() if backwards else self.order, mark, backwards, take)
        halves = [half for half in ((False, True) if self.field.null else (False,)) if walk.half(half) != "none"]
        if not halves or not self._pieces.pieces:
            return []
        return self._columns(walk).tuples(keys=self._cheapest(walk, halves))

    def _columns(self, walk: _Walk) -> Prepared:
        """The statement for the columns of the rows with these keys. A path that is an expression may hold what is
        true for this reader or at this moment alone: a statement with one is not kept.
        """
        paths, order, model, using = self.paths, walk.order, self.queryset.model, self.queryset.db
        nulls = {"nulls_first": True} if walk.backwards else {"nulls_last": True}

        def rows() -> Rows:
            found: Any = model._base_manager.using(using).filter(pk__in=StatementSlot("keys"))
            first = OrderBy(F(order.field), descending=order.descending, **nulls)
            ordered: Rows = found.order_by(first, OrderBy(F("pk"), descending=order.descending))
            return ordered.values_list(*paths)

        if not all(isinstance(path, str) for path in paths):
            return Prepared(rows())
        return prepared(("columns", model, using, order, walk.backwards, *paths), rows)

    def wanted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row[place] for place in self._places)

    def token(self, row: tuple[Any, ...]) -> str:
        value = row[self._sort_place]
        text = value.isoformat() if hasattr(value, "isoformat") else None if value is None else str(value)
        return signing.dumps([self.queryset.model._meta.label_lower, str(self.order), text, row[0]], salt=_SALT)

    def _cheapest(self, walk: _Walk, halves: Sequence[bool]) -> Sql:
        """The keys of the next rows, in the way that costs least."""
        pieces = self._pieces

        def along(pieces: Sequence[Piece], *, gathered: bool = False) -> Sql:
            return self._nearest([self._part(piece, walk, half, gathered) for piece in pieces for half in halves], walk)

        if not pieces.is_narrowed:
            return along(pieces.pieces)
        ways = [along(pieces.together, gathered=True), along(pieces.together)]
        if pieces.together != pieces.pieces:
            ways.append(along(pieces.pieces))
        gathering, *walking = [plan.cost for plan in plans_of(ways)]
        costs = [gathering / _OVERRATED, *walking]
        return ways[costs.index(min(costs))]

    def _part(self, piece: Piece, walk: _Walk, without_value: bool, gathered: bool) -> Sql:
        """The keys of the next rows of one piece, of those with or of those without a value."""
        column, key = self._pieces.column(self.field), self._pieces.column(_field(self.queryset.model, "pk"))
        beside = [Sql(f"{column} IS {'' if without_value else 'NOT '}NULL")] if self.field.null else []
        if walk.mark is not None and walk.half(without_value) == "beyond":
            beside.append(self._beyond(column, key, walk.order, walk.mark))
        way = "DESC" if walk.order.descending else "ASC"
        nulls = "LAST" if _nulls_last(self.queryset.model, walk.order) else "FIRST"
        is_key = walk.order.field == "pk"
        sorted_by = "" if is_key else f', {column} AS "{walk.order.field}"'
        order = "ORDER BY {} {way} NULLS {nulls}, {} {way} LIMIT {take:d}"
        said = {"way": way, "nulls": nulls, "take": walk.take}
        if not gathered:
            return piece.sql(columns=sorted_by, beside=_both(beside), tail=order.format(column, key, **said))
        # What stands within an OFFSET is found before it is sorted.
        found = piece.sql(columns=sorted_by, beside=_both(beside), tail="OFFSET 0")
        names = '"pk"' if is_key else f'"{walk.order.field}"', '"pk"'
        return Sql(f'SELECT * FROM ({found.text}) AS "gathered" {order.format(*names, **said)}', found.params)  # noqa: S608 - our own text

    def _beyond(self, column: str, key: str, order: Order, mark: Mark) -> Sql:
        """Rows beyond the mark, compared as one row value, which an index answers as one range, ties included."""
        sign = "<" if order.descending else ">"
        if mark.value is None:
            return Sql(f"{key} {sign} %s", (mark.pk,))
        value = self.field.get_db_prep_value(mark.value, connections[self.queryset.db])
        return Sql(f"ROW({column}, {key}) {sign} ROW(%s, %s)", (value, mark.pk))

    @staticmethod
    def _nearest(parts: Sequence[Sql], walk: _Walk) -> Sql:
        """The keys of the nearest rows of all parts; a row that several branches hold counts once."""
        way = "DESC" if walk.order.descending else "ASC"
        nulls = "FIRST" if walk.backwards else "LAST"
        places = ["pk"] if walk.order.field == "pk" else [walk.order.field, "pk"]
        order = ", ".join(f'"{place}" {way} NULLS {nulls}' for place in places)
        found = " UNION ALL ".join(f"({part.text})" for part in parts)
        nearest = f'SELECT DISTINCT * FROM ({found}) AS "found" ORDER BY {order} LIMIT {walk.take:d}'  # noqa: S608 - our own text
        params = tuple(value for part in parts for value in part.params)
        return Sql(f'SELECT "pk" FROM ({nearest}) AS "page"', params)  # noqa: S608 - our own text


def _both(conditions: Sequence[Sql]) -> Sql | None:
    if not conditions:
        return None
    params = tuple(value for condition in conditions for value in condition.params)
    return Sql(" AND ".join(condition.text for condition in conditions), params)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, models.Field), f"{model._meta.label} cannot be sorted by {name}"  # noqa: S101
    return field


def _nulls_last(model: type[models.Model], order: Order) -> bool:
    """As in the column's index or its exact reverse, so that the index gives the order."""
    descending, nulls_last = _declared(model, order.field)
    return nulls_last if order.descending == descending else not nulls_last


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
