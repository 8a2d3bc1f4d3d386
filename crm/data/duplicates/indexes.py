"""An index for each criterion that compares the content of a field, made in the background while people go on writing.

Until it is ready the rule rests: it is asked by index or not at all.
"""

import logging
from typing import Any

from django.db import DatabaseError, connection, models

from crm.core.models import Job
from crm.core.models.custom import IndexState
from crm.core.work import beat, start_job
from crm.data.duplicates.nouns import known_noun
from crm.data.duplicates.rules import Criterion, stored
from crm.data.models import CriterionKind, DuplicateCriterion

BUILD = "crm.data.tasks.build_duplicate_index"
_log = logging.getLogger(__name__)


def order(criterion: DuplicateCriterion) -> None:
    """After a criterion was made or changed: what it had goes, and what it needs is made."""
    drop(criterion.pk)
    _set_state(criterion, IndexState.WAITING if criterion.needs_index else IndexState.NONE)
    if criterion.needs_index:
        start_job(BUILD, {"criterion": criterion.pk})


def drop(criterion_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(_name(criterion_id))}")


def build(job: Job) -> None:
    """Make the index that the job names, without locking the table. A failure is kept with the criterion, in words."""
    criterion = DuplicateCriterion.objects.select_related("rule").filter(pk=job.payload["criterion"]).first()
    noun = known_noun(criterion.rule.against) if criterion else None
    if criterion is None or noun is None or not criterion.needs_index:
        return
    _set_state(criterion, IndexState.BUILDING)
    beat(job, 0, {})
    try:
        _build(noun.model, criterion)
    except DatabaseError as error:
        _log.exception("The index of the criterion %s could not be made", criterion.pk)
        _set_state(criterion, IndexState.FAILED, str(error).splitlines()[0])
        raise
    _set_state(criterion, IndexState.READY)


def _build(model: type[models.Model], criterion: DuplicateCriterion) -> None:
    """What an attempt that was cut short left behind is no index and goes first."""
    drop(criterion.pk)
    expression = stored(Criterion(CriterionKind(criterion.kind), criterion.field, criterion.length))
    index = models.Index(expression, name=_name(criterion.pk))
    beside: Any = {} if connection.in_atomic_block else {"concurrently": True}
    with connection.schema_editor(atomic=False) as editor:
        editor.add_index(model, index, **beside)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _name(criterion_id: int) -> str:
    return f"duplicate_criterion_{criterion_id}"


def _set_state(criterion: DuplicateCriterion, state: IndexState, error: str = "") -> None:
    criterion.index_state, criterion.index_error = state, error
    criterion.save(update_fields=["index_state", "index_error"])
