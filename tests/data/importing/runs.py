"""Imports as tests make them: a table of text, taken in, understood, rehearsed, run and taken back by services."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from crm.data.models import Import
from crm.data.services.import_work import perform
from crm.data.services.imports import Understanding, begin, say_values, style_of, take_in, understand
from tests.queue import work_off


def upload(actor: Any, folder: Path, text: str | bytes, *, noun: str = "leads", name: str = "table.csv") -> Import:
    source = folder / f"upload-{name}"
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    return take_in(noun=noun, source=source, title=name, actor=actor, at=timezone.now())


def say(run: Import, actor: Any, *, mapping: list[str] | None = None, **said: Any) -> Import:
    told: dict[str, Any] = {
        "update_by": run.update_by,
        "duplicates": run.duplicates,
        "style": style_of(run),
        "owner": run.owner,
    } | said
    understood = Understanding(mapping=run.mapping if mapping is None else mapping, **told)
    return understand(import_id=run.pk, said=understood, actor=actor, at=timezone.now())


def mean(run: Import, actor: Any, **values: dict[str, str]) -> Import:
    return say_values(import_id=run.pk, values=values, actor=actor, at=timezone.now())


def rehearse(run: Import, actor: Any) -> dict[str, Any]:
    done = _do(run, actor, Import.Stage.REHEARSING)
    assert done.stage == Import.Stage.REHEARSED, done.error
    found: dict[str, Any] = done.found
    return found


def do(run: Import, actor: Any) -> Import:
    done = _do(run, actor, Import.Stage.RUNNING)
    assert done.stage == Import.Stage.DONE, done.error
    return done


def undo(run: Import, actor: Any) -> Import:
    done = _do(run, actor, Import.Stage.UNDOING)
    assert done.stage == Import.Stage.UNDONE, done.error
    return done


def _do(run: Import, actor: Any, stage: str) -> Import:
    begin(import_id=run.pk, stage=stage, edition=None, actor=actor, at=timezone.now())
    if not work_off():
        perform(run.pk)
    return Import.objects.get(pk=run.pk)


def outcomes(run: Import) -> list[tuple[int, str, str]]:
    rows = run.lines.filter(is_extra=False).order_by("is_rehearsal", "line")
    return list(rows.filter(is_rehearsal=run.stage == "rehearsed").values_list("line", "outcome", "reason"))
