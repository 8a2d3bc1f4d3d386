"""Statements that Django compiles once, and that are then only bound: compiling costs more than most queries.

A statement is a queryset with a `Slot` wherever a value differs from one asking to the next (a `StatementSlot` where
that is a statement by itself), and a key. The key names everything else on which its text and its values depend;
`rights_key` does so for the rights of a person. Kept in the memory of each process, the least used dropped first.
"""

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import BooleanField, Expression, F, Func
from django.db.models.query import ModelIterable

from crm.core.sql import Sql

MOST_KEPT = 1024

type Rows = "models.QuerySet[Any, Any]"


class Slot(Expression):
    """The place of a value, with the name under which it is given later."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (_Hole(self.name),)


class StatementSlot(Slot):
    """The place of a statement, which is given later as `Sql`."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        hole = _Hole(self.name)
        return hole.mark, (hole,)


def is_any_of(column: str, keys: Slot) -> Func:
    """Is the column one of the keys that are given later as one list?"""
    one_of = Func(keys, function="ANY")
    return Func(F(column), one_of, template="%(expressions)s", arg_joiner=" = ", output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class _Hole:
    """Stands among the values of a compiled statement."""

    name: str

    @property
    def mark(self) -> str:
        """In the text, where a statement goes."""
        return f"(/* {self.name} */)"


def prepared(key: Hashable, rows: Callable[[], Rows]) -> "Prepared":
    """The statement of this key; `rows` is asked only where it was not compiled before."""
    return _kept(key, _Source(rows))


def rights_key(model: type[models.Model], actor: Any, *actions: str) -> Hashable:
    """All on which the conditions for these rights depend: the table, the person, and the branches by name."""
    rows: Any = model._default_manager.all()
    reasons = (tuple(branch.name for branch in rows.branches(actor, action)) for action in actions)
    return model, ContentType.objects.get_for_model(model).pk, getattr(actor, "pk", None), actions, *reasons


class Prepared:
    """A compiled statement. Its two methods take the values of the slots by name."""

    def __init__(self, rows: Rows) -> None:
        asked: Any = rows
        self._using, self._fetch_mode = rows.db, asked._fetch_mode
        self._compiler: Any = rows.query.get_compiler(connection=connections[rows.db])
        self._text = ""
        self._params: tuple[Any, ...] = ()
        try:
            text, self._params = self._compiler.as_sql()
            self._text = intern(text)
        except EmptyResultSet:
            # It can find nothing, whatever the values are.
            return
        self._compiler.query = None

    def records(self, **values: Any) -> list[Any]:
        """As model instances, with what `select_related` and `annotate` add."""
        if not self._text:
            return []
        asked: Any = _Asked(self._bound(values), self._using, self._fetch_mode)
        return list(ModelIterable(asked))

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        """The columns of `values_list`."""
        return list(self._bound(values).results_iter(tuple_expected=True)) if self._text else []

    def _bound(self, values: dict[str, Any]) -> Any:
        """A compiler that has compiled already, on the connection of this thread."""
        text = self._text
        params: list[Any] = []
        for one in self._params:
            value = values[one.name] if isinstance(one, _Hole) else one
            if isinstance(value, Sql):
                text = text.replace(one.mark, f"({value.text})")
                params += value.params
            else:
                params.append(value)
        bound = copy(self._compiler)
        bound.connection = connections[self._using]
        bound.as_sql = lambda *_args, **_options: (text, tuple(params))
        return bound


class _Asked:
    """What Django reads of a queryset when it makes instances of rows."""

    def __init__(self, compiler: Any, using: str, fetch_mode: Any) -> None:
        self.query, self.db, self._fetch_mode = self, using, fetch_mode
        self._compiler = compiler
        self._known_related_objects: dict[Any, Any] = {}

    def get_compiler(self, using: str | None = None, connection: Any = None) -> Any:
        return self._compiler


class _Source:
    """Makes the queryset; for `lru_cache` all of them are the same, so that the key alone decides."""

    def __init__(self, make: Callable[[], Rows]) -> None:
        self._make: list[Callable[[], Rows]] = [make]

    def taken(self) -> Rows:
        """Asked once: what is kept must not hold the person and the request for whom it was made."""
        return self._make.pop()()

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)


@lru_cache(MOST_KEPT)
def _kept(_key: Hashable, source: _Source) -> Prepared:
    return Prepared(source.taken())
