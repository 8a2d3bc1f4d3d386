"""The timeline of a record: one scan of the index `timeline_idx`, newest first, through the reader's rights."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from activities.models import Activity, Attachment, TimelineLink
from activities.regarding import Ref, visible_titles
from crm.core.access import READ, Branch

PAGE_SIZE = 20
_SALT = "activities.timeline"


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity on a timeline; `about` is what it concerns where that is not the record itself."""

    at: dt.datetime
    activity: Activity
    files: Sequence[Attachment] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """`following` is the token of the older entries, "" when there are none."""

    entries: list[Entry] = field(default_factory=list)
    following: str = ""


def timeline_page(
    target: models.Model, actor: Any, *, after: str = "", kind: str = "", size: int = PAGE_SIZE
) -> TimelinePage:
    """Entries older than the token `after`; one that is no token gives the newest. The number of queries is fixed."""
    ref = Ref.to(target)
    links = TimelineLink.objects.filter(
        visible_links(actor), target_type_id=ref.type_id, target_id=ref.pk, activity__deleted_at__isnull=True
    )
    if kind in Activity.Kind.values:
        links = links.filter(activity__kind=kind)
    mark = _mark(after)
    if mark is not None:
        at, pk = mark
        links = links.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    found = list(_with_activities(links).order_by("-at", "-pk")[: size + 1])
    shown = found[:size]
    following = _token(shown[-1]) if len(found) > size else ""
    return TimelinePage(_entries(shown, ref, actor), following)


def visible_links(actor: Any) -> Q:
    """The branches by which the actor sees activities, asked of the owner columns that links repeat."""
    condition = Q()
    for branch in Activity.objects.all().branches(actor, READ):
        if not branch.condition:
            return Q()
        condition |= _on_links(branch)
    return condition


def _on_links(branch: Branch) -> Q:
    if branch.name != "shared":
        return branch.condition
    return Q(Exists(Activity.objects.filter(branch.condition, pk=OuterRef("activity_id"))))


def _with_activities(links: "models.QuerySet[TimelineLink]") -> "models.QuerySet[TimelineLink]":
    files = Prefetch("activity__attachments", queryset=Attachment.objects.order_by("pk"))
    return links.select_related("activity__owner", "activity__owner_team", "activity__created_by").prefetch_related(
        files
    )


def _entries(links: list[TimelineLink], ref: Ref, actor: Any) -> list[Entry]:
    here = (ref.type_id, ref.pk)
    elsewhere = {_regarding(link.activity) for link in links} - {here, None}
    titles = visible_titles((pair for pair in elsewhere if pair), actor)
    return [
        Entry(
            at=link.at,
            activity=link.activity,
            files=list(link.activity.attachments.all()),
            about=titles.get(_regarding(link.activity) or here, ""),
        )
        for link in links
    ]


def _regarding(activity: Activity) -> tuple[int, int] | None:
    if activity.regarding_type_id is None or activity.regarding_id is None:
        return None
    return activity.regarding_type_id, activity.regarding_id


def _token(link: TimelineLink) -> str:
    return signing.dumps([link.at.isoformat(), link.pk], salt=_SALT)


def _mark(token: str) -> tuple[dt.datetime, int] | None:
    try:
        at, pk = signing.loads(token, salt=_SALT)
        return dt.datetime.fromisoformat(at), int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return None
