"""One act, one transaction: history around it, a retry for deadlocks, and the same lock everywhere."""

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DataError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from crm.core import history
from crm.core.errors import Conflict, IllegalMove, Invalid

_TRIES = 3
_SERIALIZATION_FAILURE, _DEADLOCK, _OUT_OF_RANGE = "40001", "40P01", "22003"


_read: ContextVar[dict[str, Any] | None] = ContextVar("read_in_this_act", default=None)
_is_one_piece: ContextVar[bool] = ContextVar("is_one_piece", default=False)


def read_once[T](name: str, read: Callable[[], T]) -> T:
    """What `read` gave the first time in the act that runs now. Outside of an act it is asked each time."""
    known = _read.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    found: T = known[name]
    return found


def _as_one_act[T](work: Callable[[], T]) -> T:
    if _read.get() is not None:
        return work()
    token = _read.set({})
    try:
        return work()
    finally:
        _read.reset(token)


@contextmanager
def in_one_piece() -> Iterator[None]:
    """Services called inside have no savepoints of their own, for an act that ends with the first refusal.

    A refusal that is caught all the same leaves nothing behind either: the database answers nothing more until
    the calling act is undone.
    """
    token = _is_one_piece.set(True)
    try:
        yield
    finally:
        _is_one_piece.reset(token)


def retried[T](work: Callable[[], T]) -> T:
    """Run `work` in a transaction; after a deadlock or serialization failure again, three times in all.

    Inside another transaction it only runs: the outermost one must be repeated whole.
    """
    if connection.in_atomic_block:
        return _as_one_act(work)
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                return _as_one_act(work)
        except OperationalError as error:
            if not _was_pushed_aside(error):
                raise
            if attempt == _TRIES:
                raise Conflict(_("Others were changing the same records. Please try again.")) from error
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - only spreads the next try
    raise AssertionError("unreachable")


def _was_pushed_aside(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in {_SERIALIZATION_FAILURE, _DEADLOCK}


def service[**P, T](action: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a keyword-only function with an `actor` a service: history action, transaction, retry.

    `action` is the name kept in history ("lead.qualified"). A move that the state machine refuses
    leaves as `IllegalMove`, a figure that no column can hold as `Invalid`.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            actor: Any = kwargs["actor"]
            # What is the whole transaction needs no savepoint in it.
            within = transaction.atomic(savepoint=connection.in_atomic_block and not _is_one_piece.get())
            with history.action(action, actor=actor):
                return retried(lambda: _translated(within, function, *args, **kwargs))

        return run

    return decorate


def _translated[**P, T](
    within: AbstractContextManager[Any], function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """A nested service gets its own savepoint, so that a caught refusal leaves nothing behind; see `in_one_piece`."""
    try:
        with within:
            return function(*args, **kwargs)
    except TransitionNotAllowed as error:
        record, method = error.object, error.method
        machine = getattr(record, "machine", None)
        name = getattr(method, "__name__", "")
        raise IllegalMove(machine.refusal(record, name) if machine else str(error)) from error
    except DataError as error:
        if getattr(error.__cause__, "sqlstate", None) != _OUT_OF_RANGE:
            raise
        # A typed figure fits its column; what is multiplied, added up or converted from it may not.
        raise Invalid(_("An amount is larger than what can be kept. Enter smaller figures.")) from error
