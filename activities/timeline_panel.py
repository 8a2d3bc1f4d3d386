"""The timeline on the page of every record that activities may concern, with its composer."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activities.kinds import PLANNED, Kind
from activities.models import Activity
from activities.moments import Moment, moments_of
from activities.regarding import Ref
from activities.timeline import TimelineHead, TimelinePage, older_page, timeline_head
from activities.timeline_items import days_of, item_of
from activities.words import icon_of
from crm.core.access import may_create
from crm.core.addresses import screen_url
from crm.core.idempotency import new_key

CHANGES = "change"
"""The filter for what the system wrote; the others are kinds of activity."""

_FILTERS = (
    (Kind.NOTE.value, _("Notes")),
    (Kind.PHONE_CALL.value, _("Calls")),
    (Kind.EMAIL.value, _("E-mail")),
    (Kind.APPOINTMENT.value, _("Meetings")),
    (Kind.TASK.value, _("Tasks")),
    (CHANGES, _("Changes")),
)
_WORDS = {
    Kind.NOTE: _("Note"),
    Kind.PHONE_CALL: _("Call"),
    Kind.EMAIL: _("E-mail"),
    Kind.APPOINTMENT: _("Meeting"),
    Kind.TASK: _("Task"),
}
_COMPOSED = (Kind.NOTE, Kind.PHONE_CALL, Kind.EMAIL, Kind.APPOINTMENT, Kind.TASK)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tab of the composer."""

    label: Any
    icon: str
    query: str
    current: bool


def timeline_context(record: models.Model, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
    kind = parameters.get("kind", "")
    kind = kind if kind in dict(_FILTERS) else ""
    after = parameters.get("after", "")
    stored = Kind.CLOSE.value if kind == CHANGES else kind
    page = older_page(record, user, after=after, kind=stored) if after else TimelinePage()
    is_first = page.before is None
    head = timeline_head(record, user, kind=stored) if is_first else TimelineHead([], [], page)
    page = head.page
    moments = _moments_within(page, record, user) if kind in {"", CHANGES} else []
    writes = is_first and may_create(user, Activity)
    return {
        "pinned": [item_of(entry) for entry in head.pinned],
        "upcoming": [item_of(entry) for entry in head.to_do],
        "days": days_of(map(item_of, page.entries), moments),
        "following": page.following,
        "kind": kind,
        "filters": _FILTERS,
        "is_first": is_first,
        "page_url": screen_url(type(record), "detail", record.pk),
        "composer": _composer(record, parameters.get("compose", "")) if writes else None,
    }


def _moments_within(page: TimelinePage, record: models.Model, user: Any) -> list[Moment]:
    """Those that lie between the first and the last entry of the page; the last page has all that is older."""
    oldest: dt.datetime | None = page.entries[-1].at if page.following else None
    return [
        moment
        for moment in moments_of(record, user)
        if (page.before is None or moment.at < page.before) and (oldest is None or moment.at >= oldest)
    ]


def _composer(record: models.Model, asked: str) -> dict[str, Any]:
    kind = next((one for one in PLANNED if one.value == asked), Kind.NOTE)
    return {
        "url": screen_url(Activity, "create"),
        "regarding": str(Ref.to(record)),
        "kind": kind.value,
        "key": new_key(),
        "is_chosen": bool(asked),
        "tools": [Tool(_WORDS[one], icon_of(one), f"compose={one.value}", one == kind) for one in _COMPOSED],
    }
