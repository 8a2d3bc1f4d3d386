"""What is asked of the full product, and what is printed of the answers."""

import statistics
import time
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils.http import urlencode

from bench.volume.client import ask
from bench.volume.fill import LOGINS, RARE
from crm.core.finding import find
from crm.core.search import sources
from crm.core.sql import Sql
from crm.core.statements import Row, ask_together
from crm.core.words import asked
from crm.users.models import User

_PAIRS = (
    "ad ba be bo br ca ch co da de di do es ex fa fl fo go gr ha he ho hu in iv jo ka ke le li lo ma me mo no of on"
)
_PAIRS += " op or os ot pa po ra re se sp st su th to tr va vi wa we wi zz"
TEXTS = (*_PAIRS.split(), "call", "line", "flow meters", "ada barberg", "barberg ada", RARE, "gre fals", "line 123")
ENDS = ("000123", "004711", "QUO-2020-00012", "2020-12", "0012", "ada.77@", "office77@", "QUO-2020-000")
PALETTE = ("", *TEXTS[::4], "@gre", "#0012", "/open", ">new")


def report(port: int, runs: int) -> None:
    print(f"{len(TEXTS) + len(ENDS)} texts, {runs} times each, one client; milliseconds")
    for who, login in LOGINS.items():
        session = _session(login)
        for what, path, texts, head in (
            ("search", "/search/", (*TEXTS, *ENDS), ""),
            ("palette", "/palette/", PALETTE, "HX-Request: true\r\nHX-Target: palette-answer\r\n"),
        ):
            requests = [_get(path, text, session, head) for text in texts]
            ask(port, requests, 1, b"200")
            times = {
                text: ask(port, [request] * runs, 1, b"200")["times"]
                for text, request in zip(texts, requests, strict=True)
            }
            _print(f"{who}: {what}", [each for of_text in times.values() for each in of_text])
            slowest = sorted(times, key=lambda text: -statistics.median(times[text]))[:8]
            print(
                "      slowest:",
                ", ".join(f"{text or 'nothing'} {statistics.median(times[text]):.0f}" for text in slowest),
            )
        _print(f"{who}: floor of the search", _floor(login, runs))


def _floor(login: str, runs: int) -> list[float]:
    """The statements of each text as they are, without Django, on a connection that keeps their plans, too."""
    person = User.objects.get(username=login)
    times: list[float] = []
    parameters = {**connection.get_connection_params(), "prepare_threshold": 2, "cursor_factory": psycopg.Cursor}
    with psycopg.connect(**parameters, options="-c plan_cache_mode=force_generic_plan", autocommit=True) as bare:
        for text in (*TEXTS, *ENDS):
            statements = _statements_of(person, text)
            for _run in range(runs):
                began = time.perf_counter()
                with bare.pipeline():
                    cursors = [bare.execute(one.text.encode(), one.params) for one in statements]
                for cursor in cursors:
                    cursor.fetchall()
                times.append((time.perf_counter() - began) * 1000)
    return times


def _statements_of(person: User, text: str) -> list[Sql]:
    """What the search of this text asks the database."""
    found: list[Sql] = []

    def noting(statements: Sequence[Sql]) -> list[list[Row]]:
        found.extend(statements)
        return ask_together(statements)

    with patch("crm.core.finding.ask_together", noting):
        find(person, asked(text), sources())
    return found


def _print(what: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    at = {part: ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.95, 0.99)}
    middle = statistics.median(ordered)
    print(
        f"  {what:30} p50 {middle:6.1f}   p95 {at[0.95]:6.1f}   p99 {at[0.99]:6.1f}   most {ordered[-1]:6.1f}",
        flush=True,
    )


def _get(path: str, text: str, session: str, head: str) -> bytes:
    cookie = f"Cookie: {settings.SESSION_COOKIE_NAME}={session}"
    query: Any = urlencode({"q": text, "at": "/leads/"})
    return f"GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\n{head}\r\n".encode()


def _session(login: str) -> str:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=login))
    return client.cookies[settings.SESSION_COOKIE_NAME].value
