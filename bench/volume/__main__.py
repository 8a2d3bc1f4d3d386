"""How fast the product is when it is full: fills a database of its own, starts the real server, and asks it.

    uv run python -m bench.volume [--leads 100000] [--runs 1000] [--home FOLDER]

Fills 10,000 leads and measures the list; fills up to `--leads` with a fifth as many accounts, contacts and
opportunities, and measures everything. Two web processes answer; one client, then eight. It talks to the loopback
address only, ends what it started and ends by itself. With `--home` the filled database is kept and used again.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.faults import Product, free_port

FEW = 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1000, help="runs of the comparison in this process")
    parser.add_argument("--home", type=Path, help="where the filled database is kept for the next time")
    options = parser.parse_args()
    if not FEW <= options.leads <= 1_000_000 or not 20 <= options.runs <= 10_000:
        parser.error("between 10,000 and 1,000,000 leads, and between 20 and 10,000 runs")
    home = options.home or Path(tempfile.mkdtemp(prefix="throughline-bench-"))
    try:
        _run(home.resolve(), options.leads, options.runs)
    finally:
        if not options.home:
            shutil.rmtree(home, ignore_errors=True)
    return 0


def _run(home: Path, leads: int, runs: int) -> None:
    product = Product(home, free_port())
    try:
        product.start()
        # The product keeps its pool; only this process, which talks to its database beside it, does without.
        os.environ.update(THROUGHLINE_HOME=str(home), DJANGO_SETTINGS_MODULE="crm.settings", DATABASE_POOL="off")
        import django  # noqa: PLC0415 - the settings read the home that was made just now

        django.setup()
        from bench.volume import fill, report  # noqa: PLC0415 - after Django is set up

        there = fill.filled_with()
        if not there:
            fill.make_people()
        if there < FEW:
            _fill(there, FEW)
            fill.give_own_rows()
            fill.analyze()
        few = report.inside(runs) if there <= FEW else None
        if there < leads:
            _fill(max(there, FEW), leads)
            fill.analyze()
        report.whole(product, runs, few)
    finally:
        product.interrupt()


def _fill(first: int, last: int) -> None:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up

    began = time.perf_counter()
    fill.fill(first, last, lambda words: print(f"    {words}", flush=True))
    seconds = time.perf_counter() - began
    each = seconds / (last - first) * 100_000
    print(f"{last - first:,} leads and what belongs to them in {seconds:.0f} s: {each:.0f} s for 100,000", flush=True)


if __name__ == "__main__":
    sys.exit(main())
