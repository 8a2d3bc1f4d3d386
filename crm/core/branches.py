"""The branches of a reader's rights as SQL, compiled once for a page and its count.

Branches that compare the same foreign key (my own and those of each report, each unit, each team) are one piece:
the keys as an array, and for each of them a subquery that its index answers, with a limit of its own. A person
with eighty reports so costs one piece more than one with none. Where words are searched, all these keys are one
condition, and the planner chooses which index comes first; where other columns narrow the rows, the planner is asked
which of both costs less (`crm.core.plans`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections, models
from django.db.models import BooleanField, Expression, Q

from crm.core.access import Branch
from crm.core.sql import Params, Sql
from crm.core.words import leaves, searches_words

type Rows = "models.QuerySet[Any, Any]"

_MARK = "/* branch */"
#: How Django ends what a statement of keys selects.
_KEY = ' AS "pk"'
_PLACEHOLDER = re.compile("%[%s]")


# What every list asks for.
_BIN = "deleted_at"
_SEVERAL = 2


class _Slot(Expression):
    """Where the condition of a branch goes; the rest of the statement is the same for all."""

    output_field = BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return _MARK, ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some branches as one statement that selects the keys of their rows as `pk`."""

    _before: Sql
    _condition: Sql
    _after: Sql
    keys: tuple[int, ...] = ()

    def sql(self, *, columns: str = "", beside: Sql | None = None, tail: str) -> Sql:
        """With more `columns` and one more condition, and `tail` (order and limit) for each key by itself."""
        beside = beside or Sql("TRUE")
        selected, key, rest = self._before.text.partition(_KEY)
        text = f"{selected}{key}{columns}{rest}({self._condition.text} AND {beside.text}){self._after.text} {tail}"
        params = (*self._before.params, *self._condition.params, *beside.params, *self._after.params)
        if not self.keys:
            return Sql(text, params)
        each = f'SELECT "found".* FROM unnest(%s::bigint[]) AS "branch"("key") CROSS JOIN LATERAL ({text}) AS "found"'  # noqa: S608 - our own text
        return Sql(each, (list(self.keys), *params))


