"""Opening one record to one person or team, never beyond the sharer's own rights on it."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import SHARE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Forbidden, Invalid, NotFound
from crm.core.transactions import service
from crm.users.models import OwnedModel, Share, Team, User
from crm.users.services.notifications import tell_shared
from crm.users.services.receivers import check_person

#: What a share may allow beside reading: the column, and the act that the sharer must be allowed.
FLAGS = {"may_write": "write", "may_delete": "delete", "may_assign": "assign", "may_share": "share"}


@service("record.shared")
def share_record(
    *,
    model: type[OwnedModel],
    record_id: int,
    receiver: User | Team,
    flags: Collection[str],
    actor: Actor,
    at: dt.datetime,
) -> Share:
    """Let the receiver read the record, and do what `flags` say; sharing again replaces what was shared before.

    A flag that the actor could not have given stays as somebody else has set it.
    """
    record = lock_for(model, record_id, actor, SHARE)
    _check_receiver(record, receiver)
    own = own_flags(record, actor)
    if beyond := set(flags) - own:
        raise Forbidden(
            _("You may not do this with the record yourself, so you cannot allow it: %(acts)s.")
            % {"acts": ", ".join(sorted(FLAGS.get(flag, flag) for flag in beyond))}
        )
    who = {"team": receiver} if isinstance(receiver, Team) else {"user": receiver}
    share = Share.objects.for_record(record).filter(**who).first() or Share(record=record, **who)
    for flag in own:
        setattr(share, flag, flag in flags)
    share.shared_at = at
    share.shared_by = actor if isinstance(actor, User) else None
    is_news = share.pk is None
    share.save()
    if is_news:
        tell_shared(record=record, receiver=receiver, actor=actor, at=at)
    return share


@service("record.unshared")
def stop_sharing(*, model: type[OwnedModel], record_id: int, share_id: int, actor: Actor, at: dt.datetime) -> None:
    """Nothing happens to a share that has gone already."""
    record = lock_for(model, record_id, actor, SHARE)
    Share.objects.for_record(record).filter(pk=share_id).delete()


def find_share(record: models.Model, share_id: int) -> Share:
    share = Share.objects.for_record(record).select_related("user", "team").filter(pk=share_id).first()
    if share is None:
        raise NotFound(_("This record is not shared that way any more."))
    return share


def own_flags(record: models.Model, actor: Any) -> set[str]:
    """The flags whose acts the actor may do with this record."""
    rows: Any = type(record)._default_manager
    return {flag for flag, act in FLAGS.items() if rows.for_action(actor, act).filter(pk=record.pk).exists()}


def _check_receiver(record: OwnedModel, receiver: User | Team) -> None:
    if isinstance(receiver, Team):
        if record.owner_team_id == receiver.pk:
            raise Invalid(_("This team owns the record already."), field="team")
        return
    if record.owner_id == receiver.pk:
        raise Invalid(_("This person owns the record already."), field="user")
    check_person(receiver, type(record), field="user")
