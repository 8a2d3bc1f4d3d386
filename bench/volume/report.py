"""What is asked of the full product, and what is printed of the answers."""

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.db import connections
from django.test import Client

from bench.faults import PROJECT, Product
from bench.volume.fill import COMMON, LOGINS, RARE
from bench.volume.inside import Compared, compare
from crm.users.models import User
from leads.models import Lead

_SECRET = "x" * 32  # the token against forged requests: any, so long as cookie and form agree
LIST = "/leads/?view=all"
_ASKED, _WRITTEN, _WARMING = 100, 60, 32
# Without its key, each form counts as a new one.
_NOT_SENT = {"q", "csrfmiddlewaretoken", "idempotency_key"}


def inside(runs: int) -> dict[str, Compared]:
    found = {who: compare(_session(login), LIST, "leads_lead", runs) for who, login in LOGINS.items()}
    print(f"The list in this process, {Lead.objects.count():,} leads, {runs:,} runs each, medians")
    for who, each in found.items():
        page, floor = each.page, each.floor
        print(
            f"  {who:8} {page.wall:7.2f} ms ({page.cpu:.2f} of own work, {page.queries} queries)"
            f"   floor {floor.wall:.2f} ms ({floor.cpu:.2f})   {each.ratio:.1f} ×",
            flush=True,
        )
    return found


def whole(product: Product, runs: int, few: Mapping[str, Compared] | None) -> None:
    many = inside(runs)
    few = few or {}
    for who in few:
        share = (many[who].page.wall / many[who].floor.wall) / (few[who].page.wall / few[who].floor.wall)
        grown = many[who].page.wall / few[who].page.wall
        print(f"  {who:8} {grown:.2f} × the list at 10,000 ({share:.2f} × as a multiple of the floor)")
    for who, login in LOGINS.items():
        _pages(product.port, who, login)
    _writes(product.port)
    database, programs = _memory(product)
    print(f"Memory (PSS): {database + programs:.0f} MB, of which the database {database:.0f}")


def _pages(port: int, who: str, login: str) -> None:
    session = _session(login)
    lead = Lead.objects.visible_to(User.objects.get(username=login)).order_by("-pk").values_list("pk", flat=True)[0]
    for what, path in (
        ("leads list", LIST),
        ("list, in the middle", _middle(login)),
        ("search, few hits", f"{LIST}&q={RARE}"),
        ("search, 1,000 hits", f"{LIST}&q={COMMON}"),
        ("search of everything", f"/search/?q={RARE}"),
        ("lead page", f"/leads/{lead}/"),
    ):
        _ask(port, f"{who}: {what}", [_get(path, session)] * _ASKED, "200")


def _middle(login: str) -> str:
    """A page deep inside, as somebody comes to it who goes back from the oldest."""
    client = _client(login)
    page = client.get(f"{LIST}&sort=created_at").content.decode()
    for _step in range(3):
        found = re.search(r'href="([^"]+)"[^>]*rel="next"|rel="next"[^>]*href="([^"]+)"', page)
        if not found:
            return f"{LIST}&sort=created_at"
        path = unescape(found[1] or found[2])
        page = client.get(path).content.decode()
    return path


def _writes(port: int) -> None:
    session = _session(LOGINS["all"])
    untouched = Inputs.of(_client(LOGINS["all"]).get("/leads/new/").content.decode())
    # Names of this run alone: one that is there already would be asked about as a possible duplicate.
    first = time.time_ns() // 1_000_000
    bodies = [
        {**untouched, "last_name": f"Created {number}", "company": f"Created {number} Ltd", "topic": "Bench"}
        for number in range(first, first + 2 * _WRITTEN)
    ]
    _ask(port, "create a lead", [_post("/leads/new/", session, body) for body in bodies], "302")
    client, requests = _client(LOGINS["all"]), []
    for lead in Lead.objects.filter(topic="Bench", state="open").order_by("-pk")[: 2 * _WRITTEN]:
        path = f"/leads/{lead.pk}/qualify/"
        requests.append(_post(path, session, Inputs.of(client.get(path).content.decode())))
    _ask(port, "qualify (three records)", requests, "302")


def _ask(port: int, what: str, requests: list[str], expected: str) -> None:
    """Half of the requests by one client, half by eight, after some whose answers nobody counts."""
    if expected == "200":
        _talk(port, requests[:_WARMING], 8, expected)
    half = len(requests) // 2
    one = _talk(port, requests[:half], 1, expected)
    eight = _talk(port, requests[half:], 8, expected)
    times = sorted(one["times"])
    print(
        f"{what:34} p50 {statistics.median(times):7.1f} ms   p95 {times[int(len(times) * 0.95) - 1]:7.1f} ms"
        f"   {len(eight['times']) / eight['seconds']:7.1f} a second at 8 clients",
        flush=True,
    )


class Findings(TypedDict):
    times: list[float]
    seconds: float


def _talk(port: int, requests: list[str], clients: int, expected: str) -> Findings:
    task = {"port": port, "requests": requests, "clients": clients, "expected": expected}
    command = [sys.executable, "-m", "bench.volume.client"]
    done = subprocess.run(command, cwd=PROJECT, input=json.dumps(task), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-1000:])
    found: Findings = json.loads(done.stdout)
    return found


def _get(path: str, session: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {settings.SESSION_COOKIE_NAME}={session}\r\n\r\n"


def _post(path: str, session: str, values: Mapping[str, str]) -> str:
    body = urlencode({**values, "csrfmiddlewaretoken": _SECRET})
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_SECRET}"
    head = "Content-Type: application/x-www-form-urlencoded"
    lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}", head, f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", body))


def _client(login: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=login))
    return client


def _session(login: str) -> str:
    return _client(login).cookies[settings.SESSION_COOKIE_NAME].value


class Inputs(HTMLParser):
    """What a browser would send of the forms of a page that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._text = ""

    @classmethod
    def of(cls, page: str) -> dict[str, str]:
        reader = cls()
        reader.feed(page)
        return {name: value for name, value in reader.values.items() if name not in _NOT_SENT}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.values[name] = value or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = value
        elif tag == "textarea":
            self._text = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._text = "" if tag == "textarea" else self._text

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] += data


def _memory(product: Product) -> tuple[float, float]:
    """Megabytes, shared pages counted once, of `up` and everything below it: the database, and all else."""
    connections.close_all()  # the server of this program's own is no part of the product
    parent = psutil.Process(product.look()[0].ppid())
    sizes = {process: _pss(process.pid) / 1024 for process in (parent, *parent.children(recursive=True))}
    database = sum(size for process, size in sizes.items() if process.name() == "postgres")
    return database, sum(sizes.values()) - database


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
