"""How many posts of a website become leads in a second, beside a server that only inserts a row.

    uv run python -m bench.capture [--seconds 10] [--senders 4] [--workers 2]

Posts from this machine to the loopback address, on a throw-away embedded database that flushes every commit to the
disk, for a bounded time. Every lead has its history and its duplicate keys, every post its row. At the end the answers
of 200 are compared with the leads that exist; any difference is exit code 1.
"""

import argparse
import os
import socket
import statistics
import sys
import threading
import time
from urllib.parse import urlencode

from bench.bare import TABLE
from bench.throwaway import throwaway_database


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if not 1 <= options.seconds <= 120 or not 1 <= options.senders <= 32 or not 1 <= options.workers <= 8:
        parser.error("between 1 and 120 seconds, 1 and 32 senders, 1 and 8 workers")
    os.environ["CAPTURE_RATE_LIMIT"] = "0"  # what is asked is how fast it is, not how much it takes
    with throwaway_database(durable=True) as url:
        return _storm(url, options.seconds, options.senders, options.workers)


def _storm(url: str, seconds: float, senders: int, workers: int) -> int:
    from django.db import connection  # noqa: PLC0415 - after Django is set up
    from django.utils import timezone  # noqa: PLC0415

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from leads.models import CapturedPost, Lead  # noqa: PLC0415
    from leads.services.forms import ensure_form  # noqa: PLC0415
    from tests.factories.cast import make_cast  # noqa: PLC0415
    from tests.proofs.running import running_server  # noqa: PLC0415

    form = ensure_form(name="Storm", owner=make_cast().rep_a, actor=SYSTEM, at=timezone.now())
    with running_server(url, workers=workers) as place:
        _load(place, f"/capture/{form.key}/", senders, 1.0)  # first requests load what is loaded once
        before = Lead.objects.count()
        taken = _load(place, f"/capture/{form.key}/", senders, seconds)
    kept = Lead.objects.count() - before
    _say("capture", taken, seconds)
    with connection.cursor() as cursor:
        columns = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, last_name text, email text, company text"
        cursor.execute(f"CREATE TABLE {TABLE} ({columns})")
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        flushed = cursor.fetchone()
    with running_server(url, workers=workers, application="bench.bare:application") as place:
        _load(place, "/", senders, 1.0)
        bare = _load(place, "/", senders, seconds)
    _say("one bare INSERT", bare, seconds)
    print(f"{len(taken) / len(bare):.0%} of the bare insert; fsync and synchronous_commit are {flushed}")
    print(f"{len(taken)} answers of 200, {kept} leads, {CapturedPost.objects.exclude(verdict='lead').count()} waiting")
    return 0 if kept == len(taken) else 1


def _say(what: str, taken: list[float], seconds: float) -> None:
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"{what}: {len(taken) / seconds:.0f} a second; median {cuts[49] * 1000:.1f} ms, 99 of 100 within"
        f" {cuts[98] * 1000:.1f} ms, slowest {max(taken) * 1000:.1f} ms"
    )


def _load(place: str, path: str, senders: int, seconds: float) -> list[float]:
    """The seconds that each answer of 200 took."""
    taken: list[float] = []
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=_send, args=(place, path, number, deadline, taken)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _send(place: str, path: str, number: int, deadline: float, taken: list[float]) -> None:
    """One kept connection, in bytes: a client that thinks would take the processor from what is measured."""
    host, _colon, port = place.partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        while time.monotonic() < deadline:
            person = {"last_name": f"Sender {number}", "email": f"{number}.{time.monotonic_ns()}@storm.example"}
            body = urlencode({**person, "company": "Storm"})
            head = f"POST {path} HTTP/1.1\r\nHost: {place}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            began = time.perf_counter()
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            if _is_well(connection):
                taken.append(time.perf_counter() - began)


def _is_well(connection: socket.socket) -> bool:
    """Reads one whole answer: is its status 200?"""
    data = connection.recv(65_536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _blank, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head.startswith(b"HTTP/1.1 200")


if __name__ == "__main__":
    sys.exit(main())
