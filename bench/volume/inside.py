"""One page in this process, with session and middleware, beside the least that could show the same rows."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import psycopg
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Times:
    """Medians of one call: milliseconds by the clock, and of this process's own work."""

    wall: float
    cpu: float
    queries: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    page: Times
    floor: Times

    @property
    def ratio(self) -> float:
        return self.page.wall / self.floor.wall


class Page:
    """A list page of a signed-in person, through Django's whole stack of middleware."""

    def __init__(self, session_key: str, address: str) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._requests = RequestFactory(SERVER_NAME="127.0.0.1")
        self._requests.cookies[settings.SESSION_COOKIE_NAME] = session_key
        self._address = address

    def __call__(self) -> None:
        response: Any = self._handler.get_response(self._requests.get(self._address))
        if response.status_code != 200 or not response.content:
            raise SystemExit(f"{self._address} answers {response.status_code}")

    def statements(self) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            self()
        return [query["sql"] for query in queries]


class Floor:
    """The same SQL for the rows through psycopg alone, its cells joined to a table."""

    def __init__(self, statement: str) -> None:
        self._connection = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        self._statement = statement

    def __call__(self) -> str:
        rows: list[tuple[Any, ...]] = self._connection.execute(self._statement.encode()).fetchall()
        return "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)

    def close(self) -> None:
        self._connection.close()


def compare(session_key: str, address: str, table: str, times: int) -> Compared:
    """`times` runs of the page and of the floor, taking turns, so that both meet the same neighbours."""
    page = Page(session_key, address)
    page()
    statements = page.statements()
    floor = Floor(next(sql for sql in statements if f'FROM "{table}"' in sql and sql.startswith("SELECT")))
    try:
        measured = _measure((page, floor), times)
    finally:
        floor.close()
    return Compared(Times(*measured[0], queries=len(statements)), Times(*measured[1]))


def _measure(works: tuple[Callable[[], Any], ...], times: int) -> list[tuple[float, float]]:
    found: list[tuple[list[float], list[float]]] = [([], []) for _work in works]
    for turn in range(times + _WARM_UP):
        for work, (wall, cpu) in zip(works, found, strict=True):
            began, used = time.perf_counter(), time.process_time()
            work()
            if turn >= _WARM_UP:
                wall.append(time.perf_counter() - began)
                cpu.append(time.process_time() - used)
    return [(statistics.median(wall) * 1000, statistics.median(cpu) * 1000) for wall, cpu in found]
