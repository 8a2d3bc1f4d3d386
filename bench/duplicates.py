"""What it costs to look for duplicates of one lead among many people, and to look through whole tables.

    uv run python -m bench.duplicates [--leads 700000]

Fills a throw-away embedded database with leads, and a fifth as many accounts and contacts, and asks for each of a
hundred of its leads, every other one with a slip in the name. Said is the time in SQL alone. Ends by itself.
"""

import argparse
import statistics
import time
from typing import Any

from bench.throwaway import throwaway_database

_ASKED = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=700_000)
    leads = parser.parse_args().leads
    with throwaway_database():
        _report(leads)
    return 0


def _report(leads: int) -> None:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up
    from crm.users.models import User  # noqa: PLC0415

    fill.make_people()
    fill.fill(0, leads, lambda words: print(f"    {words}", flush=True))
    fill.analyze()
    print(f"\n| {leads:,} leads, {leads // 5:,} accounts and contacts each | median | slowest |\n|---|---|---|")
    for who in ("all", "manager", "own"):
        times = _find_times(User.objects.get(username=fill.LOGINS[who]), leads)
        print(f"| find, {who} | {statistics.median(times):.1f} ms | {max(times):.1f} ms |", flush=True)
    _scan()


def _find_times(person: Any, leads: int) -> list[float]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from crm.data.duplicates import find, values_of  # noqa: PLC0415
    from leads.models import Lead  # noqa: PLC0415

    times = []
    for number in range(_ASKED):
        lead = Lead.objects.filter(pk__gte=number * leads // _ASKED).order_by("pk").first()
        values = values_of(lead) if lead else {}
        if number % 2:
            values["last_name"] = f"{values.get('last_name', '')}x"
        with CaptureQueriesContext(connection) as queries:
            find(Lead, values, actor=person)
        times.append(sum(float(query["time"]) for query in queries.captured_queries) * 1000)
    return times


def _scan() -> None:
    from django.utils import timezone  # noqa: PLC0415

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.data.duplicates.scanning import order_scan, scan  # noqa: PLC0415
    from crm.data.models import DuplicatePair  # noqa: PLC0415

    job = order_scan(actor=SYSTEM, at=timezone.now())
    began = time.perf_counter()
    scan(job)
    print(f"| tables looked through: {DuplicatePair.objects.count():,} pairs | {time.perf_counter() - began:.0f} s | |")


if __name__ == "__main__":
    raise SystemExit(main())
