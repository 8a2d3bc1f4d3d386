"""The pairs that one person may work off, page by page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm.core.access import Branch
from crm.core.keyset import keyset_page
from crm.core.models import Job
from crm.data.duplicates.nouns import DuplicateNoun
from crm.data.duplicates.rules import reason, rule_from
from crm.data.duplicates.scanning import TASK
from crm.data.models import DuplicateCriterion, DuplicatePair

_SIZE = 30


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, and in words why they may be the same."""

    first: Any
    second: Any
    reason: str


def pairs_of(
    noun: DuplicateNoun, actor: Any, right: str, *, is_dismissed: bool, after: str | None
) -> tuple[list[Pair], str]:
    """A page of pairs, the newest first, and the token of the next one: those with both of which the actor may do this.

    What lies in the bin is no pair any more.
    """
    model: Any = noun.model
    mine = model._default_manager.for_action(actor, right).filter(noun.counts).values("pk")
    rows = DuplicatePair.objects.filter(
        noun=noun.label, dismissed_at__isnull=not is_dismissed, first_id__in=mine, second_id__in=mine
    )
    fields = ("first_id", "second_id", "rule_id")
    page = keyset_page(rows, [Branch("both", Q())], "-pk", fields=fields, after=after, size=_SIZE)
    reasons = _reasons({rule for _first, _second, rule in page.rows if rule}, noun)
    wanted = {key for first, second, _rule in page.rows for key in (first, second)}
    records = {row.pk: row for row in model._default_manager.visible_to(actor).filter(pk__in=wanted)}
    shown = [
        Pair(records[first], records[second], reasons.get(rule, ""))
        for first, second, rule in page.rows
        if {first, second} <= set(records)
    ]
    return shown, page.following


def _reasons(rules: set[int], noun: DuplicateNoun) -> dict[int, str]:
    grouped: dict[int, list[DuplicateCriterion]] = {}
    for criterion in DuplicateCriterion.objects.filter(rule__in=rules).select_related("rule").order_by("pk"):
        grouped.setdefault(criterion.rule_id, []).append(criterion)
    return {pk: reason(rule_from(criteria[0].rule, criteria), noun) for pk, criteria in grouped.items()}


def last_look() -> Job | None:
    return Job.objects.filter(task=TASK).order_by("-pk").first()
