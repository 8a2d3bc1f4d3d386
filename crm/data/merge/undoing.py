"""The way back, from the last step on: a row gets back what it held where it still holds what the merge wrote."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from crm.data.merge.moving import column_of, key_of, quoted, type_of
from crm.data.models import Merge, MergeRow

_Kind, _Outcome = MergeRow.Kind, MergeRow.Outcome


def take_rows_back(merge: Merge) -> None:
    """All rows but the fields of the master, each noted with its outcome."""
    steps = merge.rows.exclude(kind=_Kind.FIELD).order_by("-step").values_list("step", "kind", "label").distinct()
    for step, kind, label in steps:
        rows = list(merge.rows.filter(step=step))
        model = apps.get_model(label)
        if not _took_back(model, kind, rows):
            for row in rows:
                _took_back(model, kind, [row])


def _took_back(model: type[models.Model], kind: str, rows: Sequence[MergeRow]) -> bool:
    """False where the database refused one of them: then none was changed, and a single one is noted as refused."""
    try:
        with transaction.atomic():
            done = _WAYS[_Kind(kind)](model, rows)
    except IntegrityError:
        if len(rows) > 1:
            return False
        _note([row.pk for row in rows], _Outcome.FAILED)
        return True
    _note([row.pk for row in rows if row.row_key in done], _Outcome.DONE)
    _note([row.pk for row in rows if row.row_key not in done], _Outcome.MOVED_ON)
    return True


def _note(keys: Sequence[int], outcome: MergeRow.Outcome) -> None:
    if keys:
        MergeRow.objects.filter(pk__in=keys).update(outcome=outcome)


def _changed(model: type[models.Model], rows: Sequence[MergeRow]) -> set[int]:
    names = list(rows[0].before)
    kinds = {name: type_of(model, name) for name in names}
    key = key_of(model)
    sets = ", ".join(f"{column_of(model, name)} = (note.before ->> '{name}')::{kinds[name]}" for name in names)
    holds = " AND ".join(
        f"one.{column_of(model, name)} IS NOT DISTINCT FROM (note.after ->> '{name}')::{kinds[name]}" for name in names
    )
    return _run(
        f"UPDATE {quoted(model._meta.db_table)} AS one SET {sets} FROM data_mergerow AS note "  # noqa: S608 - names of our own columns
        f"WHERE note.id = ANY(%s) AND one.{key} = note.row_key AND {holds} RETURNING one.{key}",
        rows,
    )


def _custom(model: type[models.Model], rows: Sequence[MergeRow]) -> set[int]:
    [name] = rows[0].before
    return _run(
        f"UPDATE {quoted(model._meta.db_table)} AS one "  # noqa: S608 - names of our own columns
        f"SET custom = jsonb_set(one.custom, ARRAY['{name}'], note.before -> '{name}') FROM data_mergerow AS note "
        f"WHERE note.id = ANY(%s) AND one.id = note.row_key AND one.custom -> '{name}' = note.after -> '{name}' "
        "RETURNING one.id",
        rows,
    )


def _dropped(model: type[models.Model], rows: Sequence[MergeRow]) -> set[int]:
    table = quoted(model._meta.db_table)
    done = _run(
        f"INSERT INTO {table} SELECT whole.* FROM data_mergerow AS note, "  # noqa: S608 - names of our own tables
        f"jsonb_populate_record(NULL::{table}, note.before) AS whole WHERE note.id = ANY(%s) "
        f"RETURNING {key_of(model)}",
        rows,
    )
    if "created_by_id" in rows[0].before:
        # A row that nobody made was given to whoever takes back.
        _run(
            f"UPDATE {table} AS one SET created_by_id = (note.before ->> 'created_by_id')::bigint "  # noqa: S608 - as above
            f"FROM data_mergerow AS note WHERE note.id = ANY(%s) AND one.{key_of(model)} = note.row_key "
            f"RETURNING one.{key_of(model)}",
            rows,
        )
    return done


def _run(statement: str, rows: Sequence[MergeRow]) -> set[int]:
    with connection.cursor() as cursor:
        parameters: Any = [[row.pk for row in rows]]
        cursor.execute(statement, parameters)
        return {key for (key,) in cursor.fetchall()}


_WAYS = {_Kind.CHANGED: _changed, _Kind.CUSTOM: _custom, _Kind.DROPPED: _dropped}
