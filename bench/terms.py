"""What a list costs whose query has three terms, one of them a custom searchable field, beside the plain list.

    uv run python -m bench.terms [--home FOLDER] [--leads 20000] [--runs 200]

FOLDER is one that `bench.volume --home` has filled; without it a throw-away embedded database is filled. Two custom
fields, a text and a whole number, get values on all leads, in chunks and without history, and their indexes; where
they are there already they stay. Then each list and its count are asked in this process, in turns with the plain list:
as one who owns thirty leads, as the manager of eight units, and as one who sees all. It ends by itself.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.faults import Product, free_port
from bench.throwaway import throwaway_database

_TEXT, _WHOLE = "bench_region", "bench_rank"
#: (what it is, the query). A thousandth, a quarter, a two-hundredth of the leads have the value of the custom field.
LISTS = (
    ("a text, exactly", f'state:open rating:hot,warm {_TEXT}:="north 004"'),
    ("the beginning of a text", f"state:open rating:hot,warm {_TEXT}:north*"),
    ("a range of numbers", f"state:open rating:hot,warm {_WHOLE}:100..104"),
    ("a number that nobody has", f"state:open rating:hot,warm {_WHOLE}:>5000"),
    ("a country that nobody has", "state:open rating:hot,warm country:iceland"),
)
_CHUNK = 50_000
_PATIENCE = 1800
_WARM_UP = 10
_VALUES = f"""
    UPDATE leads_lead SET custom = custom || jsonb_build_object(
        '{_TEXT}', (ARRAY['North', 'East', 'South', 'West'])[1 + id %% 4] || ' ' || lpad((id %% 1000)::text, 3, '0'),
        '{_WHOLE}', (id %% 1000)::text)
    WHERE id > %s AND id <= %s AND NOT custom ? '{_WHOLE}'
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--leads", type=int, default=20_000, help="without --home")
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    if not 1_000 <= options.leads <= 1_000_000 or not 20 <= options.runs <= 10_000:
        parser.error("between 1,000 and 1,000,000 leads, and between 20 and 10,000 runs")
    if options.home:
        _with_home(options.home.resolve(), options.runs)
    else:
        with throwaway_database():
            _fill(options.leads)
            _prepare_and_report(options.runs)
    return 0


def _with_home(home: Path, runs: int) -> None:
    if not (home / "database").exists():
        raise SystemExit(f"{home} holds no database: fill it with bench.volume --home first")
    product = Product(home, free_port())
    try:
        product.start()
        os.environ.update(THROUGHLINE_HOME=str(home), DJANGO_SETTINGS_MODULE="crm.settings", DATABASE_POOL="off")
        import django  # noqa: PLC0415 - the settings read the home

        django.setup()
        _prepare_and_report(runs)
    finally:
        product.interrupt()


def _fill(leads: int) -> None:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up

    fill.make_people()
    fill.fill(0, leads, lambda words: print(f"    {words}", flush=True))
    fill.give_own_rows()
    fill.analyze()


def _prepare_and_report(runs: int) -> None:
    fields = [_field("Bench region", "text", _TEXT), _field("Bench rank", "whole", _WHOLE)]
    began = time.perf_counter()
    if _give_values():
        print(f"values on all leads in {time.perf_counter() - began:.0f} s", flush=True)
    for field in fields:
        _index(field)
    _report(runs)


def _field(label: str, kind: str, key: str) -> int:
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.core.custom.services import create_field  # noqa: PLC0415
    from crm.core.models import CustomField  # noqa: PLC0415

    known = CustomField.objects.filter(noun="leads.lead", key=key).first()
    made = known or create_field(
        noun="leads.lead", values={"label": label, "kind": kind}, actor=SYSTEM, at=timezone.now()
    )
    return made.pk


def _give_values() -> bool:
    """In chunks, each cleared away before the next, so that the table does not swell. Triggers rest meanwhile."""
    from django.db import connection, transaction  # noqa: PLC0415 - after Django is set up

    changed = False
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM leads_lead")
        first, last = cursor.fetchone() or (0, 0)
        for after in range(first - 1, last, _CHUNK):
            with transaction.atomic():
                cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
                cursor.execute(_VALUES, [after, after + _CHUNK])
                written = cursor.rowcount
                cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
            if written:
                changed = True
                cursor.execute("VACUUM leads_lead")
        cursor.execute("VACUUM ANALYZE leads_lead")
    return changed


