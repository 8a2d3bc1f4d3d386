"""Merging records of a table."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import READ, WRITE, check_locked, named_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.models import TaggedModel
from crm.core.transactions import service
from crm.data.duplicates import refuse_duplicates
from crm.data.merge.fields import (
    differences,
    fields_of,
    state_of,
    take_along,
    take_hidden,
    take_over,
    unite_tags,
)
from crm.data.merge.moving import Moving
from crm.data.merge.registry import MergeNoun, known, merge_noun
from crm.data.models import Merge, MergedRecord
from crm.users.models import User

MERGE = "merge"
MOST = 10
#: What the database writes by itself.
STAMPS = frozenset({"id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id", "deleted_at"})


@service("record.merged")
def merge_records(
    *,
    model: type[models.Model],
    master_id: int,
    loser_ids: Sequence[int],
    actor: Actor,
    at: dt.datetime,
    chosen: Mapping[str, int] | None = None,
) -> Merge:
    """The losers go into the bin, and everything that points to them points to the master.

    `chosen` says by field whose value stays; of what it does not name the master's, or where that is empty the first
    other one. Reading, changing and merging all of them must be allowed; what points to them follows unseen.
    """
    noun = _noun(model)
    keys = list(dict.fromkeys(loser_ids))
    if not keys or master_id in keys or len(keys) >= MOST:
        raise Invalid(_("Choose two to %(most)s different records.") % {"most": MOST})
    records = _locked(model, [master_id, *keys], actor)
    master, losers = records[0], records[1:]
    for record in records:
        refuse_unready(noun, record, actor)
    _refuse_circles(master, losers, actor)
    with history.action(f"{model._meta.model_name}.merged", about=f"{model._meta.label_lower}:{master_id}"):
        return _Merging(noun, master, losers, chosen or {}, actor).run(at)


@dataclass(frozen=True, slots=True)
class _Merging:
    """Records that are locked and may be merged."""

    noun: MergeNoun
    master: Any
    losers: list[Any]
    chosen: Mapping[str, int]
    actor: Actor

    def run(self, at: dt.datetime) -> Merge:
        model, keys = self.noun.model, [one.pk for one in self.losers]
        merge = self._note(at)
        # Into the bin first: what is unique among living records is free for the master then.
        model._base_manager.filter(pk__in=keys).update(deleted_at=at)
        moving = Moving(merge, model, keys)
        moving.move_all()
        self.master.refresh_from_db()
        self._fill(moving)
        for derived in known.derived.values():
            derived.redo([self.master, *self.losers])
        return merge

    def _note(self, at: dt.datetime) -> Merge:
        label = self.noun.model._meta.label_lower
        merge = Merge.objects.create(
            noun=label,
            master_id=self.master.pk,
            person=self.actor if isinstance(self.actor, User) else None,
            summary=_summary(self.master, self.losers),
            at=at,
        )
        MergedRecord.objects.bulk_create(MergedRecord(merge=merge, noun=label, record_id=one.pk) for one in self.losers)
        return merge

    def _fill(self, moving: Moving) -> None:
        master, fields = self.master, fields_of(self.noun.model, self.actor)
        before = state_of(master, STAMPS)
        take_over(master, self.losers, fields, self.chosen)
        take_along(master, self.losers, self.noun.carried)
        take_hidden(master, self.losers, fields)
        if isinstance(master, TaggedModel):
            unite_tags(master, self.losers)
        self.noun.settle(master)
        changed = list(differences(before, state_of(master, STAMPS)))
        for name, old, new in changed:
            moving.note_field(name, old, new)
        if changed:
            refuse_duplicates(master, changed=[name for name, _old, _new in changed], actor=self.actor)
            save_whole(master)
        self.noun.after(master)


def save_whole(master: Any) -> None:
    try:
        with transaction.atomic():
            master.save()
    except IntegrityError as error:
        raise Conflict(_("These values do not go together. Choose others.")) from error


def _noun(model: type[models.Model]) -> MergeNoun:
    noun = merge_noun(model)
    if noun is None:
        raise NotFound(_("Records of this table are not merged."))
    return noun


def _locked(model: Any, keys: Sequence[int], actor: Actor) -> list[Any]:
    """Locked in the order of their keys, so that two merges of the same records wait for each other."""
    found = {
        row.pk: row for row in model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    }
    if len(found) < len(keys):
        raise NotFound(_("There is no such %(noun)s, or you may not see it.") % {"noun": model._meta.verbose_name})
    records = [found[key] for key in keys]
    # What is hidden among them is said before what is forbidden.
    for action in (READ, WRITE, MERGE):
        for record in records:
            check_locked(record, actor, action)
    return records


def refuse_unready(noun: MergeNoun, record: Any, actor: Actor) -> None:
    if obstacle := noun.obstacle(record):
        raise Conflict(f"{named_for(record, actor)}: {obstacle}")


def _refuse_circles(master: Any, losers: Sequence[Any], actor: Actor) -> None:
    """Where a loser stands above the master, the master would stand above itself."""
    keys = {one.pk: one for one in losers}
    for field in master._meta.concrete_fields:
        if not (field.is_relation and field.related_model is type(master)):
            continue
        above, seen = getattr(master, field.attname), {master.pk}
        while above is not None and above not in seen:
            if above in keys:
                raise Conflict(
                    _("%(above)s stands above %(record)s. Change “%(field)s” first, or let the upper one stay.")
                    % {
                        "above": named_for(keys[above], actor),
                        "record": named_for(master, actor),
                        "field": field.verbose_name,
                    }
                )
            seen.add(above)
            above = type(master)._base_manager.filter(pk=above).values_list(field.attname, flat=True).first()


def _summary(master: Any, losers: Sequence[Any]) -> str:
    words = {"losers": ", ".join(str(one) for one in losers), "master": str(master)}
    return str((_("%(losers)s merged into %(master)s") % words)[:300])
