"""What must hold of the stored data, whatever was done: each app says it in its `doctor.py`, `manage.py doctor` looks.

A check gives one line for each fault that it finds. What the database itself forbids (constraints, foreign keys,
triggers) is no check. Checks read by statements over whole tables, or by a cursor, so that a million rows fit.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.utils.functional import Promise

EXAMPLES = 5
_AT_ONCE = 5_000

type Faults = Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`sentence` says what is wrong with whatever `find` gives, each by its table, its key and what else tells it."""

    name: str
    sentence: str | Promise
    find: Callable[[], Faults]


@dataclass(frozen=True, slots=True)
class Finding:
    """How many faults a check has found, the first few of them, and how long it looked in seconds."""

    check: Check
    number: int
    examples: tuple[str, ...]
    seconds: float


_checks: dict[str, Check] = {}


def register_check(*checks: Check) -> None:
    for check in checks:
        _checks[check.name] = check


def known_checks() -> list[Check]:
    return [_checks[name] for name in sorted(_checks)]


def examine(check: Check, *, examples: int = EXAMPLES) -> Finding:
    """Look once, at one moment of the database."""
    began = time.perf_counter()
    with _one_moment():
        faults = iter(check.find())
        shown = tuple(islice(faults, examples))
        number = len(shown) + sum(1 for _fault in faults)
    return Finding(check, number, shown, time.perf_counter() - began)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All statements of a check see the same rows, whatever is written meanwhile. Within a transaction of the caller
    they see what that sees."""
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def faults_of(rows: "models.QuerySet[Any, Any]") -> Iterator[str]:
    """The rows of a queryset, each by its table and key."""
    label = rows.model._meta.label
    for key in rows.order_by().values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE):
        yield f"{label} {key}"


def faults_by(model: type[models.Model], statement: str, parameters: Sequence[Any] = ()) -> Iterator[str]:
    """The rows of a statement that gives keys of this table, and in further columns what tells the fault."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, list(parameters))
        for key, *rest in cursor:
            yield " ".join([f"{model._meta.label} {key}", *map(str, rest)])


def table(model: type[models.Model]) -> str:
    """Its name for a statement."""
    return connection.ops.quote_name(model._meta.db_table)


def column(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(str(model._meta.get_field(name).column))  # type: ignore[union-attr]  # concrete


def stale_columns(
    model: type[models.Model], reads: Sequence[str], follows: Sequence[str], settle: Callable[[Any], object]
) -> Iterator[str]:
    """Rows in which a column of `follows` isn't what `settle(record)` computes from the columns that it `reads`."""
    rows: Any = model._base_manager.only(*reads, *follows).order_by()
    for record in rows.iterator(chunk_size=_AT_ONCE):
        stored = [getattr(record, name) for name in follows]
        settle(record)
        wrong = [name for name, value in zip(follows, stored, strict=True) if getattr(record, name) != value]
        if wrong:
            yield f"{model._meta.label} {record.pk} ({', '.join(wrong)})"
