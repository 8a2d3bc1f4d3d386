"""What a timeline shows: activities and moments in the order of time, in words, under their days."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.due import due_html
from activities.kinds import Kind
from activities.models import Activity, Attachment
from activities.moments import Moment
from activities.states import LIVE
from activities.timeline import Entry
from activities.words import deed_of, icon_of
from crm.core import format as shown
from crm.core.addresses import screen_url
from crm.core.idempotency import new_key


@dataclass(frozen=True, slots=True)
class Item:
    """One activity as the template shows it. `done_url` completes it with one POST."""

    entry: Entry
    done_url: str = ""
    done_key: str = ""

    @property
    def activity(self) -> Activity:
        return self.entry.activity

    @property
    def at(self) -> dt.datetime:
        return self.entry.at

    @property
    def icon(self) -> str:
        return "pin" if self.entry.is_pinned else icon_of(self.activity.kind)

    @property
    def day(self) -> str:
        return shown.short_day(timezone.localtime(self.at).date(), timezone.localdate())

    @property
    def url(self) -> str:
        return screen_url(Activity, "detail", self.activity.pk)

    @property
    def deed(self) -> str:
        return deed_of(self.activity)

    @property
    def due(self) -> SafeString:
        return due_html(self.activity.due_at, timezone.now())

    @property
    def is_change(self) -> bool:
        return bool(self.activity.kind == Kind.CLOSE)

    @property
    def subject(self) -> str:
        """Empty where the text begins with it, as that of a note does."""
        text, subject = self.activity.description, self.activity.subject
        return "" if text and text.lstrip().startswith(subject.removesuffix("…")) else subject

    @property
    def files(self) -> Sequence[tuple[Attachment, str]]:
        return [(file, screen_url(Activity, "file", file.activity_id, file.pk)) for file in self.entry.files]


@dataclass(frozen=True, slots=True)
class Day:
    """The items and moments of one day, newest first."""

    label: str
    things: list[Item | Moment]


def item_of(entry: Entry) -> Item:
    if not (entry.may_write and entry.activity.state in LIVE):
        return Item(entry)
    return Item(entry, screen_url(Activity, "complete", entry.activity.pk), new_key())


def days_of(items: Iterable[Item], moments: Iterable[Moment]) -> list[Day]:
    things: list[Item | Moment] = [*items, *moments]
    things.sort(key=lambda thing: thing.at, reverse=True)
    today = timezone.localdate()
    days: list[Day] = []
    for thing in things:
        label = day_label(timezone.localtime(thing.at).date(), today)
        if not days or days[-1].label != label:
            days.append(Day(label, []))
        days[-1].things.append(thing)
    return days


def day_label(day: dt.date, today: dt.date) -> str:
    """`Today`, `Yesterday, 16 Nov`, else the day."""
    words = {0: _("Today"), 1: _("Yesterday"), -1: _("Tomorrow")}.get((today - day).days)
    date = shown.short_day(day, today)
    return f"{words}, {date}" if words else date
