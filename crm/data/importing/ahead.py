"""Reading the next rows of a file while the server writes those before: Python waits there for as long as it reads."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from django.utils import timezone, translation


class Ahead[T]:
    """The items of an iterator, one after the other. They are made in a thread, which must not ask the database.

    `begin` starts on the next item, and goes on to `prepare` it; whoever calls it waits for something else meanwhile.
    Two that compute at the same time only hinder each other, so without it an item is made when it is asked for.
    """

    def __init__(self, items: Iterator[T], prepare: Callable[[T], None]) -> None:
        self._items, self._prepare = items, prepare
        self._context = copy_context()
        self._language, self._zone = translation.get_language(), timezone.get_current_timezone()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._coming: Future[T | None] | None = None

    def begin(self) -> None:
        if self._coming is None:
            self._coming = self._pool.submit(self._context.run, self._next_prepared)

    def __iter__(self) -> Iterator[T]:
        with self._pool:
            while (item := self._taken()) is not None:
                yield item

    def _taken(self) -> T | None:
        coming, self._coming = self._coming, None
        return coming.result() if coming is not None else next(self._items, None)

    def _next_prepared(self) -> T | None:
        # Django keeps these two for each thread.
        with translation.override(self._language), timezone.override(self._zone):
            item = next(self._items, None)
            if item is not None:
                self._prepare(item)
            return item
