"""What it costs to import a large file of leads, beside the bare COPY of the same rows.

    uv run python -m bench.importing [--rows 100000]

Writes a CSV file of leads with sixteen columns, copies its rows into a bare table without indexes, triggers and checks,
and imports them with `import_file` into a throw-away embedded database: validation, look-up of owners, duplicates,
history and notes included. Each import is a process of its own, so that its peak of memory is its own.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path
from typing import Any

from bench.throwaway import throwaway_database

_PATIENCE = 3600
_HEADS = (
    "First Name", "Last Name", "Company", "Job Title", "Email", "Business Phone", "Mobile Phone", "Website", "Street",
    "City", "Postal Code", "Country", "Lead Source", "Rating", "Annual Revenue", "Description",
)  # fmt: skip
_FIRST = ("Ada", "Ben", "Chloé", "Dmitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Liam", "Mei")
_LAST = ("Barberg", "Ostfield", "Linmann", "Marsen", "Holwood", "Kerova", "Stenetti", "Valstein", "Wesley", "Torgaard")
_TRADE = ("Brewery", "Metals", "Dairies", "Logistics", "Foods", "Water", "Paper", "Optics", "Chemicals", "Foundry")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--measure", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured(Path(options.measure))))
        return 0
    if not 1_000 <= options.rows <= 2_000_000:
        parser.error("between 1,000 and 2,000,000 rows")
    with throwaway_database() as url, tempfile.TemporaryDirectory(prefix="throughline-import-") as home:
        return _report(url, Path(home), options.rows)


def _report(url: str, home: Path, rows: int) -> int:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up

    fill.make_people()
    file = home / "leads.csv"
    _write(file, rows)
    bare = _bare_copy(file)
    print(f"| {rows:,} leads | seconds | own work | peak | ÷ COPY |\n|---|---|---|---|---|")
    print(f"| bare COPY | {bare:.1f} | | | 1.0 |", flush=True)
    for what in ("import_file", "the same file again"):
        found = _in_own_process(url, home, file)
        told = (
            f"{found['seconds']:.1f} | {found['work']:.1f} s | {found['peak']:.0f} MB | {found['seconds'] / bare:.1f} |"
        )
        print(f"| {what}: {found['counts']} | {told}", flush=True)
    return 0


def _write(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(_HEADS)
        for number in range(rows):
            first, last = _FIRST[number % 13], _LAST[number // 13 % 10]
            company = f"{last} {_TRADE[number // 5 % 10]} {number // 5}"
            email = f"{first.lower()}.{number}@{last.lower()}.example".replace("é", "e")
            writer.writerow((
                first, last, company, "Buyer", email, f"+49 30 {2_000_000 + number}", f"+49 151 {10_000_000 + number}",
                f"https://www.{last.lower()}{number // 5}.example", f"{number % 90} High Street", "Berlin",
                f"{10_000 + number % 9_000}", "Germany", "Trade Show", ("Hot", "Warm", "Cold")[number % 3],
                number % 900 * 1000, "They wrote through the form and want to be called back.",
            ))  # fmt: skip


def _bare_copy(file: Path) -> float:
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    columns = ", ".join(f"c{place} text" for place in range(len(_HEADS)))
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with file.open(encoding="utf-8") as opened, cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            while piece := opened.read(1 << 20):
                copy.write(piece)
        cursor.execute("DROP TABLE bare")
    return time.perf_counter() - began


def _in_own_process(url: str, home: Path, file: Path) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_POOL": "off", "THROUGHLINE_HOME": str(home)}
    command = [sys.executable, "-m", "bench.importing", "--measure", str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(file: Path) -> dict[str, Any]:
    """Seconds by the clock, seconds of the process's own work, peak in MB."""
    import django  # noqa: PLC0415 - the settings read the environment of this process

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    said = StringIO()
    began, worked = time.perf_counter(), time.process_time()
    call_command("import_file", "leads", str(file), owner="bench_all", stdout=said, stderr=StringIO())
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"counts": said.getvalue().strip(), "seconds": seconds, "work": work, "peak": peak}


if __name__ == "__main__":
    sys.exit(main())
