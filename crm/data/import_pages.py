"""What the pages of imports show: the list of one's own, one import as it stands, the rows that failed."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.access import visible_names
from crm.core.addresses import screen_url
from crm.core.idempotency import new_key
from crm.data.export.safety import harmless
from crm.data.importing.readers import rows_of
from crm.data.importing.registry import has_importer, importer_of
from crm.data.models import Import, ImportRow
from crm.data.services.imports import KEPT_FOR, has_file, imports_of, path_to, reading_of, settled

_PAGE = 50
_MOST_PROBLEMS = 12
#: Not an outcome of its own: new rows that say something.
_WARNED = "warned"
_WORKING = (Import.Stage.REHEARSING, Import.Stage.RUNNING, Import.Stage.UNDOING)
_TONES = {"new": "green", "updated": "accent", "failed": "red", "duplicate": "amber", "kept": "amber"}


def trail() -> list[tuple[str, str]]:
    return [(_("Imports"), reverse("data:imports"))]


def noun_of_list(address: str) -> str:
    """`/leads/?q=…` is about leads."""
    noun = address.partition("?")[0].strip("/")
    return noun if has_importer(noun) else ""


def can_be_imported(address: str) -> bool:
    return bool(noun_of_list(address))


@dataclass(frozen=True, slots=True)
class ListedImport:
    run: Import
    nouns: str
    words: str
    is_working: bool


def list_rows(person: Any) -> list[ListedImport]:
    runs = [settled(run) for run in imports_of(person)]
    return [ListedImport(run, _nouns(run), _summary(run), is_working(run)) for run in runs]


def _nouns(run: Import) -> str:
    return importer_of(run.noun).nouns if has_importer(run.noun) else run.noun


def _summary(run: Import) -> str:
    if run.stage == Import.Stage.DONE:
        counts = [(ImportRow.Outcome(name), number) for name, number in run.counts.items() if number]
        return ", ".join(f"{number:,} {str(outcome.label).lower()}" for outcome, number in counts)
    return str(run.get_stage_display())


def is_working(run: Import) -> bool:
    return run.stage in _WORKING


@dataclass(frozen=True, slots=True)
class Number:
    """How many rows have one outcome, and the way to them."""

    outcome: str
    label: str
    number: int
    url: str
    tone: str
    current: bool


def result_context(run: Import, person: Any, asked: QueryDict) -> dict[str, Any]:
    is_rehearsal = run.stage in {Import.Stage.DRAFT, Import.Stage.REHEARSING, Import.Stage.REHEARSED}
    numbers = _numbers(run, is_rehearsal, asked.get("outcome", ""))
    working = is_working(run)
    context = {
        "run": run,
        "title": run.title,
        "lead": _("%(rows)s rows of %(nouns)s") % {"rows": f"{run.rows:,}", "nouns": _nouns(run)},
        "trail": [*trail(), (run.title, "")],
        "is_working": working,
        "has_stopped": run.stage == Import.Stage.FAILED or bool(run.error),
        "step": 3 if is_rehearsal else 4,
        "idempotency_key": new_key(),
        **_progress(run),
    }
    if working:
        return context
    return context | {
        "is_rehearsal": is_rehearsal,
        "numbers": numbers,
        "problems": _problems(run) if is_rehearsal else [],
        "unknown": _unknown(run) if is_rehearsal else [],
        "writable": sum(one.number for one in numbers if one.outcome in {"new", "updated"}),
        "failed": sum(one.number for one in numbers if one.outcome == "failed"),
        "may_undo": _may_undo(run),
        "has_file": has_file(run),
        "rows": _rows(run, person, is_rehearsal, asked),
        "list_url": screen_url(importer_of(run.noun).model, "list"),
        **_page(run, is_rehearsal, asked),
    }


def _may_undo(run: Import) -> bool:
    is_over = run.stage in {Import.Stage.DONE, Import.Stage.FAILED} and run.started_at is not None
    return bool(is_over and timezone.now() - (run.started_at or timezone.now()) <= KEPT_FOR)


def _progress(run: Import) -> dict[str, Any]:
    done = run.job.done if run.job is not None else 0
    return {"handled": done, "percent": min(100, done * 100 // max(1, run.rows))}


def _numbers(run: Import, is_rehearsal: bool, current: str) -> list[Number]:
    rows = run.lines.filter(is_rehearsal=is_rehearsal, is_extra=False)
    if run.stage == Import.Stage.UNDONE:
        counts = {name: rows.filter(outcome=name).count() for name in ("undone", "kept")}
    else:
        counts = run.found.get("counts", {}) if is_rehearsal else run.counts
    url = reverse("data:import", args=[run.pk])
    found = [
        Number(
            outcome.value,
            str(outcome.label),
            counts[outcome.value],
            f"{url}?outcome={outcome.value}#rows",
            _TONES.get(outcome.value, ""),
            outcome.value == current,
        )
        for outcome in ImportRow.Outcome
        if counts.get(outcome.value)
    ]
    if is_rehearsal and (warned := run.found.get("warned")):
        told = _("New, with a warning")
        found.append(Number(_WARNED, told, warned, f"{url}?outcome={_WARNED}#rows", "amber", current == _WARNED))
    return found


def _problems(run: Import) -> list[tuple[str, int]]:
    """What goes wrong how often, the most frequent first."""
    found = sorted(run.found.get("problems", {}).items(), key=lambda pair: (-pair[1], pair[0]))
    return found[:_MOST_PROBLEMS]


def _unknown(run: Import) -> list[str]:
    """One sentence for each text that somebody could explain."""
    importer = importer_of(run.noun)
    targets = importer.all_targets(run.person)
    found = []
    for name, texts in run.found.get("unknown", {}).items():
        if name not in targets:
            continue
        for text, rows in sorted(texts.items(), key=lambda pair: -pair[1])[:_MOST_PROBLEMS]:
            told = {"field": targets[name].label, "text": text or _("(nothing)"), "rows": f"{rows:,}"}
            sentence = ngettext("%(field)s: “%(text)s” in %(rows)s row", "%(field)s: “%(text)s” in %(rows)s rows", rows)
            found.append(sentence % told)
    return found


def _chosen(run: Import, is_rehearsal: bool, asked: QueryDict) -> Any:
    rows = run.lines.filter(is_rehearsal=is_rehearsal, is_extra=False)
    outcome = asked.get("outcome", "")
    if outcome == _WARNED:
        return rows.filter(outcome=ImportRow.Outcome.NEW).exclude(reason="")
    return rows.filter(outcome=outcome) if outcome in ImportRow.Outcome.values else rows


def _rows(run: Import, person: Any, is_rehearsal: bool, asked: QueryDict) -> list[dict[str, Any]]:
    rows = list(_chosen(run, is_rehearsal, asked).filter(line__gt=_after(asked)).order_by("line")[: _PAGE + 1])[:_PAGE]
    model = importer_of(run.noun).model
    names = visible_names(person, [(model, row.object_id) for row in rows if row.object_id])
    texts = _texts(run, [row.line for row in rows])
    return [
        {
            "line": row.line,
            "label": ImportRow.Outcome(row.outcome).label,
            "tone": _TONES.get(row.outcome, ""),
            "reason": row.reason,
            "link": names.get((model, row.object_id)) if row.object_id else None,
            "text": texts.get(row.line, ""),
        }
        for row in rows
    ]


def _texts(run: Import, lines: list[int]) -> dict[int, str]:
    """The beginning of each of these rows as it stands in the file, while that is kept."""
    wanted, found = set(lines), dict[int, str]()
    if not wanted or not has_file(run):
        return found
    for row in rows_of(path_to(run), reading_of(run)):
        if row.line in wanted:
            found[row.line] = " · ".join(cell for cell in row.cells if cell)[:120]
        if row.line >= max(wanted):
            break
    return found


def _after(asked: QueryDict) -> int:
    text = asked.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _page(run: Import, is_rehearsal: bool, asked: QueryDict) -> dict[str, Any]:
    lines = list(
        _chosen(run, is_rehearsal, asked)
        .filter(line__gt=_after(asked))
        .order_by("line")
        .values_list("line", flat=True)[: _PAGE + 1]
    )
    if len(lines) <= _PAGE:
        return {"older": ""}
    following = asked.copy()
    following["after"] = str(lines[_PAGE - 1])
    return {"older": following.urlencode()}


def failed_rows(run: Import) -> Iterator[str]:
    """A CSV file with the rows as they came and why each failed. The head of the reason maps to nothing."""
    reasons = dict(run.lines.filter(is_rehearsal=False, outcome="failed").values_list("line", "reason"))
    path: Path = path_to(run)
    yield "\ufeff"
    yield _line([*run.header, _("(Do Not Modify) Line"), _("(Do Not Modify) Reason")])
    for row in rows_of(path, reading_of(run)):
        if row.line in reasons:
            cells = [*row.cells, *[""] * (len(run.header) - len(row.cells))][: len(run.header)]
            yield _line([*cells, str(row.line), reasons[row.line]])


def _line(cells: list[str]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow([harmless(cell) for cell in cells])
    return target.getvalue()
