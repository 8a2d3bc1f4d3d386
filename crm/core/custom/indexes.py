"""An index for each field that is marked as searchable, made in the background while people go on writing.

The index holds only rows with a value. Its expression is that of `crm.core.custom.expressions`.
"""

import logging
from typing import Any

from django.db import DatabaseError, connection
from psycopg import sql

from crm.core.custom.definitions import Definition
from crm.core.custom.expressions import KEYS, NUMBERS
from crm.core.fields import Kind
from crm.core.models import CustomField, IndexState, Job
from crm.core.work import beat, start_job

BUILD = "crm.core.custom.tasks.build_index"
INDEXED = frozenset(Kind) - {Kind.LONG_TEXT}
"""Long texts are read whole: no index holds them."""

_log = logging.getLogger(__name__)


def follow(field: CustomField, since: Definition | None = None) -> None:
    """Order or drop the index after a change of the field; the same transaction decides both."""
    is_other_kind = since is not None and since.kind != field.kind
    if is_other_kind or not field.is_searchable:
        leave(field)
    if field.is_searchable and field.index_state in {IndexState.NONE, IndexState.FAILED}:
        _set_state(field, IndexState.WAITING)
        start_job(BUILD, {"field": field.pk})


def leave(field: CustomField) -> None:
    """Without an index. It goes at once, since an index of numbers would refuse the texts of another kind."""
    if field.index_state != IndexState.NONE:
        _drop(field)
        _set_state(field, IndexState.NONE)


def build(job: Job) -> None:
    """Make the index that the job names, without locking the table. A failure is kept with the field, in words."""
    field = CustomField.objects.filter(pk=job.payload["field"]).first()
    if field is None or not field.is_searchable:
        return
    _set_state(field, IndexState.BUILDING)
    beat(job, 0, {})
    try:
        _build(field)
    except DatabaseError as error:
        _log.exception("The index of the field %s could not be made", field.pk)
        _set_state(field, IndexState.FAILED, str(error).splitlines()[0])
        raise
    # It may have been changed or marked otherwise while the index was made.
    current = CustomField.objects.filter(pk=field.pk).first()
    if current is None or not current.is_searchable or current.kind != field.kind:
        _drop(field)
    else:
        _set_state(current, IndexState.READY)


def _build(field: CustomField) -> None:
    """What an attempt that was cut short left behind is no index and goes first."""
    # Inside a transaction nothing can be done beside it.
    beside = sql.SQL("" if connection.in_atomic_block else "CONCURRENTLY")
    table = sql.Identifier(field.model._meta.db_table)
    _run(sql.SQL("DROP INDEX {} IF EXISTS {}").format(beside, _name(field)))
    _run(
        sql.SQL("CREATE INDEX {} {} ON {} {} WHERE {} IS NOT NULL").format(
            beside, _name(field), table, _expression(field), _kept(field)
        )
    )
    _run(sql.SQL("DROP STATISTICS IF EXISTS {}").format(_statistics(field)))
    if field.kind != Kind.CHOICES:
        # How often a value occurs is not read from an index of some rows: the planner asks for it apart.
        _run(sql.SQL("CREATE STATISTICS {} ON ({}) FROM {}").format(_statistics(field), _compared(field), table))
    _run(sql.SQL("ANALYZE {}").format(table))


def _drop(field: CustomField) -> None:
    _run(sql.SQL("DROP INDEX IF EXISTS {}").format(_name(field)))
    _run(sql.SQL("DROP STATISTICS IF EXISTS {}").format(_statistics(field)))


def _expression(field: CustomField) -> sql.Composable:
    if field.kind == Kind.CHOICES:
        return sql.SQL("USING gin ((custom -> {}) jsonb_path_ops)").format(sql.Literal(field.key))
    # Beginnings are found by this class of operators whatever the collation of the database.
    operators = sql.SQL("text_pattern_ops" if field.kind == Kind.TEXT else "")
    return sql.SQL("(({}) {})").format(_compared(field), operators)


def _compared(field: CustomField) -> sql.Composable:
    kind = Kind(field.kind)
    if kind in NUMBERS | KEYS:
        return sql.SQL("({})::{}").format(_text(field), sql.SQL("numeric" if kind in NUMBERS else "bigint"))
    return sql.SQL("core_fold({})" if kind is Kind.TEXT else "{}").format(_text(field))


def _kept(field: CustomField) -> sql.Composable:
    """What holds for every row with a value; the planner sees that a query of the value asks for no other."""
    if field.kind == Kind.CHOICES:
        return sql.SQL("(custom -> {})").format(sql.Literal(field.key))
    return _text(field)


def _text(field: CustomField) -> sql.Composable:
    return sql.SQL("(custom ->> {})").format(sql.Literal(field.key))


def _name(field: CustomField) -> sql.Identifier:
    return sql.Identifier(f"custom_field_{field.pk}")


def _statistics(field: CustomField) -> sql.Identifier:
    return sql.Identifier(f"custom_values_{field.pk}")


def _run(statement: sql.Composable) -> None:
    connection.ensure_connection()
    driver: Any = connection.connection
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(driver))


def _set_state(field: CustomField, state: IndexState, error: str = "") -> None:
    field.index_state, field.index_error = state, error
    field.save(update_fields=["index_state", "index_error"])
