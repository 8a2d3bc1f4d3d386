"""The link rows that make timelines. `links_for` is the only source of them.

An activity is linked to its regarding record, to the records that take part, and to whatever those roll up
to: a contact to its account, an opportunity to its customer. Apps above register their rollups.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from activities.models import Activity, TimelineLink
from activities.regarding import Ref
from crm.core.actors import Actor
from crm.core.inserting import insert_new
from crm.core.transactions import service

type Rollup = Callable[[Any], Iterable[models.Model | Ref | None]]
type Key = tuple[int, int]

_BATCH = 500

_rollups: dict[type[models.Model], dict[str, Rollup]] = {}


def register_rollup(model: type[models.Model], rollup: Rollup) -> None:
    """`rollup(record)` gives the records, or their refs, on whose timelines the activities of `record` stand too.

    Several functions may be registered for one model; each must give only what the record itself refers to,
    and whoever changes that calls `relink(record)` in the same transaction.
    """
    _rollups.setdefault(model, {})[f"{rollup.__module__}.{rollup.__qualname__}"] = rollup


def links_for(activity: Activity) -> list[TimelineLink]:
    """The links that this activity should have, unsaved."""
    return _Links().of(activity)


def write_links(activity: Activity) -> None:
    """Bring the stored links of one activity to what `links_for` says. The caller holds its row lock."""
    _rewrite([activity], _Links())


def write_links_of(activities: Sequence[Activity]) -> None:
    """As `write_links` for many; what lies above the records that several concern is read once."""
    models.prefetch_related_objects(activities, "participants")
    _rewrite(activities, _Links())


def write_first_links(
    activities: Sequence[Activity], *known: models.Model, parties: Mapping[int, Sequence[Any]] | None = None
) -> None:
    """Write the links of activities that have just been made.

    `known` are the records that they concern, which then need not be read; `parties` their participants, by the key of
    the activity.
    """
    links, taking_part = _Links(*known), parties or {}
    insert_new([link for activity in activities for link in links.of(activity, taking_part.get(activity.pk, ()))])


def relink(record: models.Model) -> None:
    """Rewrite the links of every activity on the record's timeline, after what it rolls up to has changed."""
    ref = Ref.to(record)
    linked = TimelineLink.objects.filter(target_type_id=ref.type_id, target_id=ref.pk)
    concerned = Activity.objects.filter(pk__in=linked.values("activity")).order_by("pk")
    links = _Links(record)
    for batch in _batches(concerned.select_for_update(of=("self",))):
        _rewrite(batch, links)


def relink_all(records: Sequence[models.Model]) -> None:
    """As `relink` for records whose activities have moved among them: whatever is linked to one of them."""
    refs = [Ref.to(record) for record in records]
    condition = reduce(or_, (Q(target_type_id=ref.type_id, target_id=ref.pk) for ref in refs))
    keys = sorted(set(TimelineLink.objects.filter(condition).values_list("activity", flat=True)))
    links = _Links()
    for start in range(0, len(keys), _BATCH):
        batch = Activity.with_bin.filter(pk__in=keys[start : start + _BATCH]).order_by("pk")
        _rewrite(list(batch.select_for_update(of=("self",)).prefetch_related("participants")), links)


@service("timeline.repaired")
def relink_activity(*, activity_id: int, actor: Actor) -> None:
    """Write the links of one activity anew, from the database as it is now."""
    activity = Activity.objects.select_for_update(of=("self",)).filter(pk=activity_id).first()
    if activity is not None:
        write_links(activity)


def wrong_links() -> Iterator[tuple[Activity, list[TimelineLink], list[TimelineLink]]]:
    """(activity, missing, wrong or superfluous) for every activity whose links differ from `links_for`."""
    links = _Links()
    for batch in _batches(Activity.objects.order_by("pk")):
        stored = _stored(batch)
        for activity in batch:
            missing, superfluous = _difference(links.of(activity), stored.get(activity.pk, []))
            if missing or superfluous:
                yield activity, missing, superfluous


def moment_of(activity: Activity) -> dt.datetime:
    """Where the activity stands on a timeline: when it happened, else when it is to happen."""
    return activity.happened_at or activity.completed_at or activity.starts_at or activity.due_at or activity.created_at


