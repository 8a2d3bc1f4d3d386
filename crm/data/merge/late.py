"""What came in for a record at the very moment in which it was merged: it follows, as everything else did.

A row that another transaction has begun to write may wait for the merge and then point to the loser. Nobody sees the
loser any more, so nothing new is written to it on purpose; a look once an hour finds the few that are left.
"""

import datetime as dt
from functools import partial

from django.apps import apps
from django.db.models import Max

from crm.core import history
from crm.core.actors import Actor
from crm.core.transactions import retried
from crm.data.merge.moving import Moving
from crm.data.merge.references import references_to
from crm.data.merge.registry import known
from crm.data.models import Merge

LATE_FOR = dt.timedelta(days=2)


def follow_merges(*, actor: Actor, at: dt.datetime) -> int:
    """Move what points to losers of the merges of the last two days; gives how many merges that were."""
    recent = Merge.objects.filter(at__gt=at - LATE_FOR, undone_at__isnull=True).order_by("pk")
    return sum(retried(partial(_follow, pk, actor)) for pk in recent.values_list("pk", flat=True))


def _follow(merge_id: int, actor: Actor) -> bool:
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    model = apps.get_model(merge.noun)
    losers = list(merge.losers.values_list("record_id", flat=True))
    # Where the master was merged on, that merge comes later and takes the rows along.
    if merge.undone_at is not None or not _is_pointed_to(model, losers):
        return False
    if not model._base_manager.select_for_update(no_key=True).filter(pk=merge.master_id).exists():
        return False  # gone for good: what came in late stays with whom it named
    with history.action(f"{model._meta.model_name}.merged", actor=actor, about=f"{merge.noun}:{merge.master_id}"):
        last = merge.rows.aggregate(last=Max("step"))["last"] or 0
        Moving(merge, model, losers, step=last).move_all()
        records = list(model._base_manager.filter(pk__in=[merge.master_id, *losers]))
        for derived in known.derived.values():
            derived.redo(records)
    return True


def _is_pointed_to(model: type, losers: list[int]) -> bool:
    return any(
        reference.model._base_manager.filter(**{f"{reference.column}__in": losers}, **reference.where(model)).exists()
        for reference in references_to(model)
        if reference.model not in known.special
    )
