"""Leads as bare rows, and rights by name: the screens are tested on a real table, not on its services."""

import itertools
from typing import Any

from crm.core.folding import fold
from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege, User, UserRole
from crm.users.services.ownership import owner_fields
from leads.models import Lead

_numbers = itertools.count(1)


def lead_row(owner: User, name: str = "Katrin Ostermann", **values: Any) -> Lead:
    """A new lead; `created_at` and everything else may be given."""
    fields = {"number": f"ROW-{next(_numbers)}", "topic": "Flow meters", "name": name, "sort_key": fold(name)}
    lead: Lead = Lead.objects.create(**{**fields, **owner_fields(owner), **values})
    lead.refresh_from_db()
    return lead


def grant(user: User, depth: Depth, *actions: str) -> None:
    """Exactly this depth of these rights on leads, through a role of the person's own, and no other right."""
    UserRole.objects.filter(user=user).delete()
    role, _is_new = Role.objects.get_or_create(name=f"Test role of {user.username}")
    role.privileges.all().delete()
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, permission=f"leads.{action}_lead", depth=depth) for action in actions
    )
    UserRole.objects.create(user=user, role=role)
    user.__dict__.pop("_reach", None)