def _index(field_id: int) -> None:
    """Ordered as the administration does it; the worker makes it, or this process where there is none."""
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.core.custom.services import change_field  # noqa: PLC0415
    from crm.core.custom.tasks import build_index  # noqa: PLC0415
    from crm.core.models import CustomField, Job  # noqa: PLC0415

    began = time.perf_counter()
    field = CustomField.objects.get(pk=field_id)
    if field.index_state == "ready":
        return
    change_field(field_id=field_id, values={"is_searchable": True}, actor=SYSTEM, at=timezone.now())
    job = Job.objects.filter(payload__field=field_id).latest("pk")
    build_index.call(job.pk)
    while (state := CustomField.objects.values_list("index_state", flat=True).get(pk=field_id)) != "ready":
        if state == "failed" or time.perf_counter() - began > _PATIENCE:
            raise SystemExit(f"The index of {field.label} is {state}.")
        time.sleep(0.5)
    print(f"index of {field.label} in {time.perf_counter() - began:.0f} s", flush=True)


def _report(runs: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from bench.volume.fill import LOGINS  # noqa: PLC0415 - after Django is set up
    from leads.models import Lead  # noqa: PLC0415

    with connection.cursor() as cursor:
        # As for the connections of the product's own pool.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    print(f"\n{Lead.objects.count():,} leads, {runs:,} runs in turns; milliseconds by the clock, p50 / p95")
    print("| who | list | plain | with three terms | ÷ plain | its count | queries |\n|---|---|---|---|---|---|---|")
    for who, login in LOGINS.items():
        for what, query in LISTS:
            _compare(who, what, login, query, runs)


def _compare(who: str, what: str, login: str, query: str, runs: int) -> None:
    from django.utils.http import urlencode  # noqa: PLC0415 - after Django is set up

    from bench.volume.inside import Page  # noqa: PLC0415
    from bench.volume.report import LIST, _session  # noqa: PLC0415
    from crm.core.counts import forget_estimates  # noqa: PLC0415

    session = _session(login)
    address = f"{LIST}&{urlencode({'q': query})}"
    plain, asked = Page(session, LIST), Page(session, address)
    plain()
    asked()
    forget_estimates()
    statements = asked.statements()
    times = _in_turns([plain, asked], runs)
    counting = _counting(login, address, runs)
    print(
        f"| {who} | {what} | {_two(times[0])} | {_two(times[1])}"
        f" | {statistics.median(times[1]) / statistics.median(times[0]):.1f} | {_two(counting)} | {len(statements)} |",
        flush=True,
    )


def _counting(login: str, address: str, runs: int) -> list[float]:
    """Counting the rows of the list, own work and the questions to the planner too, as if nothing were kept."""
    from django.http import QueryDict  # noqa: PLC0415 - after Django is set up

    from crm.core.counts import count_up_to, forget_estimates  # noqa: PLC0415
    from crm.core.screens import selection  # noqa: PLC0415
    from crm.users.models import User  # noqa: PLC0415
    from leads.views.leads import LeadListView  # noqa: PLC0415

    found = selection(LeadListView(), QueryDict(address.partition("?")[2]), User.objects.get(username=login))

    def count() -> None:
        forget_estimates()
        count_up_to(found.rows, found.branches)

    return _in_turns([count], runs)[0]


def _in_turns(works: list[Callable[[], Any]], runs: int) -> list[list[float]]:
    found: list[list[float]] = [[] for _work in works]
    for turn in range(runs + _WARM_UP):
        for work, times in zip(works, found, strict=True):
            began = time.perf_counter()
            work()
            if turn >= _WARM_UP:
                times.append((time.perf_counter() - began) * 1000)
    return found


def _two(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} / {ordered[int(len(ordered) * 0.95) - 1]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
