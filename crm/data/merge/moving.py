"""One merge in the making: rows that point to the losers point to the master, each with a note for the way back.

Set by set: a thousand activities are one statement and one note statement. Where a unique constraint leaves room for
one of two rows only, that of the master stays; the other is noted whole and dropped, and what pointed to it points to
the one that stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from crm.core.custom.definitions import catalogue
from crm.core.fields import Kind as FieldKind
from crm.core.models.custom import custom_nouns
from crm.data.merge.references import Reference, Uniqueness, references_to, uniqueness_of
from crm.data.merge.registry import known
from crm.data.models import Merge, MergeRow

_NOTE = """
INSERT INTO data_mergerow (merge_id, step, kind, label, row_key, before, after)
SELECT %s, %s, %s, %s, one.{key}, {before}, {after} FROM {table} AS one WHERE {where} ORDER BY one.{key}
"""


class Moving:
    """`model`, `master_id` and `loser_ids` say what is merged; the rows of these are locked."""

    def __init__(self, merge: Merge, model: type[models.Model], loser_ids: Sequence[int], *, step: int = 0) -> None:
        self.merge, self.model, self.step = merge, model, step
        self.master_id, self.loser_ids = merge.master_id, tuple(loser_ids)

    def move_all(self) -> None:
        for reference in references_to(self.model):
            if reference.model not in known.special:
                self.move(reference, self.model, self.master_id, self.loser_ids)
        for special in known.special.values():
            special.move(self)
        self._move_custom()
        for follow in known.followers.values():
            follow(self)

    def move(self, reference: Reference, target: type[models.Model], master: int, losers: Sequence[int]) -> None:
        """All rows that point to one of the losers by this reference."""
        for uniqueness in uniqueness_of(reference):
            self._make_room(reference, uniqueness, target, master, losers)
        rows = reference.model._base_manager.filter(**{f"{reference.column}__in": losers}, **reference.where(target))
        self.change(rows, {reference.column: master})

    def change(self, rows: "models.QuerySet[Any]", values: Mapping[str, Any]) -> None:
        """Set columns (by `attname`) of these rows, and note what they held. They are locked first: a row that somebody
        points elsewhere at this moment is no longer one of them, or waits until the merge is done."""
        model = rows.model
        keys = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        if not keys:
            return
        columns = {name: column_of(model, name) for name in values}
        self._note(
            model,
            keys,
            MergeRow.Kind.CHANGED,
            before=_object({name: f"one.{column}" for name, column in columns.items()}),
            after=_object({name: f"%s::{type_of(model, name)}" for name in values}),
            parameters=list(values.values()),
        )
        model._base_manager.filter(pk__in=keys).update(**values)

    def drop(self, model: type[models.Model], key: int, kept: int | None) -> None:
        """Note the row whole and delete it. What points to it points to the one that is kept."""
        for reference in references_to(model):
            if kept is not None:
                self.move(reference, model, kept, [key])
        self._note(model, [key], MergeRow.Kind.DROPPED, before="to_jsonb(one)", after="NULL")
        rows = model._base_manager.filter(pk=key)
        rows._raw_delete(rows.db)  # without the collector, which would look for dependents

    def note_field(self, name: str, before: Any, after: Any) -> None:
        """A field of the master, whose values are such as JSON holds."""
        self.step += 1
        MergeRow.objects.create(
            merge=self.merge,
            step=self.step,
            kind=MergeRow.Kind.FIELD,
            label=self.model._meta.label_lower,
            row_key=self.master_id,
            before={name: before},
            after={name: after},
        )

    def _make_room(
        self, reference: Reference, unique: Uniqueness, target: type[models.Model], master: int, losers: Sequence[int]
    ) -> None:
        model = reference.model
        rows = model._base_manager.filter(
            unique.condition, **{f"{reference.column}__in": [master, *losers]}, **reference.where(target)
        )
        rank = {key: number for number, key in enumerate([master, *losers])}
        listed = sorted(
            rows.values_list(reference.column, "pk", *unique.others), key=lambda row: (rank[row[0]], row[1])
        )
        stays: dict[tuple[Any, ...], int] = {}
        for _points_to, key, *others in listed:
            if None in others and not unique.nulls_are_same:
                continue
            kept = stays.setdefault(tuple(others), key)
            if kept != key:
                self._give_way(model, unique, key, kept)

    def _give_way(self, model: type[models.Model], unique: Uniqueness, key: int, kept: int) -> None:
        values = known.yields.get(unique.name)
        if values is None:
            self.drop(model, key, kept)
        else:
            self.change(model._base_manager.filter(pk=key), values)

    def _move_custom(self) -> None:
        """Added fields that hold a record. Issued documents keep theirs, as they keep their figures."""
        for label, definitions in catalogue().items():
            table = custom_nouns().get(label)
            for definition in definitions if table else ():
                if definition.kind is FieldKind.RECORD and definition.related is self.model:
                    self._move_field(table, definition.key)

    def _move_field(self, table: Any, key: str) -> None:
        rows = table._base_manager.filter(**{f"custom__{key}__in": list(self.loser_ids)})
        keys = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        if not keys or self._wrote_field(table, key, keys):
            return
        for one in keys:
            self._wrote_field(table, key, [one])

    def _wrote_field(self, table: Any, key: str, keys: Sequence[int]) -> bool:
        """False where the database holds one of the rows: then nothing was written."""
        try:
            with transaction.atomic():
                self._note(
                    table,
                    keys,
                    MergeRow.Kind.CUSTOM,
                    before="jsonb_build_object(%s::text, one.custom -> %s)",
                    after="jsonb_build_object(%s::text, %s::bigint)",
                    parameters=[key, key, key, self.master_id],
                )
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {quoted(table._meta.db_table)} "  # noqa: S608 - names of our own tables
                        "SET custom = jsonb_set(custom, ARRAY[%s], to_jsonb(%s::bigint)) WHERE id = ANY(%s)",
                        [key, self.master_id, list(keys)],
                    )
        except IntegrityError:
            return False
        return True

    def _note(
        self,
        model: type[models.Model],
        keys: Sequence[int],
        kind: MergeRow.Kind,
        *,
        before: str,
        after: str,
        parameters: Sequence[Any] = (),
    ) -> None:
        self.step += 1
        key = key_of(model)
        statement = _NOTE.format(
            key=key, before=before, after=after, table=quoted(model._meta.db_table), where=f"one.{key} = ANY(%s)"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                statement, [self.merge.pk, self.step, kind.value, model._meta.label_lower, *parameters, list(keys)]
            )


def quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def column_of(model: type[models.Model], attname: str) -> str:
    return quoted(_field(model, attname).column)


def type_of(model: type[models.Model], attname: str) -> str:
    return str(_field(model, attname).db_type(connection))


def _field(model: type[models.Model], attname: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _object(parts: Mapping[str, str]) -> str:
    """The text of a `jsonb_build_object`; names are those of our own columns."""
    return "jsonb_build_object({})".format(", ".join(f"'{name}', {value}" for name, value in parts.items()))


def key_of(model: type[models.Model]) -> str:
    return quoted(str(model._meta.pk.column))
