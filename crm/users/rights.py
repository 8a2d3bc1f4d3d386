"""Which rights exist, and which of them the shipped roles hold. Each app declares those of its own tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege

SALESPERSON = "Salesperson"
SALES_MANAGER = "Sales manager"
MARKETING = "Marketing"
FINANCE = "Finance"
ADMINISTRATOR = "Administrator"
READ_ONLY = "Read-only"
ROLES = (SALESPERSON, SALES_MANAGER, MARKETING, FINANCE, ADMINISTRATOR, READ_ONLY)


@dataclass(frozen=True, slots=True)
class Right:
    """`permission` ("leads.qualify_lead") and the depth at which each shipped role holds it."""

    permission: str
    depths: Mapping[str, Depth]


_rights: dict[str, Right] = {}


def declare(table: str, actions: Iterable[str], depths: Mapping[str, Depth]) -> None:
    """`declare("leads.lead", ["read", "write"], {SALESPERSON: Depth.OWN})`. Administrators hold everything."""
    app, model = table.split(".")
    for action in actions:
        permission = f"{app}.{action}_{model}"
        _rights[permission] = Right(permission, {**depths, ADMINISTRATOR: Depth.ALL})


def declare_named(permission: str, depths: Mapping[str, Depth]) -> None:
    """A right that belongs to no single table: `sales.override_price`, `data.export`."""
    _rights[permission] = Right(permission, {**depths, ADMINISTRATOR: Depth.ALL})


def known_permissions() -> list[str]:
    return sorted(_rights)


def known_rights() -> list[Right]:
    return [_rights[permission] for permission in known_permissions()]


def lay_roles() -> None:
    """Make the shipped roles that are missing, and give them the rights that are new since the last start.

    A right is new when the role Administrator, which is given all, does not hold it yet; whatever else an
    administrator changed in a role stays as it is.
    """
    old = set(RolePrivilege.objects.filter(role__name=ADMINISTRATOR).values_list("permission", flat=True))
    for name in ROLES:
        role, is_new = Role.objects.get_or_create(name=name)
        RolePrivilege.objects.bulk_create(
            (
                RolePrivilege(role=role, permission=right.permission, depth=right.depths[name])
                for right in known_rights()
                if right.depths.get(name, Depth.NONE) > Depth.NONE and (is_new or right.permission not in old)
            ),
            ignore_conflicts=True,
        )
