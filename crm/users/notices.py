"""Notifications as their person reads them: unread ones first, with the names that the person may still see."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.core.access import Branch, Link, Pair, visible_names
from crm.core.keyset import PAGE_SIZE, Page, keyset_page
from crm.users.models import Notification, NotificationKind, User

IN_PANEL = 8
_FIELDS = ("pk", "kind", "text", "words", "content_type_id", "object_id", "url", "at", "read_at")
_NEWEST_FIRST = "-pk"
_ICONS = {
    NotificationKind.ASSIGNED: "user-plus",
    NotificationKind.SHARED: "users",
    NotificationKind.JOB: "hourglass",
    NotificationKind.MENTION: "at",
    NotificationKind.TOUCH: "forms",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification. `url` is empty where there is nothing to open any more."""

    text: str
    url: str
    icon: str
    at: dt.datetime
    is_unread: bool
    read_url: str


@dataclass(frozen=True, slots=True)
class Notices:
    """Newest first; `older` is the query of the next page, or empty. `bad_token` as in `Page`."""

    unread: list[Notice]
    earlier: list[Notice]
    older: str = ""
    bad_token: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of `_FIELDS`."""

    pk: int
    kind: str
    text: str
    words: Mapping[str, Any]
    content_type_id: int | None
    object_id: int | None
    url: str
    at: dt.datetime
    read_at: dt.datetime | None

    @property
    def model(self) -> Any:
        """None where the table is not one of ours any more."""
        return ContentType.objects.get_for_id(self.content_type_id).model_class() if self.content_type_id else None

    @property
    def pair(self) -> Pair | None:
        return (self.model, self.object_id) if self.object_id and self.model else None


def notices_of(person: User, parameters: Mapping[str, str], *, size: int = PAGE_SIZE) -> Notices:
    """`?after=` turns the pages of unread ones, `?earlier=` those of the others, which begin where the first end."""
    earlier = parameters.get("earlier")
    if earlier:
        page = _page(person, read=True, after=earlier, size=size)
        return Notices([], _told(page.rows, person), _query("earlier", page), page.bad_token)
    unread = _page(person, read=False, after=parameters.get("after"), size=size)
    if unread.following:
        return Notices(_told(unread.rows, person), [], _query("after", unread), unread.bad_token)
    read = _page(person, read=True, after=None, size=max(size - len(unread.rows), 1))
    told = _told([*unread.rows, *read.rows], person)
    new, old = told[: len(unread.rows)], told[len(unread.rows) :]
    return Notices(new, old, _query("earlier", read), unread.bad_token)


def _page(person: User, *, read: bool, after: str | None, size: int) -> Page:
    rows = Notification.objects.filter(person=person, read_at__isnull=not read)
    return keyset_page(rows, [Branch("own", Q())], _NEWEST_FIRST, fields=_FIELDS, after=after, size=size)


def _query(name: str, page: Page) -> str:
    return urlencode({name: page.following}) if page.following else ""


def _told(values: Sequence[tuple[Any, ...]], person: User) -> list[Notice]:
    rows = [_Row(*row) for row in values]
    names = visible_names(person, _pairs(rows))
    return [_notice(row, names) for row in rows]


def _pairs(rows: Iterable[_Row]) -> list[Pair]:
    return [pair for row in rows if (pair := row.pair) is not None]


def _notice(row: _Row, names: Mapping[Pair, Link]) -> Notice:
    link = names[row.pair] if row.pair else None
    words = {name: str(value) for name, value in row.words.items()}
    if link:
        words["record"] = link.label
    elif row.model:
        words["nouns"] = str(row.model._meta.verbose_name_plural)
    return Notice(
        text=_filled(row.text, words),
        url=link.url if link else row.url,
        icon=_ICONS[NotificationKind(row.kind)],
        at=row.at,
        is_unread=row.read_at is None,
        read_url=reverse("notification_read", args=[row.pk]),
    )


def _filled(text: str, words: Mapping[str, str]) -> str:
    """A sentence of a former version may ask for a word that is not there any more."""
    try:
        return _(text) % words if words else _(text)
    except (KeyError, ValueError, TypeError):
        return text
