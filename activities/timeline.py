"""The timeline of a record: one scan of the index `timeline_idx`, newest first, through the reader's rights."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Value

from activities.models import Activity, Attachment, TimelineLink
from activities.regarding import Ref, visible_titles
from activities.states import LIVE
from crm.core.access import READ, WRITE, Branch
from crm.core.prepared import Slot, prepared, rights_key

PAGE_SIZE = 20
MOST_UPCOMING = 20
MOST_PINNED = 50
_SALT = "activities.timeline"


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity on a timeline; `about` is what it concerns where that is not the record itself."""

    at: dt.datetime
    activity: Activity
    files: Sequence[Attachment] = ()
    about: str = ""
    may_write: bool = False
    link_id: int = 0

    @property
    def is_pinned(self) -> bool:
        return self.activity.pinned_at is not None

    @property
    def is_past(self) -> bool:
        return not self.is_pinned and self.activity.state not in LIVE


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """`following` is the token of the older entries, "" when there are none; `before` the moment it begins at."""

    entries: list[Entry] = field(default_factory=list)
    following: str = ""
    before: dt.datetime | None = None


def timeline_page(
    target: models.Model, actor: Any, *, after: str = "", kind: str = "", size: int = PAGE_SIZE
) -> TimelinePage:
    """Entries older than the token `after`; one that is no token gives the newest.

    One query for the entries, at most one for their files and one for the names of what else they concern.
    """
    ref = Ref.to(target)
    return _page(_links(ref, actor, kind), ref, actor, after, size)


def older_page(target: models.Model, actor: Any, *, after: str, kind: str = "") -> TimelinePage:
    """As `timeline_page`, without what stands at the top of the first page: what is pinned or still to be done."""
    ref = Ref.to(target)
    links = _links(ref, actor, kind).filter(activity__pinned_at__isnull=True)
    return _page(links.exclude(activity__state__in=LIVE), ref, actor, after, PAGE_SIZE)


def _page(links: "models.QuerySet[TimelineLink]", ref: Ref, actor: Any, after: str, size: int) -> TimelinePage:
    mark = _mark(after)
    if mark is not None:
        at, pk = mark
        links = links.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    found = _entries(_with_activities(links, actor).order_by("-at", "-pk")[: size + 1], ref, actor)
    following = _token(found[size - 1]) if len(found) > size else ""
    return TimelinePage(found[:size], following, mark[0] if mark else None)


@dataclass(frozen=True, slots=True)
class TimelineHead:
    """What is pinned, what is still to be done by when it is due, and the newest page of what is done."""

    pinned: list[Entry]
    to_do: list[Entry]
    page: TimelinePage


def timeline_head(target: models.Model, actor: Any, *, kind: str = "", size: int = PAGE_SIZE) -> TimelineHead:
    """The top of a timeline. Queries as for one page: its three parts are read together."""
    ref = Ref.to(target)
    key = ("timeline head", ref.type_id, kind, size, rights_key(Activity, actor, READ, WRITE))
    head = prepared(key, lambda: _head(_links(ref, actor, kind, Slot("target")), actor, size))
    entries = _entries(head.records(target=ref.pk), ref, actor)
    past = sorted((one for one in entries if one.is_past), key=lambda one: (one.at, one.link_id), reverse=True)
    return TimelineHead(
        sorted((one for one in entries if one.is_pinned), key=_pinned_at, reverse=True),
        sorted((one for one in entries if not one.is_pinned and not one.is_past), key=_due),
        TimelinePage(past[:size], _token(past[size - 1]) if len(past) > size else ""),
    )


def _head(links: "models.QuerySet[TimelineLink]", actor: Any, size: int) -> "models.QuerySet[TimelineLink]":
    """The three parts of the top as one statement, which finds their keys first: so only keys are sorted."""
    loose = links.filter(activity__pinned_at__isnull=True)
    pinned = links.filter(activity__pinned_at__isnull=False).order_by("-activity__pinned_at", "-pk")
    to_do = loose.filter(activity__state__in=LIVE).order_by(F("activity__due_at").asc(nulls_last=True), "pk")
    done = loose.exclude(activity__state__in=LIVE).order_by("-at", "-pk")
    parts = [part.values("pk") for part in (pinned[:MOST_PINNED], to_do[:MOST_UPCOMING], done[: size + 1])]
    keys = parts[0].union(*parts[1:], all=True)
    return _with_activities(TimelineLink.objects.filter(pk__in=keys), actor)


def _pinned_at(entry: Entry) -> dt.datetime:
    return entry.activity.pinned_at or entry.at


def _due(entry: Entry) -> tuple[bool, Any, int]:
    due_at = entry.activity.due_at
    return due_at is None, due_at or entry.at, entry.link_id


def _links(ref: Ref, actor: Any, kind: str, target: int | Slot | None = None) -> "models.QuerySet[TimelineLink]":
    """Those of one record: of `ref`, or of the one that is given for the slot `target`."""
    links = TimelineLink.objects.filter(
        visible_links(actor),
        target_type_id=ref.type_id,
        target_id=ref.pk if target is None else target,
        activity__deleted_at__isnull=True,
    )
    return links.filter(activity__kind=kind) if kind in Activity.Kind.values else links


def visible_links(actor: Any, action: str = READ) -> Q:
    """The branches by which the actor may read or change activities, asked of the owner columns that links repeat."""
    condition = Q()
    for branch in Activity.objects.all().branches(actor, action):
        if not branch.condition:
            return Q()
        condition |= _on_links(branch)
    return condition


def _on_links(branch: Branch) -> Q:
    if branch.name != "shared":
        return branch.condition
    return Q(Exists(Activity.objects.filter(branch.condition, pk=OuterRef("activity_id"))))


def _with_activities(links: "models.QuerySet[TimelineLink]", actor: Any) -> "models.QuerySet[TimelineLink]":
    """All that a page shows of its activities, in the one query that finds them."""
    writable = visible_links(actor, WRITE)
    return links.select_related("activity__owner", "activity__owner_team").annotate(
        may_write=ExpressionWrapper(writable, output_field=BooleanField()) if writable else Value(True),
        has_files=Exists(Attachment.objects.filter(activity=OuterRef("activity_id"))),
    )


def _entries(found: Iterable[Any], ref: Ref, actor: Any) -> list[Entry]:
    here, links = (ref.type_id, ref.pk), list(found)
    elsewhere = {_regarding(link.activity) for link in links} - {here, None}
    titles = visible_titles((pair for pair in elsewhere if pair), actor)
    files = _files([link.activity_id for link in links if link.has_files])
    return [
        Entry(
            at=link.at,
            activity=link.activity,
            files=files.get(link.activity_id, ()),
            about=titles.get(_regarding(link.activity) or here, ""),
            may_write=link.may_write,
            link_id=link.pk,
        )
        for link in links
    ]


def _files(activity_ids: list[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    if activity_ids:
        for attachment in Attachment.objects.filter(activity__in=activity_ids).order_by("pk"):
            found.setdefault(attachment.activity_id, []).append(attachment)
    return found


def _regarding(activity: Activity) -> tuple[int, int] | None:
    if activity.regarding_type_id is None or activity.regarding_id is None:
        return None
    return activity.regarding_type_id, activity.regarding_id


def _token(entry: Entry) -> str:
    return signing.dumps([entry.at.isoformat(), entry.link_id], salt=_SALT)


def _mark(token: str) -> tuple[dt.datetime, int] | None:
    try:
        at, pk = signing.loads(token, salt=_SALT)
        return dt.datetime.fromisoformat(at), int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return None
