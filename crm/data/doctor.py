"""Generic keys, merges, duplicates, imports and bulk changes: whatever points, points to something that is there."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.history import event_model
from crm.core.invariants import Check, Faults, column, faults_by, faults_of, register_check, table
from crm.data.duplicates.nouns import DuplicateNoun, known_nouns
from crm.data.duplicates.rules import Rule, rules_of
from crm.data.duplicates.scanning import keyed_rows
from crm.data.merge.references import Reference, references_to
from crm.data.merge.registry import GenericKey, known
from crm.data.models import (
    BulkRow,
    CriterionKind,
    DuplicateCriterion,
    DuplicatePair,
    DuplicateRule,
    Import,
    ImportRow,
    Merge,
    MergedRecord,
)

_LEFT_FOR = dt.timedelta(hours=1)


def _generic_keys() -> Iterator[GenericKey]:
    """All but those that are ignored on purpose: notes about what may be gone."""
    yield from known.keys.values()
    yield from (derived.key for derived in known.derived.values())
    for model, special in known.special.items():
        for name in sorted(special.fields):
            yield GenericKey(model, name, f"{name.removesuffix('_type')}_id")


def _pointing_to_nothing() -> Faults:
    for key in _generic_keys():
        kind, pointer = column(key.model, key.type_field), column(key.model, key.id_field)
        for type_id in _distinct(key.model, kind):
            target: Any = ContentType.objects.get_for_id(type_id).model_class()
            yield from faults_by(
                key.model,
                f"SELECT one.id, %s FROM {table(key.model)} AS one WHERE one.{kind} = %s AND NOT EXISTS"  # noqa: S608 - names of our own tables
                f" (SELECT 1 FROM {table(target)} AS other WHERE other.id = one.{pointer})",
                [f"({key.type_field})", type_id],
            )


def _distinct(model: type[models.Model], kind: str) -> list[int]:
    """The types that occur, each found by one step of an index or a short scan."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {kind} FROM {table(model)} WHERE {kind} IS NOT NULL ORDER BY 1")  # noqa: S608 - names of our own tables
        return [type_id for (type_id,) in cursor.fetchall()]


def _pairs_of_nothing() -> Faults:
    for label in DuplicatePair.objects.order_by().values_list("noun", flat=True).distinct():
        ends = ("first_id", "second_id")
        other = table(apps.get_model(label))
        there = " AND ".join(f"EXISTS (SELECT 1 FROM {other} AS other WHERE other.id = one.{end})" for end in ends)  # noqa: S608 - names of our own tables
        yield from faults_by(
            DuplicatePair,
            f"SELECT one.id FROM {table(DuplicatePair)} AS one WHERE one.noun = %s AND NOT ({there})",  # noqa: S608 - names of our own tables
            [label],
        )


def _pointing_to_merged() -> Faults:
    """What came in for a loser while it was merged follows within the hour; later than that nothing points to one."""
    for model in known.nouns:
        for reference in references_to(model):
            if reference.model is not MergedRecord and reference.model not in known.special:
                yield from _late(model, reference)


def _late(model: type[models.Model], reference: Reference) -> Faults:
    quote = connection.ops.quote_name
    pointer = quote(reference.column)
    typed = f" AND one.{quote(reference.type_column)} = %s" if reference.type_column else ""
    yield from faults_by(
        reference.model,
        f"SELECT one.id, %s FROM {table(reference.model)} AS one JOIN {table(MergedRecord)} AS loser"  # noqa: S608 - names of our own tables
        f" ON loser.record_id = one.{pointer} AND loser.noun = %s JOIN {table(Merge)} AS merge"
        f" ON merge.id = loser.merge_id WHERE merge.undone_at IS NULL{typed}",
        [f"({reference.column})", model._meta.label_lower, *reference.where(model).values()],
    )


def _merged_and_alive() -> Faults:
    for model in known.nouns:
        yield from faults_by(
            model,
            f"SELECT one.id FROM {table(model)} AS one JOIN {table(MergedRecord)} AS loser ON loser.record_id = one.id"  # noqa: S608 - names of our own tables
            f" AND loser.noun = %s JOIN {table(Merge)} AS merge ON merge.id = loser.merge_id"
            " WHERE merge.undone_at IS NULL AND one.deleted_at IS NULL",
            [model._meta.label_lower],
        )


