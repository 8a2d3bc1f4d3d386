"""Bulk runs as tests start them: by the act's key, what its form is sent, and the rows."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from crm.data.acts import act_for
from crm.data.models import BulkRun
from crm.data.services.runs import Preview, preview, start_run, undo_run


def rows_for(model: Any, actor: Any) -> Any:
    return model.objects.visible_to(actor)


def previewed(model: Any, key: str, actor: Any) -> Preview:
    return preview(act_for(model, key, actor), rows_for(model, actor))


def run(model: Any, key: str, actor: Any, *, rows: Any = None, expected: int | None = None, **sent: Any) -> BulkRun:
    act = act_for(model, key, actor)
    text = urlencode(sent, doseq=True)
    form = act.form(QueryDict(text))
    assert form.is_valid(), form.errors
    chosen = rows_for(model, actor) if rows is None else rows
    return start_run(
        act=act, form=form, sent=text, rows=chosen, expected=expected, address="", actor=actor, at=timezone.now()
    )


def undo(done: BulkRun, actor: Any) -> BulkRun:
    return undo_run(run_id=done.pk, actor=actor, at=timezone.now())


def outcomes(done: BulkRun) -> dict[int, str]:
    return dict(done.rows.values_list("record_id", "outcome"))
