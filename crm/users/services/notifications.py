"""Telling a person something inside the product, and what they do with it."""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.core.actors import Actor
from crm.core.addresses import screen_url
from crm.core.errors import NotFound
from crm.core.models import Job
from crm.core.transactions import service
from crm.users.models import MutedKind, Notification, NotificationKind, User

# Logins are made of these signs; an e-mail address mentions nobody.
_MENTION = re.compile(r"(?<![\w.@+-])@([\w.@+-]{1,150})")
_MOST_MENTIONED = 20
#: What was read is of no use after this long, and what nobody looked at in three months neither.
KEPT_READ, KEPT_UNREAD = dt.timedelta(days=30), dt.timedelta(days=90)


def notify(
    *,
    person_id: int,
    text: str,
    url: str,
    kind: str,
    at: dt.datetime,
    words: Mapping[str, str | int] | None = None,
    about: models.Model | type[models.Model] | None = None,
) -> None:
    """Tell an active person, unless they do not want this kind. Called inside the transaction of what it tells of.

    `text` is a sentence as it was translated already, or marked with `gettext_noop` and then translated when it is
    read. `words` fill its `%(…)s`. With a record in `about` its name fills `%(record)s` for as long as the person
    may see it, and it is its page that the notification leads to; with a table its plural fills `%(nouns)s`.
    """
    if not User.objects.filter(pk=person_id, is_active=True).exclude(muted_kinds__kind=kind).exists():
        return
    Notification.objects.create(
        person_id=person_id,
        kind=NotificationKind(kind),
        text=text,
        words=dict(words or {}),
        content_type=ContentType.objects.get_for_model(about) if about is not None else None,
        object_id=about.pk if isinstance(about, models.Model) else None,
        url=url,
        at=at,
    )


def tell_assigned(*, records: Sequence[models.Model], owner: Any, actor: Actor, at: dt.datetime) -> None:
    """One notification to the new owner, however many records of one table it is about; none to oneself or a team."""
    if not records or not isinstance(owner, User) or owner.pk == actor.pk:
        return
    one, model = len(records) == 1, type(records[0])
    notify(
        person_id=owner.pk,
        kind=NotificationKind.ASSIGNED,
        text=gettext_noop("%(who)s assigned %(record)s to you")
        if one
        else gettext_noop("%(who)s assigned %(count)s %(nouns)s to you"),
        words={"who": str(actor), "count": len(records)},
        about=records[0] if one else model,
        url="" if one else screen_url(model, "list"),
        at=at,
    )


def tell_shared(*, record: models.Model, receiver: Any, actor: Actor, at: dt.datetime) -> None:
    """To a person; the members of a team are not told one by one."""
    if isinstance(receiver, User) and receiver.pk != actor.pk:
        notify(
            person_id=receiver.pk,
            kind=NotificationKind.SHARED,
            text=gettext_noop("%(who)s shared %(record)s with you"),
            words={"who": str(actor)},
            about=record,
            url="",
            at=at,
        )


def tell_mentioned(*, text: str, about: models.Model, actor: Actor, at: dt.datetime) -> None:
    """Those whom a text names as `@login`, in any case, once each; nobody mentions themselves."""
    logins = list(dict.fromkeys(login.rstrip(".").lower() for login in _MENTION.findall(text)))[:_MOST_MENTIONED]
    if not logins:
        return
    people = User.objects.alias(folded=Lower("username")).filter(folded__in=logins).exclude(pk=actor.pk)
    for person in people.order_by("pk"):
        notify(
            person_id=person.pk,
            kind=NotificationKind.MENTION,
            text=gettext_noop("%(who)s mentions you in a note on %(record)s"),
            words={"who": str(actor)},
            about=about,
            url="",
            at=at,
        )


def tell_once(
    *, person_id: int, kind: str, text: str, words: Mapping[str, str | int], about: models.Model, at: dt.datetime
) -> None:
    """As `notify` about a record, unless the person has not read yet what they were told of it in this kind."""
    waiting = Notification.objects.filter(
        person=person_id,
        kind=kind,
        content_type=ContentType.objects.get_for_model(about),
        object_id=about.pk,
        read_at__isnull=True,
    )
    if not waiting.exists():
        notify(person_id=person_id, kind=kind, text=text, words=words, about=about, url="", at=at)


def tell_of_job(job: Job) -> None:
    """A job that ended, to the person for whom it ran: the payload names `person_id`, `title` and `url`."""
    if "person_id" not in job.payload:
        return
    done = job.state == Job.State.DONE
    notify(
        person_id=job.payload["person_id"],
        kind=NotificationKind.JOB,
        text=gettext_noop("%(title)s: done") if done else gettext_noop("%(title)s: this did not work"),
        words={"title": job.payload["title"]},
        url=job.payload["url"],
        at=job.finished_at or job.created_at,
    )


@service("notification.read")
def read_notification(*, notification_id: int, actor: User, at: dt.datetime) -> None:
    """Marks one's own as read; the first time counts."""
    mine = Notification.objects.filter(pk=notification_id, person=actor)
    if not mine.exists():
        raise NotFound(_("There is no such notification."))
    mine.filter(read_at__isnull=True).update(read_at=at)


@service("notifications.read")
def read_all_notifications(*, actor: User, at: dt.datetime) -> int:
    """Gives how many there were."""
    return Notification.objects.filter(person=actor, read_at__isnull=True).update(read_at=at)


@service("notifications.chosen")
def choose_notifications(*, kinds: Collection[str], actor: User, at: dt.datetime) -> None:
    """From now on the person is told of these kinds alone."""
    MutedKind.objects.filter(person=actor).delete()
    muted = [kind for kind in NotificationKind if kind not in kinds]
    MutedKind.objects.bulk_create(MutedKind(person=actor, kind=kind) for kind in muted)


def forget_old_notifications(now: dt.datetime) -> int:
    """Gives the number of forgotten ones."""
    read = Notification.objects.filter(read_at__lt=now - KEPT_READ)
    return read.delete()[0] + Notification.objects.filter(at__lt=now - KEPT_UNREAD).delete()[0]
