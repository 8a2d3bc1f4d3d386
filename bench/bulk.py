"""What it costs to change many records at once, beside one bare UPDATE of the same rows.

    uv run python -m bench.bulk [--leads 20000] [--rows 10000]

Fills a throw-away embedded database, and edits, assigns and takes back as a person who sees all, in the batches in
which a worker does it: a column by itself (rating), one from which others follow (company), a custom number and a
custom choice, and the owner. Ends by itself.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.throwaway import throwaway_database

_BARE = "UPDATE leads_lead SET rating = 'warm' WHERE id = ANY(%s)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=10_000)
    options = parser.parse_args()
    if not 1_000 <= options.rows <= min(options.leads, 50_000) or options.leads > 1_000_000:
        parser.error("between 1,000 and 50,000 rows of at most 1,000,000 leads")
    with throwaway_database():
        _report(options.leads, options.rows)
    return 0


def _report(leads: int, rows: int) -> None:
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    from bench.volume import fill  # noqa: PLC0415
    from crm.users.models import User  # noqa: PLC0415

    fill.make_people()
    fill.fill(0, leads, lambda words: print(f"    {words}", flush=True))
    _make_fields()
    fill.analyze()
    actor = User.objects.get(username=fill.LOGINS["all"])
    keys = _open_leads(rows)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [keys])

    floor, _work = _timed(bare)
    print(f"\n| {rows:,} of {leads:,} leads | seconds | own work | ÷ bare |\n|---|---|---|---|")
    print(f"| bare UPDATE with its triggers and history | {floor:.1f} | | 1.0 |", flush=True)
    other = User.objects.get(username=fill.LOGINS["manager"])
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("edit: a column by itself", "edit-rating", {"rating": "hot"}),
        ("edit: one that others follow", "edit-company", {"company": "Ostermoor GmbH"}),
        ("edit: a custom number", "edit-bench_number", {"custom_bench_number": "12"}),
        ("edit: a custom choice", "edit-bench_choice", {"custom_bench_choice": "green"}),
        ("assign", "assign", {"owner": str(other.pk)}),
    ]
    for name, act, sent in acts:
        run = _Run(act, sent, keys, actor)
        for words, work in ((name, run.do), ("its undo", run.undo)):
            seconds, own = _timed(work)
            print(f"| {words} | {seconds:.1f} | {own:.1f} s | {seconds / floor:.1f} |", flush=True)


def _make_fields() -> None:
    from tests.factories.custom import make_field  # noqa: PLC0415 - after Django is set up

    make_field("Bench number", "whole")
    make_field("Bench choice", "choice", choices="Red,Green")


def _open_leads(rows: int) -> list[int]:
    from leads.models import Lead  # noqa: PLC0415 - after Django is set up

    found = list(Lead.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)[:rows])
    if len(found) < rows:
        raise SystemExit(f"Only {len(found):,} open leads; fill more with --leads.")
    return found


class _Run:
    """One bulk run and its undo, started as the page does and worked off as the worker does."""

    def __init__(self, act: str, sent: dict[str, Any], keys: list[int], actor: Any) -> None:
        self.act, self.sent, self.keys, self.actor = act, sent, keys, actor
        self.done: Any = None

    def do(self) -> None:
        from leads.models import Lead  # noqa: PLC0415 - after Django is set up
        from tests.data.runs import run  # noqa: PLC0415

        rows = Lead.objects.filter(pk__in=self.keys)
        self.done = run(Lead, self.act, self.actor, rows=rows, expected=None, **self.sent)
        _work_off(self.done)

    def undo(self) -> None:
        from tests.data.runs import undo  # noqa: PLC0415 - after Django is set up

        _work_off(undo(self.done, self.actor))


def _work_off(run: Any) -> None:
    from crm.data.tasks import run_bulk  # noqa: PLC0415 - after Django is set up

    if run.job_id:
        run_bulk.call(run.job_id)
    changed = run.rows.filter(outcome="done").count()
    if changed != run.total:
        raise SystemExit(f"{changed} of {run.total} were changed.")


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's own work."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - worked


if __name__ == "__main__":
    sys.exit(main())