class _Links:
    """Expected links, with what each record rolls up to remembered for as long as one rewriting lasts.

    What lies above a record is read for its first activity: most records that are new have none.
    """

    def __init__(self, *known: models.Model) -> None:
        self._known = {(ref.type_id, ref.pk): record for ref, record in zip(map(Ref.to, known), known, strict=True)}
        self._above: dict[Key, frozenset[Key]] = {}

    def of(self, activity: Activity, participants: Iterable[Any] | None = None) -> list[TimelineLink]:
        """Its participants are read unless they are given."""
        at = moment_of(activity)
        parties = activity.participants.all() if participants is None else participants
        return [
            TimelineLink(
                activity=activity,
                target_type_id=type_id,
                target_id=target_id,
                at=at,
                owner_id=activity.owner_id,
                owner_team_id=activity.owner_team_id,
                owning_unit_id=activity.owning_unit_id,
            )
            for type_id, target_id in sorted(self._targets(activity, parties))
        ]

    def _targets(self, activity: Activity, participants: Iterable[Any]) -> set[Key]:
        found: set[Key] = set()
        if activity.regarding_type_id and activity.regarding_id:
            found |= self._with_above((activity.regarding_type_id, activity.regarding_id), lambda: activity.regarding)
        for participant in participants:
            if participant.party_type_id and participant.party_id:
                found |= self._with_above((participant.party_type_id, participant.party_id), _party(participant))
        return found

    def _with_above(self, key: Key, record: Callable[[], Any]) -> frozenset[Key]:
        if key not in self._above:
            known = self._known.get(key)
            self._above[key] = _closure(key, record() if known is None else known)
        return self._above[key]


def _party(participant: Any) -> Callable[[], Any]:
    return lambda: participant.party


def _closure(key: Key, record: models.Model | None) -> frozenset[Key]:
    """The record and everything above it, however it is reached."""
    found = {key}
    waiting = [record] if record is not None else []
    while waiting:
        current = waiting.pop()
        for rollup in _rollups.get(type(current), {}).values():
            for above in rollup(current):
                if above is None:
                    continue
                ref = above if isinstance(above, Ref) else Ref.to(above)
                if (ref.type_id, ref.pk) not in found:
                    found.add((ref.type_id, ref.pk))
                    waiting += _leading_on(above)
    return frozenset(found)


def _leading_on(above: models.Model | Ref) -> list[models.Model]:
    """The record, if something lies above it in turn."""
    if not isinstance(above, Ref):
        return [above]
    return list(above.model._base_manager.filter(pk=above.pk)) if above.model in _rollups else []


def _batches(activities: "models.QuerySet[Any]") -> Iterator[list[Activity]]:
    """All rows in the order of their keys, a few hundred at a time, with their participants."""
    last = 0
    while batch := list(activities.filter(pk__gt=last).prefetch_related("participants")[:_BATCH]):
        yield batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].pk


def _rewrite(activities: Sequence[Activity], links: _Links) -> None:
    stored = _stored(activities)
    new: list[TimelineLink] = []
    old: list[TimelineLink] = []
    for activity in activities:
        missing, superfluous = _difference(links.of(activity), stored.get(activity.pk, []))
        new += missing
        old += superfluous
    if old:
        TimelineLink.objects.filter(pk__in=[link.pk for link in old]).delete()
    if new:
        TimelineLink.objects.bulk_create(new)


def _stored(activities: Sequence[Activity]) -> dict[int, list[TimelineLink]]:
    found: dict[int, list[TimelineLink]] = {}
    for link in TimelineLink.objects.filter(activity__in=[activity.pk for activity in activities]):
        found.setdefault(link.activity_id, []).append(link)
    return found


def _difference(
    expected: list[TimelineLink], stored: list[TimelineLink]
) -> tuple[list[TimelineLink], list[TimelineLink]]:
    """What to make and what to remove; a link whose moment or owner changed is both."""
    wanted = {_content(link): link for link in expected}
    present = {_content(link): link for link in stored}
    missing = [link for content, link in wanted.items() if content not in present]
    superfluous = [link for content, link in present.items() if content not in wanted]
    return missing, superfluous


def _content(link: TimelineLink) -> tuple[Any, ...]:
    return (
        link.target_type_id,
        link.target_id,
        link.at,
        link.owner_id,
        link.owner_team_id,
        link.owning_unit_id,
    )
