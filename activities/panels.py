"""The timeline on the page of every record that activities may concern, and the panels of an activity itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.kinds import PLANNED, Kind
from activities.models import Activity, Attachment
from activities.regarding import Ref, register_noun
from activities.timeline import Entry, timeline_page
from activities.words import icon_of
from crm.core import format as shown
from crm.core.access import may_create
from crm.core.addresses import screen_url
from crm.core.badges import Badge, badge_of
from crm.core.deletion import accompanies
from crm.core.idempotency import new_key
from crm.core.panels import Panel, register_panels


def register_timeline(model: type[models.Model]) -> None:
    """Let activities concern records of this table: their pages get a timeline, and their bin its activities.

    Apps call it in `AppConfig.ready()`, for the tables of their own.
    """
    register_noun(model)
    accompanies(model, activities_regarding)
    register_panels(model, TIMELINE)


def activities_regarding(record: models.Model) -> "models.QuerySet[Any]":
    """What concerns the record first of all; what only rolls up to it is somebody else's."""
    found: models.QuerySet[Any] = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(record), regarding_id=record.pk
    )
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the template shows it."""

    entry: Entry
    day: str
    icon: str
    url: str
    badge: Badge | None
    done_url: str
    done_key: str

    @property
    def files(self) -> Sequence[tuple[Attachment, str]]:
        return [(file, _file_url(file)) for file in self.entry.files]


def timeline_context(record: models.Model, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
    kind = parameters.get("kind", "")
    kind = kind if kind in Activity.Kind.values else ""
    after = parameters.get("after", "")
    page = timeline_page(record, user, after=after, kind=kind)
    return {
        "items": [_item(entry) for entry in page.entries],
        "following": page.following,
        "kind": kind,
        "kinds": [(one.value, one.label) for one in PLANNED],
        "composer": _composer(record) if may_create(user, Activity) and not after else None,
    }


def _item(entry: Entry) -> Item:
    activity = entry.activity
    is_to_do = entry.may_write and activity.state in {"open", "scheduled"}
    return Item(
        entry=entry,
        day=_day(entry),
        icon=icon_of(activity.kind),
        url=screen_url(Activity, "detail", activity.pk),
        badge=None if activity.kind in {Kind.NOTE, Kind.CLOSE} else badge_of(activity),
        done_url=screen_url(Activity, "complete", activity.pk) if is_to_do else "",
        done_key=new_key() if is_to_do else "",
    )


def _day(entry: Entry) -> str:
    day, today = timezone.localtime(entry.at).date(), timezone.localdate()
    words = {0: _("Today"), 1: _("Yesterday"), -1: _("Tomorrow")}
    return words.get((today - day).days) or shown.day(day)


def _composer(record: models.Model) -> dict[str, Any]:
    return {
        "url": screen_url(Activity, "create"),
        "regarding": str(Ref.to(record)),
        "keys": {kind.value: new_key() for kind in PLANNED},
    }


def _file_url(attachment: Attachment) -> str:
    return screen_url(Activity, "file", attachment.activity_id, attachment.pk)


def files_context(record: Activity, _user: Any) -> Mapping[str, Any]:
    return {"files": [(file, _file_url(file)) for file in record.attachments.order_by("pk")]}


def people_context(record: Activity, user: Any) -> Mapping[str, Any]:
    """Who took part; records that the reader may not see are not named."""
    rows = record.participants.select_related("user", "party_type").order_by("pk")
    return {"people": [(row.get_role_display(), _person(row, user)) for row in rows]}


def _person(row: Any, user: Any) -> str:
    if row.user is not None:
        return str(row.user)
    party = row.party
    if party is not None and type(party)._default_manager.visible_to(user).filter(pk=party.pk).exists():
        return str(party)
    return row.address or _("Somebody whom you may not see")


TIMELINE = Panel(
    name="timeline",
    title=gettext_lazy("Timeline"),
    template="activities/panels/timeline.html",
    paged=timeline_context,
    position=20,
)
ACTIVITY_PANELS = (
    Panel(name="text", title="", template="activities/panels/text.html", position=10),
    Panel(
        name="files",
        title="",
        template="activities/panels/files.html",
        context=files_context,
        position=20,
    ),
    Panel(
        name="people",
        title="",
        template="activities/panels/people.html",
        context=people_context,
        position=10,
        column="side",
    ),
)
