"""How many posts of a website become leads in a second, on a running server with one worker.

    uv run python -m bench.capture [--seconds 10] [--senders 4]

Posts from this machine to the loopback address, on a throw-away embedded database, for a bounded time; at the end it
compares the answers of 200 with the leads that exist.
"""

import argparse
import http.client
import os
import statistics
import sys
import threading
import time
from urllib.parse import urlencode

from bench.throwaway import throwaway_database


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--senders", type=int, default=4)
    options = parser.parse_args()
    if not 1 <= options.seconds <= 120 or not 1 <= options.senders <= 32:
        parser.error("between 1 and 120 seconds, and between 1 and 32 senders")
    os.environ["CAPTURE_RATE_LIMIT"] = "0"  # what is asked is how fast it is, not how much it takes
    with throwaway_database() as url:
        return _storm(url, options.seconds, options.senders)


def _storm(url: str, seconds: float, senders: int) -> int:
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from leads.models import Lead  # noqa: PLC0415
    from leads.services.forms import ensure_form  # noqa: PLC0415
    from tests.factories.cast import make_cast  # noqa: PLC0415
    from tests.proofs.running import running_server  # noqa: PLC0415

    cast = make_cast()
    form = ensure_form(name="Storm", owner=cast.rep_a, actor=SYSTEM, at=timezone.now())
    taken: list[float] = []
    with running_server(url) as place:
        deadline = time.monotonic() + seconds
        threads = [
            threading.Thread(target=_send, args=(place, form.key, number, deadline, taken)) for number in range(senders)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    kept = Lead.objects.count()
    print(f"{len(taken)} posts in {seconds:g} s by {senders} senders: {len(taken) / seconds:.0f} a second")
    print(f"median {statistics.median(taken) * 1000:.1f} ms, slowest {max(taken) * 1000:.1f} ms; {kept} leads")
    return 0 if kept == len(taken) else 1


def _send(place: str, key: str, number: int, deadline: float, taken: list[float]) -> None:
    connection = http.client.HTTPConnection(place, timeout=30)
    step = 0
    while time.monotonic() < deadline:
        step += 1
        body = urlencode(
            {"last_name": f"Sender {number}", "email": f"{number}.{step}@storm.example", "company": "Storm"}
        )
        began = time.perf_counter()
        connection.request("POST", f"/capture/{key}/", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            taken.append(time.perf_counter() - began)
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
