"""What the first page says of activities: what is overdue and due today, and the meetings of the day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.due import due_html
from activities.models import Activity
from activities.regarding import regarding_name, visible_titles
from activities.states import LIVE
from activities.words import icon_of
from crm.core import format as shown
from crm.core.access import may_create
from crm.core.addresses import screen_url
from crm.core.idempotency import new_key
from crm.customers.links import linked
from crm.users.home import Body, Day, HomePanel, register_home_panel

_MOST_DUE, _MOST_READ = 12, 60
_MEETING = Activity.Kind.APPOINTMENT
_COLUMNS = (
    "pk",
    "kind",
    "subject",
    "due_at",
    "starts_at",
    "ends_at",
    "state",
    "location",
    "regarding_type_id",
    "regarding_id",
)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done, completed from the first page by one POST."""

    subject: str
    icon: str
    url: str
    about: str
    due: SafeString
    done_url: str
    done_key: str


@dataclass(frozen=True, slots=True)
class Meeting:
    subject: str
    url: str
    about: str
    place: str
    begins: str
    ends: str
    is_over: bool


def _agenda(day: Day) -> list[dict[str, Any]]:
    """Open work that is due by tonight, the oldest first, and the meetings of today, also those that are over."""
    due = Q(state__in=LIVE, due_at__lt=day.ends_at)
    today = Q(kind=_MEETING, starts_at__gte=day.begins_at, starts_at__lt=day.ends_at) & ~Q(state="canceled")
    mine = Activity.objects.visible_to(day.user).owned_by(day.user).filter(due | today)
    found = list(mine.order_by(F("due_at").asc(nulls_last=True), "pk").values(*_COLUMNS)[:_MOST_READ])
    pairs = [(row["regarding_type_id"], row["regarding_id"]) for row in found if row["regarding_id"]]
    titles = visible_titles(pairs, day.user)
    for row, pair in ((row, (row["regarding_type_id"], row["regarding_id"])) for row in found):
        name = regarding_name(pair, titles) if row["regarding_id"] else None
        row["about"] = linked(name) if name else ""
    return found


def due_activities(day: Day) -> Body:
    agenda = day.once("agenda", lambda: _agenda(day))
    due = [row for row in agenda if row["state"] in LIVE and not _is_meeting_today(row, day)]
    new_url = screen_url(Activity, "create")
    return Body(
        [_due(row, day) for row in due[:_MOST_DUE]],
        nothing=gettext_lazy("Nothing is due today."),
        count=len(due),
        action=(gettext_lazy("Add task"), new_url) if may_create(day.user, Activity) else None,
        more={"more": len(due) > _MOST_DUE, "all_url": reverse("activities:activity_list")},
    )


def meetings(day: Day) -> Body:
    agenda = day.once("agenda", lambda: _agenda(day))
    today = sorted((row for row in agenda if _is_meeting_today(row, day)), key=lambda row: row["starts_at"])
    return Body([_meeting(row, day) for row in today], nothing=gettext_lazy("No meeting today."), count=len(today))


def _is_meeting_today(row: dict[str, Any], day: Day) -> bool:
    return bool(row["kind"] == _MEETING and row["starts_at"] and row["starts_at"] >= day.begins_at)


def _due(row: dict[str, Any], day: Day) -> Due:
    return Due(
        subject=row["subject"],
        icon=icon_of(row["kind"]),
        url=screen_url(Activity, "detail", row["pk"]),
        about=row["about"],
        due=due_html(row["due_at"], day.now),
        done_url=screen_url(Activity, "complete", row["pk"]),
        done_key=new_key(),
    )


def _meeting(row: dict[str, Any], day: Day) -> Meeting:
    ends: dt.datetime = row["ends_at"] or row["starts_at"]
    return Meeting(
        subject=row["subject"],
        url=screen_url(Activity, "detail", row["pk"]),
        about=row["about"],
        place=row["location"],
        begins=shown.clock(row["starts_at"]),
        ends=shown.clock(ends) if timezone.localtime(ends).date() == day.today else _("later"),
        is_over=ends < day.now or row["state"] not in LIVE,
    )


def register() -> None:
    register_home_panel(
        HomePanel(
            name="due",
            title=gettext_lazy("Overdue and due today"),
            template="activities/home_due.html",
            body=due_activities,
            permission="activities.read_activity",
            position=20,
        )
    )
    register_home_panel(
        HomePanel(
            name="meetings",
            title=gettext_lazy("Meetings"),
            template="activities/home_meetings.html",
            body=meetings,
            permission="activities.read_activity",
            position=20,
            column="side",
        )
    )
