"""Looking through whole tables for pairs that a rule holds for the same, in the background.

One statement for each rule groups the table by the keys of its criteria. Of nearly the same names each is compared with
its neighbours in the order of the alphabet, from the front and from behind: one slip leaves one of both halves alone.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Reverse

from crm.core.actors import Actor
from crm.core.models import Job
from crm.core.transactions import service
from crm.core.work import beat, start_job
from crm.data.duplicates.nouns import DuplicateNoun, known_nouns
from crm.data.duplicates.rules import Criterion, Rule, rules_of, stored
from crm.data.duplicates.similar import is_nearly
from crm.data.models import CriterionKind, DuplicatePair

#: Of larger groups each record is paired with the next alone.
_SMALL_GROUP = 6
_NEIGHBOURS = 10
_BATCH = 1000

_PAIRS = """
INSERT INTO data_duplicatepair (noun, first_id, second_id, rule_id, seen_at)
SELECT %s, pair.first_id, pair.second_id, %s, %s FROM (
    SELECT DISTINCT grouped.ids[i] AS first_id, grouped.ids[j] AS second_id
    FROM (SELECT array_agg(DISTINCT id ORDER BY id) AS ids FROM ({rows}) AS keyed GROUP BY {keys}
          HAVING count(DISTINCT id) > 1) AS grouped
    CROSS JOIN LATERAL generate_subscripts(grouped.ids, 1) AS i
    CROSS JOIN LATERAL generate_subscripts(grouped.ids, 1) AS j
    WHERE j > i AND (cardinality(grouped.ids) <= %s OR j = i + 1)
) AS pair
ON CONFLICT (noun, first_id, second_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
"""


TASK = "crm.data.tasks.scan_duplicates"


@service("duplicates.ordered")
def order_scan(*, actor: Actor, at: dt.datetime) -> Job:
    """One look at a time: one that still waits or works is enough."""
    going = Job.objects.filter(task=TASK, finished_at__isnull=True, state__in=[Job.State.WAITING, Job.State.RUNNING])
    return going.order_by("-pk").first() or start_job(TASK, {"at": at.isoformat()})


def scan(job: Job) -> None:
    """All tables, rule by rule, the strongest first: a pair keeps the rule that found it first."""
    began = dt.datetime.fromisoformat(job.payload["at"])
    todo = [(noun, rule) for noun in known_nouns() for rule in rules_of(noun.label) if rule.against == noun.label]
    for number, (noun, rule) in enumerate(todo, 1):
        if CriterionKind.SIMILAR in rule.kinds:
            _scan_similar(noun, rule, began)
        else:
            _scan_keys(noun, rule, began)
        beat(job, number, {})
    # What no rule finds any more is none; what somebody has dismissed stays dismissed.
    DuplicatePair.objects.filter(seen_at__lt=began, dismissed_at__isnull=True).delete()


def _scan_keys(noun: DuplicateNoun, rule: Rule, at: dt.datetime) -> None:
    rows, keys, parameters = keyed_rows(noun, rule)
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS.format(rows=rows, keys=keys), [noun.label, rule.pk, at, *parameters, _SMALL_GROUP])


def keyed_rows(noun: DuplicateNoun, rule: Rule) -> tuple[str, str, list[Any]]:
    """A query that gives the records with the keys of all criteria, the names of these, and its parameters."""
    parts, parameters = [], list[Any]()
    for number, criterion in enumerate(rule.criteria):
        sql, given = _keyed(noun, criterion)
        parts.append(f"({sql}) AS part{number} (id, key{number})")
        parameters += given
    joined = parts[0] + "".join(f" JOIN {part} USING (id)" for part in parts[1:])
    keys = ", ".join(f"key{number}" for number in range(len(parts)))
    return f"SELECT id, {keys} FROM {joined}", keys, parameters  # noqa: S608 - names of our own


def _keyed(noun: DuplicateNoun, criterion: Criterion) -> tuple[str, tuple[Any, ...]]:
    """A query that gives the key of each record, several where it has several."""
    rows: Any = noun.model._default_manager.filter(noun.counts).order_by()
    if criterion.field:
        found = rows.annotate(compared=stored(criterion)).exclude(compared="").exclude(compared__isnull=True)
        one: Any = found.values_list("pk", "compared")
    else:
        columns = dict.fromkeys(probe.column for probe in noun.probes[criterion.kind])
        listed = [
            rows.exclude(**{column: ""}).annotate(compared=F(column)).values_list("pk", "compared")
            for column in columns
        ]
        one = listed[0].union(*listed[1:]) if len(listed) > 1 else listed[0]
    sql, parameters = one.query.sql_with_params()
    return sql, parameters


def _scan_similar(noun: DuplicateNoun, rule: Rule, at: dt.datetime) -> None:
    column = noun.probes[CriterionKind.SIMILAR][0].column
    waiting: list[DuplicatePair] = []
    for backwards in (False, True):
        for one, other in _neighbours(noun, column, backwards=backwards):
            first, second = sorted((one, other))
            waiting.append(
                DuplicatePair(noun=noun.label, first_id=first, second_id=second, rule_id=rule.pk, seen_at=at)
            )
            if len(waiting) >= _BATCH:
                _keep(waiting)
                waiting = []
    _keep(waiting)


def _neighbours(noun: DuplicateNoun, column: str, *, backwards: bool) -> Iterator[tuple[int, int]]:
    rows: Any = noun.model._default_manager.filter(noun.counts).exclude(**{column: ""})
    ordered = rows.order_by(Reverse(column) if backwards else column, "pk")
    last: list[tuple[str, int]] = []
    for key, name in ordered.values_list("pk", column).iterator(chunk_size=5000):
        if last and last[-1][0] == name:
            continue
        yield from ((known, key) for other, known in last if is_nearly(other, name))
        last = [*last[1 - _NEIGHBOURS :], (name, key)]


def _keep(pairs: list[DuplicatePair]) -> None:
    by_key = {(pair.first_id, pair.second_id): pair for pair in pairs}
    DuplicatePair.objects.bulk_create(
        by_key.values(),
        update_conflicts=True,
        unique_fields=["noun", "first_id", "second_id"],
        update_fields=["seen_at"],
    )
