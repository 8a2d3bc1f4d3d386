"""How long a page of the leads list takes, beside the bare query and the joining of strings.

    uv run python -m bench.lists [--leads 100000] [--pages 40]

Fills a throw-away embedded database through COPY, asks pages in this process, prints medians in milliseconds with
their ratio to the floor, and ends by itself.
"""

import argparse
import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Any

from bench.throwaway import throwaway_database

COLUMNS = (
    "number",
    "name",
    "sort_key",
    "last_name",
    "company",
    "topic",
    "email",
    "source",
    "rating",
    "owner",
    "owning_unit",
    "created_at",
    "estimated_value",
)
_FLOOR = """
SELECT id, name, company, topic, state, status_reason, source, rating, created_at, estimated_value
FROM leads_lead WHERE owner_id = %s AND state = 'open' AND deleted_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT 51
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=40)
    options = parser.parse_args()
    if not 100 <= options.leads <= 2_000_000 or not 5 <= options.pages <= 1000:
        parser.error("between 100 and 2,000,000 leads, and between 5 and 1,000 pages")
    with throwaway_database():
        _measure(options.leads, options.pages)
    return 0


def _measure(leads: int, pages: int) -> None:
    from django.test import Client  # noqa: PLC0415 - after Django is set up

    from tests.factories.cast import make_cast  # noqa: PLC0415

    cast = make_cast()
    took = _fill(leads, [cast.rep_a, cast.rep_b, cast.rep_c])
    print(f"{leads:,} leads in {took:.1f} s ({leads / took:,.0f} a second), with numbers, triggers and history")
    floor = _median(lambda: _bare_page(cast.rep_a.pk), pages)
    print(f"{'bare query, strings joined':42} {floor:8.2f} ms")
    for who, person in (("salesperson", cast.rep_a), ("manager", cast.manager), ("administrator", cast.administrator)):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        for name, address in (
            ("all leads", "/leads/?view=all"),
            ("by name", "/leads/?view=all&sort=sort_key"),
            ("searched", "/leads/?view=all&q=brewery 77"),
        ):
            took = _median(partial(_page, client, address), pages)
            print(f"{who + ', ' + name:42} {took:8.2f} ms  {took / floor:6.1f} × the floor")


def _fill(number: int, owners: list[Any]) -> float:
    from django.db import connection  # noqa: PLC0415

    from crm.core.actors import SYSTEM  # noqa: PLC0415
    from crm.core.bulk import copy_rows  # noqa: PLC0415
    from crm.core.history import action  # noqa: PLC0415
    from leads.models import Lead  # noqa: PLC0415

    began = time.perf_counter()
    with action("leads.copied", actor=SYSTEM):
        copy_rows(Lead, (*COLUMNS, *_columns_without_default(Lead, COLUMNS)), _rows(number, owners))
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return took


def _columns_without_default(model: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """What COPY has to name, since Django keeps these defaults to itself."""
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if field.name not in known and not field.null and not field.primary_key and not field.has_db_default()
    )


def _rows(number: int, owners: list[Any]) -> Iterator[tuple[Any, ...]]:
    from leads.models import Lead  # noqa: PLC0415

    rest = [Lead._meta.get_field(name) for name in _columns_without_default(Lead, COLUMNS)]
    defaults: tuple[Any, ...] = tuple(field.get_default() for field in rest)  # type: ignore[union-attr]  # columns
    now = dt.datetime.now(dt.UTC)
    for step in range(number):
        owner = owners[step % len(owners)]
        name = f"Person {step:07}"
        yield (
            f"BENCH-{step:07}",
            name,
            name.lower(),
            name,
            f"Brewery {step % 997}",
            "Inline density for the new brewhouse",
            f"person{step}@brewery{step % 997}.example",
            "web",
            "warm",
            owner.pk,
            owner.business_unit_id,
            now - dt.timedelta(minutes=step),
            step % 90_000,
            *defaults,
        )


def _bare_page(owner_id: int) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(_FLOOR, [owner_id])
        rows = cursor.fetchall()
    "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)


def _page(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")


def _median(work: Callable[[], None], times: int) -> float:
    """Milliseconds; the first rounds warm up and do not count."""
    for _round in range(3):
        work()
    found = []
    for _round in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found) * 1000


if __name__ == "__main__":
    sys.exit(main())