def _forbidden_doubles() -> Faults:
    """Of what was there before its rule, and of what a website posted, the daily look tells people; this is neither."""
    for noun in known_nouns():
        for rule in rules_of(noun.label):
            if rule.is_forbidding and CriterionKind.SIMILAR not in rule.kinds:
                yield from _doubles(noun, rule)


def _doubles(noun: DuplicateNoun, rule: Rule) -> Faults:
    rows, keys, parameters = keyed_rows(noun, rule)
    events = {model: table(event_model(model)) for model in (DuplicateRule, DuplicateCriterion, noun.model)}
    yield from faults_by(
        noun.model,
        f"WITH since AS (SELECT max(pgh_created_at) AS at FROM (SELECT pgh_created_at FROM {events[DuplicateRule]}"  # noqa: S608 - names of our own tables
        f" WHERE pgh_obj_id = %s UNION ALL SELECT pgh_created_at FROM {events[DuplicateCriterion]} WHERE rule_id = %s)"
        " AS told), keyed AS MATERIALIZED (SELECT DISTINCT one.* FROM"
        f" ({rows}) AS one JOIN {events[noun.model]} AS made ON made.pgh_obj_id = one.id AND made.pgh_label = 'insert'"
        " WHERE made.pgh_created_at > (SELECT at FROM since)"
        " AND NOT COALESCE(made.pgh_context ->> 'action', '') = ANY (%s))"
        f" SELECT min(id), '(' || count(*) || ' of “' || %s || '”)' FROM keyed GROUP BY {keys} HAVING count(*) > 1",
        [rule.pk, rule.pk, *parameters, sorted(noun.never_refused), rule.name],
    )


def _rows_imported_twice() -> Faults:
    rows = ImportRow.objects.filter(is_rehearsal=False, is_extra=False, outcome=ImportRow.Outcome.NEW)
    twice = rows.order_by().values("run_id", "content_type_id", "object_id").annotate(number=models.Count("pk"))
    for row in twice.filter(number__gt=1).iterator():
        yield f"data.Import {row['run_id']} ({row['number']} rows made record {row['object_id']})"


def _imports_that_miscount() -> Faults:
    """A finished import says how many rows had which outcome; while it is taken back, rows change theirs."""
    counted = ImportRow.objects.filter(is_rehearsal=False, is_extra=False).order_by()
    for run in Import.objects.filter(stage=Import.Stage.DONE).order_by("pk").iterator():
        found = dict(counted.filter(run=run).values_list("outcome").annotate(number=models.Count("pk")))
        said = {outcome: number for outcome, number in run.counts.items() if number}
        if found != said:
            yield f"data.Import {run.pk} ({said}, but {found})"


def _imports_left_alone() -> Faults:
    """At work, and nobody has been at them for an hour: their workers died, and none has taken them up since."""
    since = timezone.now() - _LEFT_FOR
    at_work = Import.objects.filter(stage__in=[Import.Stage.REHEARSING, Import.Stage.RUNNING, Import.Stage.UNDOING])
    seen = Coalesce("job__heartbeat_at", "job__created_at", "started_at", "created_at")
    yield from faults_of(at_work.alias(seen_at=seen).filter(seen_at__lt=since))


def _runs_that_left_rows() -> Faults:
    waiting = BulkRow.objects.filter(outcome=BulkRow.Outcome.WAITING, run__finished_at__isnull=False)
    return faults_of(waiting)


def register() -> None:
    found: tuple[tuple[str, Any, Any], ...] = (
        ("data.orphans", _("Rows that point to a record that is not there."), _pointing_to_nothing),
        ("data.pairs", _("Pairs of duplicates of which one is not there."), _pairs_of_nothing),
        ("data.late", _("Rows that point to a record which was merged into another one."), _pointing_to_merged),
        ("data.merged", _("Records that were merged into another one and are not in the bin."), _merged_and_alive),
        ("data.forbidden", _("Records that are the same by a rule which forbids it."), _forbidden_doubles),
        ("data.import_twice", _("Records that two rows of one import have made."), _rows_imported_twice),
        ("data.import_counts", _("Imports that count other rows than they have."), _imports_that_miscount),
        ("data.import_left", _("Imports that are at work, and that nobody works on."), _imports_left_alone),
        ("data.bulk", _("Rows that a finished bulk change has left waiting."), _runs_that_left_rows),
    )
    register_check(*(Check(name=name, sentence=sentence, find=find) for name, sentence, find in found))
