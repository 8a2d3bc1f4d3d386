"""How accounts and contacts are merged, and the connections of whatever is merged."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from crm.customers.models import Account, Connection, Contact
from crm.data.merge.moving import Moving
from crm.data.merge.registry import MergeNoun, register_merge, register_special, register_yield


def _obstacle(customer: Account | Contact) -> str:
    if customer.state == "active":
        return ""
    noun = customer._meta.verbose_name
    return _("This %(noun)s is inactive. Activate it before it is merged.") % {"noun": noun}


def move_connections(moving: Moving) -> None:
    """The ends of a pair stand in order, no record is connected with itself, and no pair twice in the same roles."""
    kind = ContentType.objects.get_for_model(moving.model).pk
    for loser in moving.loser_ids:
        for connection in Connection.objects.of(moving.model, loser).order_by("pk"):
            _move(moving, connection, (kind, loser), (kind, moving.master_id))


def _move(moving: Moving, connection: Connection, old: tuple[int, int], new: tuple[int, int]) -> None:
    ends = [
        (connection.a_type_id, connection.a_id, connection.a_role_id),
        (connection.b_type_id, connection.b_id, connection.b_role_id),
    ]
    a, b = sorted(
        ((*new, role) if (type_id, key) == old else (type_id, key, role) for type_id, key, role in ends),
        key=lambda end: end[:2],
    )
    values: dict[str, Any] = dict(zip(("a_type_id", "a_id", "a_role_id"), a, strict=True))
    values |= dict(zip(("b_type_id", "b_id", "b_role_id"), b, strict=True))
    if a[:2] == b[:2]:
        moving.drop(Connection, connection.pk, None)
        return
    there = Connection.objects.filter(
        **{name: value for name, value in values.items() if value is not None},
        **{f"{name.removesuffix('_id')}__isnull": True for name, value in values.items() if value is None},
    ).exclude(pk=connection.pk)
    kept = there.values_list("pk", flat=True).first()
    if kept is not None:
        moving.drop(Connection, connection.pk, kept)
    else:
        moving.change(Connection.objects.filter(pk=connection.pk), values)


def register() -> None:
    register_merge(MergeNoun(model=Account, settle=Account.set_keys, obstacle=_obstacle))
    register_merge(MergeNoun(model=Contact, settle=Contact.set_keys, obstacle=_obstacle))
    register_special(Connection, ["a_type", "b_type"], move_connections)
    for customer in ("account", "contact"):
        for use in ("bill_to", "ship_to"):
            # No address is lost: the one of the record that stays remains the default.
            register_yield(f"one_default_{use}_per_{customer}", {f"is_default_{use}": False})