class Pieces:
    """The rows of `queryset` that one of the branches holds, as statements that select their keys.

    `pieces` read each key by itself, `together` all keys as one condition; where there are no two keys, or words are
    searched, both are the same. `is_narrowed` says that columns choose rows, so that the way to them matters.
    """

    def __init__(self, queryset: Rows, branches: Sequence[Branch]) -> None:
        self.model = queryset.model
        self._connection = connections[queryset.db]
        self.table = self._quoted(self.model._meta.db_table)
        is_search = searches_words(queryset)
        self.is_narrowed = not is_search and _is_narrowed(queryset)
        reasons = Reasons.of(self.model, branches, self._connection)
        ends = self._ends(queryset)
        self.together = self._pieces(ends, self._at_once(reasons))
        self.pieces = self.together if is_search else self._pieces(ends, self._one_by_one(reasons))

    @property
    def count(self) -> int:
        """Of branches."""
        return sum(len(piece.keys) or 1 for piece in self.pieces)

    def column(self, field: "models.Field[Any, Any]") -> str:
        return f"{self.table}.{self._quoted(str(field.column))}"

    def _quoted(self, name: str) -> str:
        return self._connection.ops.quote_name(name)

    @staticmethod
    def _pieces(ends: tuple[Sql, Sql] | None, conditions: Iterator[tuple[Sql, tuple[int, ...]]]) -> tuple[Piece, ...]:
        return tuple(Piece(ends[0], condition, ends[1], keys) for condition, keys in conditions) if ends else ()

    def _ends(self, queryset: Rows) -> tuple[Sql, Sql] | None:
        """The statement before and behind the condition of a branch; None where it finds nothing."""
        try:
            text, params = self._compiled(queryset.filter(_Slot()).order_by().values_list("pk"))
        except EmptyResultSet:
            return None
        before, after = text.split(_MARK)
        count = sum(found == "%s" for found in _PLACEHOLDER.findall(before))
        return Sql(before, params[:count]), Sql(after, params[count:])

    def _one_by_one(self, reasons: "Reasons") -> Iterator[tuple[Sql, tuple[int, ...]]]:
        if reasons.is_all:
            yield Sql("TRUE"), ()
        yield from (self._equal(field, keys) for field, keys in reasons.alike.items())
        yield from ((other, ()) for other in reasons.others)

    def _at_once(self, reasons: "Reasons") -> Iterator[tuple[Sql, tuple[int, ...]]]:
        if sum(len(keys) for keys in reasons.alike.values()) < _SEVERAL:
            yield from self._one_by_one(reasons)
            return
        yield self._any_of(reasons.alike), ()
        yield from ((other, ()) for other in reasons.others)

    def _equal(self, field: "models.ForeignKey[Any, Any]", keys: tuple[int, ...]) -> tuple[Sql, tuple[int, ...]]:
        column = self.column(field)
        return (Sql(f"{column} = %s", keys), ()) if len(keys) == 1 else (Sql(f'{column} = "branch"."key"'), keys)

    def _any_of(self, alike: "Mapping[models.ForeignKey[Any, Any], tuple[int, ...]]") -> Sql:
        """Another index finds the rows, once for all keys of all columns instead of once for each."""
        found = [one_of(self.column(field), keys) for field, keys in alike.items()]
        params = tuple(value for one in found for value in one.params)
        return Sql(f"({' OR '.join(one.text for one in found)})", params)

    def _compiled(self, rows: Rows) -> tuple[str, Params]:
        text, params = rows.query.get_compiler(connection=self._connection).as_sql()
        return text, tuple(params)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Branches sorted: are all rows visible, which keys of which column make a row visible, and what else does."""

    is_all: bool
    alike: "Mapping[models.ForeignKey[Any, Any], tuple[int, ...]]"
    others: tuple[Sql, ...]

    @classmethod
    def of(cls, model: type[models.Model], branches: Sequence[Branch], connection: Any) -> "Reasons":
        alike: dict[models.ForeignKey[Any, Any], dict[int, None]] = {}
        others: list[Sql] = []
        for branch in branches:
            if not branch.condition:
                # All rows: whatever else is a reason, it adds none.
                return cls(is_all=True, alike={}, others=())
            compared = _compared(model, branch.condition)
            if compared:
                alike.setdefault(compared[0], {})[compared[1]] = None
            elif (where := _where(model, branch.condition, connection)) is not None:
                others.append(where)
        return cls(is_all=False, alike={field: tuple(keys) for field, keys in alike.items()}, others=tuple(others))


def _is_narrowed(queryset: Rows) -> bool:
    """Does anything else than the bin choose rows?"""
    return any(_column(leaf) != _BIN for leaf in leaves(queryset.query.where))


def _column(leaf: Any) -> str:
    return str(getattr(getattr(getattr(leaf, "lhs", None), "target", None), "name", ""))


def one_of(column: str, keys: Sequence[int]) -> Sql:
    return Sql(f"{column} = ANY(%s::bigint[])", (list(keys),))


def _where(model: type[models.Model], condition: Q, connection: Any) -> Sql | None:
    query = model._base_manager.filter(condition).query
    try:
        text, params = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return None
    return Sql(text, tuple(params))


def _compared(model: type[models.Model], condition: Q) -> "tuple[models.ForeignKey[Any, Any], int] | None":
    """(foreign key, key) of a condition that says nothing else."""
    if condition.negated or len(condition.children) != 1 or not isinstance(condition.children[0], tuple):
        return None
    name, value = condition.children[0]
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    key = getattr(value, "pk", value)
    return (field, key) if isinstance(field, models.ForeignKey) and isinstance(key, int) else None


def some_keys(queryset: Rows, branches: Sequence[Branch], most: int) -> Sql | None:
    """A statement for the keys of at most `most` rows of each piece, in no order; None where there can be none."""
    pieces = Pieces(queryset, branches)
    chosen = pieces.together if pieces.is_narrowed else pieces.pieces
    parts = [piece.sql(tail=f"LIMIT {most:d}") for piece in chosen]
    params = tuple(value for part in parts for value in part.params)
    return Sql(" UNION ALL ".join(f"({part.text})" for part in parts), params) if parts else None
