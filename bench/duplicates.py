"""What it costs to look for duplicates of one lead among 1,000,000 people, to merge, and to look through whole tables.

    uv run python -m bench.duplicates [--leads 715000] [--home FOLDER] [--no-scan]

Fills a throw-away embedded database, or the home FOLDER and keeps it, with leads, and a fifth as many accounts and
contacts. 20,000 open leads share a switchboard, 5,000 an e-mail address and a name; names come again some hundred times
anyhow. Then it asks for 200 leads of each kind, every other one with a slip in its name: said is the time in SQL alone.
At last it merges two leads of which one has 5,000 activities, and takes it back. Ends by itself.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.faults import Product, free_port
from bench.throwaway import throwaway_database

_ASKED = 200
_SWITCHBOARD, _SHARED_EMAIL = "+493012345670", "info@crowd.example"
_CROWDS = (
    (20_000, f"phone = '{_SWITCHBOARD}', phone_e164 = '{_SWITCHBOARD}'"),
    (
        5_000,
        f"email = '{_SHARED_EMAIL}', email_key = '{_SHARED_EMAIL}', first_name = 'Ina', last_name = 'Crowdmann',"
        " name = 'Ina Crowdmann', sort_key = 'crowdmann ina'",
    ),
)
_ACTIVITIES = 5_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=715_000)
    parser.add_argument("--home", type=Path, help="where the filled database is kept for the next time")
    parser.add_argument("--no-scan", action="store_true", help="leave out the look through whole tables")
    options = parser.parse_args()
    if not 30_000 <= options.leads <= 1_000_000:
        parser.error("between 30,000 and 1,000,000 leads")
    with _kept_in(options.home.resolve()) if options.home else throwaway_database():
        _report(options.leads)
        if not options.no_scan:
            _scan()
    return 0


@contextmanager
def _kept_in(home: Path) -> Iterator[None]:
    product = Product(home, free_port())
    try:
        product.start()
        os.environ.update(THROUGHLINE_HOME=str(home), DJANGO_SETTINGS_MODULE="crm.settings", DATABASE_POOL="off")
        import django  # noqa: PLC0415 - the settings read the home that was made just now

        django.setup()
        yield
    finally:
        product.interrupt()


def _report(leads: int) -> None:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up
    from crm.users.models import User  # noqa: PLC0415
    from leads.models import Lead  # noqa: PLC0415

    if not fill.filled_with():
        fill.make_people()
        fill.fill(0, leads, lambda words: print(f"    {words}", flush=True))
        fill.give_own_rows()
    if not Lead.objects.filter(email_key=_SHARED_EMAIL).exists():
        _crowd()
        fill.analyze()
    leads = fill.filled_with()
    print(f"\n{leads:,} leads, {leads // 5:,} accounts and contacts each; milliseconds in SQL\n")
    print("| find | p50 | p95 | slowest |\n|---|---|---|---|")
    for who in ("all", "manager", "own"):
        person = User.objects.get(username=fill.LOGINS[who])
        for what, values in _asked(leads):
            times = sorted(_time_of(values, person, number) for number in range(_ASKED))
            p95 = times[int(_ASKED * 0.95)]
            print(f"| {what}, {who} | {statistics.median(times):.1f} | {p95:.1f} | {times[-1]:.1f} |", flush=True)
    _merge(User.objects.get(username=fill.LOGINS["all"]))


def _crowd() -> None:
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.core.history import action  # noqa: PLC0415

    with action("bench.crowded", actor=SYSTEM), connection.cursor() as cursor:
        for number, values in _CROWDS:
            cursor.execute(
                f"UPDATE leads_lead SET {values} WHERE id IN (SELECT id FROM leads_lead"
                " WHERE state = 'open' AND phone = '' ORDER BY id %% 1009, id LIMIT %s)",
                [number],
            )


def _asked(leads: int) -> list[tuple[str, Callable[[int], dict[str, Any]]]]:
    from crm.data.duplicates import values_of  # noqa: PLC0415 - after Django is set up
    from leads.models import Lead  # noqa: PLC0415

    def ordinary(number: int) -> dict[str, Any]:
        first = Lead.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        lead = Lead.objects.filter(pk__gte=first + number * leads // _ASKED).order_by("pk").first()
        return values_of(lead) if lead else {}

    return [
        ("a lead that is there", ordinary),
        ("with a switchboard of 20,000", lambda number: {**ordinary(number), "phone": _SWITCHBOARD}),
        ("with an e-mail address of 5,000", lambda number: {**ordinary(number), "email": _SHARED_EMAIL}),
        ("with a name of 5,000", lambda number: {**ordinary(number), "first_name": "Ina", "last_name": "Crowdmann"}),
        (
            "somebody new",
            lambda number: {
                "first_name": "Quentin",
                "last_name": f"Unheard{'abcdefghij'[number % 10]}",
                "email": f"new{number}@nowhere.example",
                "phone": f"+4989{number:07}",
                "company": f"Nobody Has This Name {number}",
            },
        ),
    ]


def _time_of(values: Callable[[int], dict[str, Any]], person: Any, number: int) -> float:
    """Milliseconds in SQL; every other one with a slip in the name."""
    from django.db import connection, reset_queries  # noqa: PLC0415 - after Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from crm.data.duplicates import find  # noqa: PLC0415
    from leads.models import Lead  # noqa: PLC0415

    asked = values(number)
    if number % 2:
        asked["last_name"] = f"{asked.get('last_name', '')}x"
    reset_queries()  # the log of a connection has an end
    with CaptureQueriesContext(connection) as queries:
        find(Lead, asked, actor=person)
    return sum(float(query["time"]) for query in queries.captured_queries) * 1000


def _merge(person: Any) -> None:
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from activities.links import relink_all  # noqa: PLC0415
    from activities.models import Activity  # noqa: PLC0415
    from crm.core.history import action  # noqa: PLC0415
    from crm.data.merge.services import merge_records  # noqa: PLC0415
    from crm.data.merge.taking_back import undo_merge  # noqa: PLC0415
    from crm.users.services.ownership import owner_fields  # noqa: PLC0415
    from leads.services.leads import create_lead  # noqa: PLC0415

    at = timezone.now()
    master, loser = (
        create_lead(values={"last_name": name, "email": f"{name}@merge.example"}, owner=person, actor=person, at=at)
        for name in ("stays", "goes")
    )
    with action("bench.filled", actor=person):
        Activity.objects.bulk_create(
            Activity(kind="task", subject=f"Task {number}", regarding=loser, **owner_fields(person))
            for number in range(_ACTIVITIES)
        )
        relink_all([loser])
    began = time.perf_counter()
    merge = merge_records(model=type(master), master_id=master.pk, loser_ids=[loser.pk], actor=person, at=at)
    merged = time.perf_counter()
    undo_merge(merge_id=merge.pk, actor=person, at=timezone.now())
    ended = time.perf_counter()
    print(f"\nmerge of a lead with {_ACTIVITIES:,} activities: {merged - began:.1f} s, back: {ended - merged:.1f} s")


def _scan() -> None:
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.data.duplicates.scanning import order_scan, scan  # noqa: PLC0415
    from crm.data.models import DuplicatePair  # noqa: PLC0415

    job = order_scan(actor=SYSTEM, at=timezone.now())
    began = time.perf_counter()
    scan(job)
    pairs = DuplicatePair.objects.count()
    print(f"tables looked through: {pairs:,} pairs in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
