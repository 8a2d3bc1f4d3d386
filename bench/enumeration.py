"""Does the time of an answer tell whether a lead form, or a person, is known?

    uv run python -m bench.enumeration [--posts 400]

Starts the web server on a throw-away embedded database that flushes commits, and posts over one kept connection, in
turns: to a form that exists by somebody new, by somebody whose lead is there, as what looks like spam, and to a form
that does not exist. Every answer must be the same to the byte, but for its date. Said are median and quartiles, and in
how many of all pairs the answer was slower than that of no such form: half of them tells nothing. It talks to the
loopback address only and ends by itself.
"""

import argparse
import http.client
import os
import statistics
import sys
import time
import uuid
from urllib.parse import urlencode

from bench.throwaway import throwaway_database

_NEW, _KNOWN, _SPAM, _STRANGER = "a form, somebody new", "a form, somebody known", "a form, spam", "no such form"
_WARM_UP = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=400, help="of each kind")
    posts = parser.parse_args().posts
    if not 20 <= posts <= 5_000:
        parser.error("between 20 and 5,000 posts")
    os.environ["CAPTURE_RATE_LIMIT"] = "0"
    with throwaway_database(durable=True) as url:
        return _measure(url, posts)


def _measure(url: str, posts: int) -> int:
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from leads.models import CaptureForm  # noqa: PLC0415
    from leads.services.forms import ensure_form  # noqa: PLC0415
    from tests.factories.cast import make_cast  # noqa: PLC0415
    from tests.proofs.running import running_server  # noqa: PLC0415

    form = ensure_form(name="Known", owner=make_cast().rep_a, actor=SYSTEM, at=timezone.now())
    CaptureForm.objects.filter(pk=form.pk).update(again=CaptureForm.Again.TOUCH)
    times: dict[str, list[float]] = {_NEW: [], _KNOWN: [], _SPAM: [], _STRANGER: []}
    answers: set[tuple[int, bytes]] = set()
    with running_server(url) as place:
        connection = http.client.HTTPConnection(place, timeout=30)
        for number in range(posts + _WARM_UP):
            for kind, taken in times.items():
                began = time.perf_counter()
                answers.add(_posted(connection, form.key, kind))
                if number >= _WARM_UP:
                    taken.append((time.perf_counter() - began) * 1000)
        connection.close()
    _say(times)
    print(f"different answers: {len(answers)}")
    return 0 if len(answers) == 1 else 1


def _posted(connection: http.client.HTTPConnection, key: str, kind: str) -> tuple[int, bytes]:
    name = "known" if kind == _KNOWN else uuid.uuid4().hex[:8]
    fields = {"last_name": "Ames", "email": f"{name}@enumeration.example"}
    if kind == _SPAM:
        fields["hp_website"] = "x"
    path = "/capture/no-such-form-is-here-at-all/" if kind == _STRANGER else f"/capture/{key}/"
    connection.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
    response = connection.getresponse()
    told = [line for line in response.getheaders() if line[0].lower() not in {"date", "x-request-id"}]
    return response.status, repr(told).encode() + response.read()


def _say(times: dict[str, list[float]]) -> None:
    print("| | median ms | quartiles | slower than no such form |\n|---|---|---|---|")
    for kind, taken in times.items():
        low, median, high = statistics.quantiles(taken, n=4)
        slower = sum(one > other for one in taken for other in times[_STRANGER]) / len(taken) ** 2
        print(f"| {kind} | {median:.1f} | {low:.1f} to {high:.1f} | {slower:.0%} |")


if __name__ == "__main__":
    sys.exit(main())
