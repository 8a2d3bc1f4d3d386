"""Attacks 35, 36 and 38 against the running server: what no client of the framework can send."""

import http.client
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from leads.models import CapturedPost, Lead
from leads.services.leads import create_lead
from tests.proofs.running import running_server
from tests.proofs.sites import Site, furnished_site
from tests.proofs.visitor import Visitor, form_with

_TIMEOUT = 1


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, database_url: str) -> Iterator[Site]:
    """One whose statements are stopped after a second."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("STATEMENT_TIMEOUT", str(_TIMEOUT))
        with running_server(database_url) as place, furnished_site(place) as found:
            yield found


def raw(site: Site, request: bytes, *, wait: float = 20.0) -> bytes:
    """What the server answers to these very bytes; empty when it hangs up."""
    host, port = site.place.split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(request)
        return _answer(connection)


def _answer(connection: socket.socket) -> bytes:
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        return str(response.status).encode() + b" " + response.read()
    except (http.client.HTTPException, ConnectionError):
        return b""


def head(site: Site, line: str, *lines: str) -> bytes:
    return "\r\n".join([line, f"Host: {site.place}", *lines, "", ""]).encode("latin-1")


def is_well(site: Site) -> bool:
    connection = http.client.HTTPConnection(site.place, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read() == b"ok"
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("GET /leads/?q=" + "x" * 1_000_000 + " HTTP/1.1", {b"302", b"414", b"431", b"400"}),
        ("GET /%00/%ff/%c0%ae HTTP/1.1", {b"404", b"302"}),
        ("GET /leads/%0d%0aSet-Cookie:%20a=b HTTP/1.1", {b"404", b"302"}),
        ("GET //evil.example/%2f.. HTTP/1.1", {b"404"}),
        ("GET /leads/../../etc/passwd HTTP/1.1", {b"404", b"302"}),
        ("GET http://evil.example/login/ HTTP/1.1", {b"200", b"400"}),
        ("BREW /leads/ HTTP/1.1", {b"302", b"403", b"405"}),
        ("GET /" + "a/" * 20_000 + " HTTP/1.1", {b"404", b"414", b"431", b"400"}),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_an_address_that_makes_no_sense_is_answered(site: Site, line: str, statuses: set[bytes]) -> None:
    """11, 36: a megabyte, NUL, invalid UTF-8, line breaks, other schemes and verbs."""
    answer = raw(site, head(site, line))
    assert answer[:3] in statuses, answer[:200]
    assert b"Traceback" not in answer
    assert is_well(site)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "a b", "", "x" * 5000, "[::1", "127.0.0.1@x"]
)
def test_a_wrong_host_is_refused_without_repeating_it(site: Site, host: str) -> None:
    """36: host header poisoning at the server itself."""
    answer = raw(site, f"GET /login/ HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: evil.example\r\n\r\n".encode())
    assert answer[:3] in {b"400", b"431", b""}
    assert b"evil.example" not in answer


def test_a_body_above_every_limit_is_refused_before_it_is_sent(site: Site) -> None:
    """22, 36: by what is announced; nobody waits for 10 GB."""
    before = CapturedPost.objects.count()
    for path in ("/login/", "/leads/new/", f"/capture/{site.form_key}/", "/nowhere/"):
        lines = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {10**10}")
        answer = raw(site, head(site, f"POST {path} HTTP/1.1", *lines))
        assert answer[:3] == b"413", (path, answer[:200])
    assert CapturedPost.objects.count() == before


def test_whoever_sends_too_large_a_file_gets_to_see_why(site: Site) -> None:
    """22: a browser that is refused in the middle of sending shows an error of its own."""
    answer = site.seller.send(
        "/imports/new/", b"x" * (settings.REQUEST_BODY_LIMIT + 1), "multipart/form-data; boundary=b"
    )
    assert (answer.status, "Send smaller files" in answer.text) == (413, True)


def test_a_post_above_the_limit_of_captures_is_refused_in_words(site: Site) -> None:
    """22: 10 MB description."""
    answer = site.stranger.send(f"/capture/{site.form_key}/", b"description=" + b"x" * 10**7, "text/plain")
    assert (answer.status, "larger than 1 MB" in answer.text) == (413, True)


def test_a_chunked_body_is_read(site: Site) -> None:
    """22: a sender that does not know how long its post will be; and one that never ends is cut off."""
    lines = ("Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked")
    start = head(site, f"POST /capture/{site.form_key}/ HTTP/1.1", *lines)
    assert raw(site, start + b"11\r\nlast_name=Chunked\r\n0\r\n\r\n")[:3] == b"200"
    assert Lead.objects.filter(last_name="Chunked").count() == 1


def test_a_form_that_breaks_off_in_the_middle_changes_nothing(site: Site) -> None:
    """36: half a form is no form, though the half that came could be read."""
    page = site.seller.get("/leads/new/")
    pairs = form_with(page, "last_name").with_values(last_name="Halfway", description="x" * 2000)
    before = Lead.objects.count()
    body = "&".join(f"{name}={value}" for name, value in pairs).encode()
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in site.seller._cookies.items())
    lines = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", f"Cookie: {cookies}")
    host, port = site.place.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head(site, "POST /leads/new/ HTTP/1.1", *lines) + body[: len(body) - 1500])
        time.sleep(0.3)
    time.sleep(0.5)
    assert is_well(site)
    assert Lead.objects.count() == before


@contextmanager
def slow_senders(site: Site, count: int) -> Iterator[None]:
    """Connections that announce a body and do not send it."""
    host, port = site.place.split(":")
    lines = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000")
    with ExitStack() as stack:
        for _number in range(count):
            connection = stack.enter_context(socket.create_connection((host, int(port))))
            connection.sendall(head(site, f"POST /capture/{site.form_key}/ HTTP/1.1", *lines) + b"a=1")
        yield


def test_whoever_sends_slowly_keeps_nobody_else_waiting(site: Site) -> None:
    """38: forty bodies that never come, on a server with four threads."""
    with slow_senders(site, 40):
        time.sleep(0.5)
        started = time.monotonic()
        assert is_well(site)
        assert site.stranger.get("/login/").status == 200
        assert time.monotonic() - started < 10
    assert is_well(site)


def test_whoever_reads_slowly_keeps_nobody_else_waiting(site: Site) -> None:
    """38: twenty readers of the largest file who take nothing of it."""
    host, port = site.place.split(":")
    with ExitStack() as stack:
        for _number in range(20):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((host, int(port)))
            connection.sendall(head(site, "GET /static/vendor/tabler/tabler.min.css HTTP/1.1") * 8)
        time.sleep(0.5)
        assert is_well(site)


def test_a_statement_that_takes_too_long_is_stopped_and_said_to_be(site: Site, database_url: str) -> None:
    """38: here it waits for a row that somebody else holds; the form comes back in words, nothing is changed."""
    owner = site.cast.rep_a
    lead = create_lead(values={"last_name": "Held"}, owner=owner, actor=owner, at=timezone.now())
    form = form_with(site.seller.get(f"/leads/{lead.pk}/edit/"), "last_name")
    with psycopg.connect(database_url) as holder:
        holder.execute("SELECT 1 FROM leads_lead WHERE id = %s FOR UPDATE", [lead.pk])
        started = time.monotonic()
        answer = site.seller.post(f"/leads/{lead.pk}/edit/", form.with_values(last_name="Changed"))
        waited = time.monotonic() - started
    assert (answer.status, "took too long and was stopped" in answer.text) == (503, True), answer.text[-1500:]
    assert _TIMEOUT <= waited < _TIMEOUT + 10
    lead.refresh_from_db()
    assert lead.last_name == "Held"
    assert is_well(site)


DEEP = [
    "page=1000000000",
    "page=10**9",
    "after=" + "A" * 5000,
    "before=eyJhIjo" + "9" * 400,
    "sort=" + ",".join(["name"] * 2000),
    "&".join(f"state=open&owner={number}" for number in range(400)),
    "q=" + "a%20" * 5000,
    "q=" + "(a%2B)%2B" * 500,
    "filter=" + "(" * 3000 + ")" * 3000,
    "estimated_value_min=" + "9" * 300,
]


@pytest.mark.parametrize("query", DEEP, ids=[query[:20] for query in DEEP])
def test_no_question_to_a_list_costs_more_than_a_list(site: Site, query: str) -> None:
    """38: huge pages, deep filters, long sorts and texts are answered within the second that a statement has."""
    for path in ("/leads/", "/opportunities/", "/search/"):
        started = time.monotonic()
        answer = site.seller.get(f"{path}?{query}")
        if answer.status == 302:  # filters of a list become part of its query
            answer = site.seller.get(answer.location)
        assert answer.status == 200, (path, answer.text[-500:])
        assert time.monotonic() - started < 8, path


def test_the_set_up_page_is_closed_after_the_first_start(site: Site) -> None:
    """35: by guess, with odd headers, with another verb, and under other spellings."""
    for path in ("/setup/", "/setup/x/", "/setup/%00/", "/setup/" + "a" * 3000 + "/", "/SETUP/x/", "/setup//"):
        for lines in ((), ("X-Forwarded-For: 127.0.0.1", "X-Original-URL: /setup/", "X-Rewrite-URL: /setup/")):
            assert raw(site, head(site, f"GET {path} HTTP/1.1", *lines))[:3] == b"404", path
        answer = raw(site, head(site, f"POST {path} HTTP/1.1", "Content-Length: 0"))
        assert answer[:3] in {b"403", b"404"}, path


def test_a_server_without_a_database_says_so(site: Site) -> None:
    """35, 36: before the database exists, and while it is away: 503 in words, quickly."""
    url = "postgresql://nobody:nothing@127.0.0.1:9/nowhere"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_POOL", "on")
        with running_server(url, well=503) as place:
            started = time.monotonic()
            visitor = Visitor(place)
            assert visitor.get("/healthz").status == 503
            assert time.monotonic() - started < 6
            visitor.close()


def test_twenty_visitors_at_once_are_all_answered(site: Site) -> None:
    """38: more than there are threads and connections."""
    visitors = [site.seller.twin() for _number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda visitor: visitor.get("/leads/").status, visitors))
    for visitor in visitors:
        visitor.close()
    assert statuses == [200] * 20
    assert os.environ.get("DATABASE_POOL") == "off"
