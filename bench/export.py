"""What it costs to export a large list, beside the bare COPY of the same rows.

    uv run python -m bench.export [--leads 100000]

Fills a throw-away embedded database, and exports all leads with the columns of their list, as a person who sees all
and as the manager of eight units, to CSV and to a workbook. Each export is a process of its own, as in a worker, so
that its peak of memory is its own. Ends by itself.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.throwaway import throwaway_database

_LIST = "/leads/?view=all"
_PATIENCE = 600
_BARE = """
    COPY (SELECT lead.name, company, topic, state, lead.created_at, contacted_at, estimated_value, currency.code,
                 person.name
          FROM leads_lead lead LEFT JOIN core_currency currency ON currency.id = lead.currency_id
          LEFT JOIN users_user person ON person.id = lead.owner_id
          WHERE lead.deleted_at IS NULL ORDER BY lead.created_at DESC NULLS LAST, lead.id DESC) TO STDOUT (FORMAT csv)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--measure", nargs=2, metavar=("LOGIN", "FORMAT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured(*options.measure)))
        return 0
    if not 1_000 <= options.leads <= 1_000_000:
        parser.error("between 1,000 and 1,000,000 leads")
    with throwaway_database() as url, tempfile.TemporaryDirectory(prefix="throughline-export-") as home:
        _report(url, home, options.leads)
    return 0


def _report(url: str, home: str, leads: int) -> None:
    from bench.volume import fill  # noqa: PLC0415 - after Django is set up

    fill.make_people()
    fill.fill(0, leads, lambda words: print(f"    {words}", flush=True))
    fill.analyze()
    bare = _bare_copy()
    print(f"\n| {leads:,} leads | rows | seconds | own work | peak | file | ÷ COPY |\n|---|---|---|---|---|---|---|")
    print(f"| bare COPY to a file | {leads:,} | {bare:.1f} | | | | 1.0 |", flush=True)
    for who in ("all", "manager"):
        for kind in ("csv", "xlsx"):
            found = _in_own_process(url, home, fill.LOGINS[who], kind)
            print(
                f"| {kind}, {who} | {found['rows']:,} | {found['seconds']:.1f} | {found['work']:.1f} s"
                f" | {found['peak']:.0f} MB | {found['size'] / 1e6:.1f} MB | {found['seconds'] / bare:.1f} |",
                flush=True,
            )


def _bare_copy() -> float:
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    began = time.perf_counter()
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor, cursor.copy(_BARE) as rows:
        for block in rows:
            file.write(block)
    return time.perf_counter() - began


def _in_own_process(url: str, home: str, login: str, kind: str) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_POOL": "off", "THROUGHLINE_HOME": home}
    command = [sys.executable, "-m", "bench.export", "--measure", login, kind]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(login: str, kind: str) -> dict[str, Any]:
    """Seconds by the clock, seconds of the process's own work, peak in MB, of the job as a worker runs it."""
    import django  # noqa: PLC0415 - the settings read the environment of this process

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from crm.core.work import run_job  # noqa: PLC0415
    from crm.data.export import files  # noqa: PLC0415
    from crm.data.services.exports import Wish, start_export, write_export  # noqa: PLC0415
    from crm.users.models import User  # noqa: PLC0415

    wish = Wish(address=_LIST, format=kind, separator="comma")
    export = start_export(wish=wish, actor=User.objects.get(username=login), at=timezone.now())
    began, worked = time.perf_counter(), time.process_time()
    if export.job_id:
        run_job(export.job_id, write_export)
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    export.refresh_from_db()
    path: Path = files.path_of(export.file)
    found = {"rows": export.rows, "seconds": seconds, "work": work, "size": path.stat().st_size}
    path.unlink()
    return {**found, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    sys.exit(main())
