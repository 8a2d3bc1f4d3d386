"""Connecting two records, and what a place in the sales team opens to a person."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import SHARE, WRITE, check_locked, find_for, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid, NotFound
from crm.core.transactions import service
from crm.core.values import refuse_closed, save, set_values
from crm.customers.connecting import Side, side_of
from crm.customers.models import Connection, ConnectionRole
from crm.users.models import OwnedModel, Share, User
from crm.users.services.receivers import check_person
from crm.users.services.sharing import share_record

DETAILS = ("starts_on", "ends_on", "description")
_AT_FIELDS = {
    "connection_once": "role",
    "connection_ends_after_it_starts": "ends_on",
    "connection_in_order_and_not_with_itself": "name",
}


@service("connection.added")
def add_connection(
    *,
    model: type[OwnedModel],
    record_id: int,
    other: models.Model,
    role: ConnectionRole | None,
    own_role: ConnectionRole | None,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Connection:
    """Connect the record, which the actor may change, with another that they see.

    `role` is that of the other one; where only one role is given, its reciprocal is the other. Somebody who joins
    the sales team of an opportunity gets it shared.
    """
    record = _locked(model, record_id, actor)
    _check_other(record, other, actor)
    roles = _completed(role, own_role)
    _check_roles(record, type(other), *roles)
    connection = Connection()
    _place(connection, record, other, *roles)
    _refuse_twice_in_team(connection, record, other, roles)
    set_values(connection, values, DETAILS)
    _open_to_team(connection, record, other, role=roles[0], actor=actor, at=at)
    save(connection, fields=_AT_FIELDS)
    return connection


@service("connection.changed")
def update_connection(
    *,
    model: type[OwnedModel],
    record_id: int,
    connection_id: int,
    role: ConnectionRole | None,
    own_role: ConnectionRole | None,
    values: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Connection:
    """Other roles and details; the two records stay. What a role gave goes with it."""
    record = _locked(model, record_id, actor)
    side, other = _side(record, connection_id, actor)
    connection, roles = side.connection, _completed(role, own_role)
    kept = {side.role, side.own_role}
    _check_roles(record, side.model, *roles, kept=kept)
    set_values(connection, values, DETAILS)
    if _is_team(record, other, side.role) != _is_team(record, other, roles[0]):
        _close_to_team(connection, record, actor)
        _refuse_twice_in_team(connection, record, other, roles)
        _open_to_team(connection, record, other, role=roles[0], actor=actor, at=at)
    _place(connection, record, other, *roles)
    save(connection, fields=_AT_FIELDS)
    return connection


@service("connection.removed")
def remove_connection(
    *, model: type[OwnedModel], record_id: int, connection_id: int, actor: Actor, at: dt.datetime
) -> None:
    """Takes back what a place in the sales team gave, unless somebody has shared the record anew since."""
    record = _locked(model, record_id, actor)
    side, _other = _side(record, connection_id, actor)
    _close_to_team(side.connection, record, actor)
    side.connection.delete()


@service("connections.moved")
def move_connections(*, model: type[OwnedModel], from_id: int, to_id: int, actor: Actor, at: dt.datetime) -> int:
    """What one record was connected with, the other is; gives how many came along.

    For records that become one: what would connect the record with itself, or say the same twice, goes.
    """
    locked = {pk: lock_for(model, pk, actor, WRITE) for pk in sorted({from_id, to_id})}
    old, new = locked[from_id], locked[to_id]
    moved = 0
    for connection in Connection.objects.of_record(old).select_for_update(of=("self",)).order_by("pk"):
        side = side_of(connection, old)
        if (side.model, side.pk) == (model, to_id):
            connection.delete()
            continue
        _place(connection, new, side, side.role, side.own_role)
        if Connection.objects.filter(**_spelling(connection)).exclude(pk=connection.pk).exists():
            connection.delete()
            continue
        connection.save()
        moved += 1
    return moved


def _locked(model: type[OwnedModel], record_id: int, actor: Actor) -> Any:
    record: Any = lock_for(model, record_id, actor, WRITE)
    refuse_closed(record, ("inactive",))
    return record


def _check_other(record: Any, other: Any, actor: Actor) -> None:
    if type(other) is type(record) and other.pk == record.pk:
        raise Invalid(_("A record is not connected with itself. Choose another one."), field="name")
    if isinstance(other, User):
        is_open = other.is_active
    else:
        is_open = getattr(find_for(type(other), other.pk, actor), "state", "") != "inactive"
    if not is_open:
        raise Invalid(_("“%(name)s” is not active. Choose another one.") % {"name": other}, field="name")


def _completed(
    role: ConnectionRole | None, own_role: ConnectionRole | None
) -> tuple[ConnectionRole | None, ConnectionRole | None]:
    """The role of the other record and that of this one, each found from the reciprocal of the other."""
    if role is None and own_role is None:
        raise Invalid(_("Choose a role for one of the two at least."), field="role")
    if own_role is None and role is not None:
        own_role = role.reciprocal
    elif role is None and own_role is not None:
        role = own_role.reciprocal
    for one, other, field in ((role, own_role, "own_role"), (own_role, role, "role")):
        if one is not None and one.reciprocal_id and one.reciprocal_id != getattr(other, "pk", None):
            sentence = _("Opposite of “%(role)s” stands “%(other)s”.")
            raise Invalid(sentence % {"role": one, "other": one.reciprocal}, field=field)
    return role, own_role


def _check_roles(
    record: models.Model,
    other: type[models.Model],
    role: ConnectionRole | None,
    own_role: ConnectionRole | None,
    *,
    kept: Collection[ConnectionRole | None] = (),
) -> None:
    for one, model, field in ((role, other, "role"), (own_role, type(record), "own_role")):
        if one is None:
            continue
        if not one.suits(model):
            told = {"role": one, "noun": model._meta.verbose_name}
            raise Invalid(_("“%(role)s” is no role for a record of this kind: %(noun)s.") % told, field=field)
        if not one.is_active and one not in kept:
            raise Invalid(_("“%(role)s” is no longer given. Choose another role.") % {"role": one}, field=field)


def _place(
    connection: Connection,
    record: models.Model,
    other: "models.Model | Side",
    role: ConnectionRole | None,
    own_role: ConnectionRole | None,
) -> None:
    """Both ends in their order."""
    other_model = other.model if isinstance(other, Side) else type(other)
    this = (ContentType.objects.get_for_model(record).pk, record.pk, own_role)
    that = (ContentType.objects.get_for_model(other_model).pk, other.pk, role)
    first, second = sorted((this, that), key=lambda end: (end[0], end[1]))
    connection.a_type_id, connection.a_id, connection.a_role = first
    connection.b_type_id, connection.b_id, connection.b_role = second


def _spelling(connection: Connection) -> dict[str, Any]:
    names = ("a_type_id", "a_id", "b_type_id", "b_id", "a_role_id", "b_role_id")
    return {name: getattr(connection, name) for name in names}


def _side(record: models.Model, connection_id: int, actor: Actor) -> tuple[Side, models.Model]:
    """The connection and its other end, which is hidden together with it."""
    rows = Connection.objects.of_record(record).select_for_update(of=("self",))
    connection = rows.select_related("a_role", "b_role").filter(pk=connection_id).first()
    if connection is None:
        raise NotFound(_("This is not there any more."))
    side = side_of(connection, record)
    if side.model is User:
        return side, User.objects.get(pk=side.pk)
    return side, find_for(side.model, side.pk, actor)


def _is_team(record: models.Model, other: models.Model, role: ConnectionRole | None) -> bool:
    in_team = role is not None and role.category == ConnectionRole.Category.SALES_TEAM
    return in_team and isinstance(other, User) and record._meta.model_name == "opportunity"


def _refuse_twice_in_team(
    connection: Connection,
    record: models.Model,
    other: models.Model,
    roles: tuple[ConnectionRole | None, ConnectionRole | None],
) -> None:
    if not _is_team(record, other, roles[0]):
        return
    kind = ContentType.objects.get_for_model(User).pk
    for row in Connection.objects.of_record(record).of(User, other.pk).exclude(pk=connection.pk):
        role = row.a_role if row.a_type_id == kind else row.b_role
        if _is_team(record, other, role):
            raise Invalid(_("%(person)s is in the sales team already.") % {"person": other}, field="name")


def _open_to_team(
    connection: Connection,
    record: Any,
    other: Any,
    *,
    role: ConnectionRole | None,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Share the opportunity, to be changed, with whoever joins its team, unless they may change it already."""
    if not _is_team(record, other, role):
        return
    check_locked(record, actor, SHARE)
    if record.owner_id == other.pk:
        return
    check_person(other, type(record), field="name")
    share = Share.objects.for_record(record).filter(user=other).select_for_update(of=("self",)).first()
    if share is None:
        connection.share = share_record(
            model=type(record), record_id=record.pk, receiver=other, flags={"may_write"}, actor=actor, at=at
        )
        connection.gave, connection.gave_at = Connection.Gave.SHARE, at
    elif not share.may_write:
        share.may_write = True
        share.save(update_fields=["may_write"])
        connection.share, connection.gave, connection.gave_at = share, Connection.Gave.CHANGE, at


def _close_to_team(connection: Connection, record: Any, actor: Actor) -> None:
    """Only what this connection gave: a share that somebody has set since is theirs."""
    if not connection.gave:
        return
    check_locked(record, actor, SHARE)
    rows = Share.objects.for_record(record).filter(shared_at__lte=connection.gave_at)
    share = rows.filter(pk=connection.share_id or 0).select_for_update(of=("self",)).first()
    given, connection.gave = connection.gave, Connection.Gave.NOTHING
    connection.share = connection.gave_at = None
    if share is not None and given == Connection.Gave.SHARE:
        share.delete()
    elif share is not None:
        share.may_write = False
        share.save(update_fields=["may_write"])
