"""What became of each row, kept beside the import."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from crm.core.bulk import copy_rows
from crm.data.importing.drafts import FAILED, NEW, Draft
from crm.data.models import Import, ImportRow

_COLUMNS = (
    "run", "is_rehearsal", "is_extra", "line", "outcome", "reason", "content_type", "object_id", "record_version",
    "before", "fingerprint",
)  # fmt: skip


def note(run: Import, drafts: Sequence[Draft], model: type[models.Model], *, is_rehearsal: bool) -> None:
    """One row for each draft, whatever became of it."""
    kind = ContentType.objects.get_for_model(model).pk
    copy_rows(ImportRow, _COLUMNS, (_noted(run, draft, kind, is_rehearsal) for draft in drafts))


def _noted(run: Import, draft: Draft, kind: int, is_rehearsal: Any) -> tuple[Any, ...]:
    before = json.dumps(draft.before, cls=DjangoJSONEncoder) if draft.before else None
    mark = draft.fingerprint(run.noun) if draft.outcome == NEW else None
    where = (kind, draft.object_id) if draft.object_id else (None, None)
    return run.pk, is_rehearsal, False, draft.line, outcome_of(draft), draft.reason, *where, draft.version, before, mark


def outcome_of(draft: Draft) -> str:
    return FAILED if draft.problems else draft.outcome


def note_extras(run: Import, made: Iterable[tuple[int, models.Model, str]]) -> None:
    """Records that came along: the line that they belong to, or 0 for what several rows share."""
    # All of them first: nothing can be asked while rows are copied.
    rows = [
        (run.pk, False, True, line, NEW, why, ContentType.objects.get_for_model(record).pk, record.pk, 1, None, None)
        for line, record, why in made
    ]
    if rows:
        copy_rows(ImportRow, _COLUMNS, rows)
