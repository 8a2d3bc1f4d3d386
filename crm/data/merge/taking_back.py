"""Taking a merge back within 30 days."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import WRITE, check_locked
from crm.core.actors import Actor
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.transactions import service
from crm.data.duplicates import refuse_return
from crm.data.merge.fields import set_back, state_of
from crm.data.merge.registry import MergeNoun, known
from crm.data.merge.services import MERGE, STAMPS, refuse_unready, save_whole
from crm.data.merge.standing import standing_merge
from crm.data.merge.undoing import take_rows_back
from crm.data.models import Merge, MergeRow
from crm.users.models import User

UNDO_FOR = dt.timedelta(days=30)


@service("record.unmerged")
def undo_merge(*, merge_id: int, actor: Actor, at: dt.datetime) -> Merge:
    """The losers come out of the bin, and each row points to them again unless somebody has changed it since."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(_not_there())
    noun = _noun_of(merge)
    if obstacle := undo_obstacle(merge, at):
        raise Conflict(obstacle)
    keys = list(merge.losers.order_by("pk").values_list("record_id", flat=True))
    master, losers = _locked_for_undo(noun, merge, keys, actor)
    about = f"{merge.noun}:{merge.master_id}"
    with history.action(f"{noun.model._meta.model_name}.unmerged", about=about):
        _restore_fields(noun, merge, master)
        _take_out(noun, losers)
        for record in (master, *losers):
            refuse_return(record, actor=actor)
        take_rows_back(merge)
        for derived in known.derived.values():
            derived.redo([master, *losers])
        merge.undone_at = at
        merge.undone_by = actor if isinstance(actor, User) else None
        merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def undo_obstacle(merge: Merge, at: dt.datetime) -> str:
    """Why the merge cannot be taken back; empty when it can."""
    if merge.undone_at is not None:
        return _("This has been taken back already.")
    if at - merge.at > UNDO_FOR:
        return _("Only what was done within the last 30 days can be taken back.")
    later = standing_merge(merge.noun, merge.master_id)
    if later is not None:
        return _("“%(what)s” came after it. Take that back first.") % {"what": later.summary}
    return ""


def _noun_of(merge: Merge) -> MergeNoun:
    found = next((one for one in known.nouns.values() if one.model._meta.label_lower == merge.noun), None)
    if found is None:
        raise NotFound(_not_there())
    return found


def _not_there() -> str:
    return _("There is no such merge, or you may not see it.")


def _locked_for_undo(noun: MergeNoun, merge: Merge, keys: Sequence[int], actor: Actor) -> tuple[Any, list[Any]]:
    model: Any = noun.model
    rows = model.with_bin.select_for_update(of=("self",)).filter(pk__in=[merge.master_id, *keys]).order_by("pk")
    found = {row.pk: row for row in rows}
    master = found.get(merge.master_id)
    if master is None or not model._default_manager.visible_to(actor).filter(pk=merge.master_id).exists():
        raise NotFound(_not_there())
    check_locked(master, actor, WRITE)
    check_locked(master, actor, MERGE)
    refuse_unready(noun, master, actor)
    losers = [found[key] for key in keys if key in found]
    if model.with_bin.for_action(actor, MERGE).filter(pk__in=keys).count() < len(losers):
        raise Forbidden(_("You lack the right to do this with all of these records."))
    if len(losers) < len(keys) or any(one.deleted_at != merge.at for one in losers):
        raise Conflict(_("What was merged lies no longer in the bin as the merge has put it there."))
    return master, losers


def _restore_fields(noun: MergeNoun, merge: Merge, master: Any) -> None:
    rows = list(merge.rows.filter(kind=MergeRow.Kind.FIELD).order_by("-step"))
    now = state_of(master, STAMPS)
    for row in rows:
        [(name, after)] = (row.after or {}).items()
        row.outcome = MergeRow.Outcome.DONE if now.get(name) == after else MergeRow.Outcome.MOVED_ON
        if row.outcome == MergeRow.Outcome.DONE:
            set_back(master, name, row.before[name])
    MergeRow.objects.bulk_update(rows, ["outcome"])
    if rows:
        noun.settle(master)
        save_whole(master)


def _take_out(noun: MergeNoun, losers: Sequence[Any]) -> None:
    try:
        with transaction.atomic():
            noun.model._base_manager.filter(pk__in=[one.pk for one in losers]).update(deleted_at=None)
    except IntegrityError as error:
        raise Conflict(_("Another record has taken its place meanwhile, so it cannot come back.")) from error
