"""An import that was begun by the command, when its process is killed or told to stop."""

# ruff: noqa: S603 - starts nothing but manage.py

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.core.models import Job
from crm.core.work import resume_stale_jobs
from crm.data.importing import writing
from crm.data.importing.drafts import Draft
from crm.data.importing.engine import Engine
from crm.data.models import Import
from crm.data.services import import_work
from crm.data.services.imports import import_of
from crm.data.tasks import run_import
from leads.models import Lead
from tests.data.importing.runs import undo
from tests.factories.cast import Cast, make_cast

ROWS = 2_500


def table(folder: Path, rows: int) -> Path:
    file = folder / "leads.csv"
    file.write_text("Last Name,Email\n" + "".join(f"L{n},l{n}@acme.example\n" for n in range(rows)))
    return file


@pytest.mark.django_db(transaction=True)
def test_an_import_whose_process_is_killed_goes_on_in_a_worker(uploads: Path, tmp_path: Path) -> None:
    cast = make_cast()
    file = table(tmp_path, ROWS)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_file", "leads", str(file), "--owner", "rep_a"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "THROUGHLINE_HOME": str(uploads.parent)},
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 120
        while not Lead.objects.exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    run = import_of(cast.rep_a, Import.objects.get().pk)
    assert (run.stage, Lead.objects.count() % 1_000) == ("running", 0), "a block is there whole or not at all"
    assert 0 < Lead.objects.count() < ROWS

    assert resume_stale_jobs(timezone.now()) == 0, "it may only be slow"
    assert resume_stale_jobs(timezone.now() + dt.timedelta(hours=1)) == 1
    run_import.call(Job.objects.get().pk)
    run.refresh_from_db()
    assert (run.stage, run.counts, Lead.objects.count()) == ("done", {"new": ROWS}, ROWS)
    assert Lead.objects.values("last_name").distinct().count() == ROWS
    undo(run, cast.rep_a)
    assert not Lead.objects.exists()


@pytest.mark.django_db
def test_one_that_is_stopped_by_hand_can_be_taken_back_and_begun_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BLOCK", 3)
    file, write, calls = table(tmp_path, 8), writing.write_block, list[int]()

    def stopped(engine: Engine, drafts: list[Draft], meanwhile: Callable[[], None]) -> None:
        calls.append(len(drafts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(engine, drafts, meanwhile)

    def start() -> str:
        said = StringIO()
        call_command("import_file", "leads", str(file), owner="rep_a", stdout=said, stderr=StringIO())
        return said.getvalue().strip()

    with monkeypatch.context() as patched:
        patched.setattr(import_work, "write_block", stopped)
        with pytest.raises(CommandError, match="taken back at /imports/"):
            start()
    first = import_of(cast.rep_a, Import.objects.get().pk)
    assert (first.stage, first.counts, Lead.objects.count()) == ("failed", {"new": 3}, 3)
    assert resume_stale_jobs(timezone.now() + dt.timedelta(hours=1)) == 0
    assert start() == "5 new, 0 updated, 3 skipped, 0 failed"
    undo(first, cast.rep_a)
    assert Lead.objects.count() == 5
