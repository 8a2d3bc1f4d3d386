"""The one place where the rule lies who may see and do what. Rights add up; nothing denies.

The rule is a set of branches, each answered by one index: own, each of my teams, each visible unit, the
records of those who report to me, shared with me, all. As one predicate it serves single rows, locks, choice
fields and counts; `crm.core.keyset` reads lists branch by branch.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from crm.core.access import READ, Branch
from crm.core.models import BinQuerySet
from crm.users.depth import Depth
from crm.users.reach import Reach, reach_of

_NOTHING = Branch("nothing", Q(pk__in=()))
_ALL = Branch("all", Q())
# What a branch compares with a single value.
_COLUMNS = frozenset({"owner_id", "owner_team_id", "owning_unit_id"})
# A share says what it allows; every act on a record is one of these or a change of it.
SHARE_FLAGS = {"delete": "may_delete", "assign": "may_assign", "share": "may_share"}

_MOST_KEPT = 1024


def may(actor: Any, permission: str) -> bool:
    """Has the actor this permission at any depth? For menus, buttons and creating."""
    if getattr(actor, "actor_kind", "") not in {"user", ""}:
        return True
    reach = reach_of(actor)
    return reach is not None and _depth(reach, permission) > Depth.NONE


def _depth(reach: Reach, permission: str) -> int:
    return Depth.ALL if reach.is_administrator else reach.depths.get(permission, Depth.NONE)


def permission_name(model: type[models.Model], action: str) -> str:
    """`leads.qualify_lead`: the name under which roles grant the action."""
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


def branches_for(model: type[models.Model], actor: Any, action: str) -> list[Branch]:
    """Why rows of an owned table are within the actor's reach; `[nothing]` when they are not."""
    if getattr(actor, "actor_kind", "") not in {"user", ""}:
        return [_ALL]
    reach = reach_of(actor) if actor is not None else None
    depth = _depth(reach, permission_name(model, action)) if reach else Depth.NONE
    if reach is None or depth == Depth.NONE:
        return [_NOTHING]
    if depth == Depth.ALL:
        return [_ALL]
    units = {Depth.UNIT: (reach.unit_id,), Depth.UNIT_AND_BELOW: reach.unit_ids}.get(Depth(depth), ())
    shares = _Shares(model, ContentType.objects.get_for_model(model).pk, reach.user_id, reach.team_ids, action)
    return [*_branches(shares, tuple(units), _reports(reach, action))]


@dataclass(frozen=True, slots=True)
class _Shares:
    """The shares of rows of one table that let this person do one thing."""

    model: type[models.Model]
    type_id: int
    user_id: int
    team_ids: tuple[int, ...]
    action: str

    def condition(self) -> Q:
        shares: models.QuerySet[Any] = self.model._meta.apps.get_model("users", "Share")._default_manager.filter(
            Q(user_id=self.user_id) | Q(team_id__in=self.team_ids), content_type_id=self.type_id
        )
        if self.action != READ:
            shares = shares.filter(**{SHARE_FLAGS.get(self.action, "may_write"): True})
        # The few shares say which rows, instead of every row being asked for its shares.
        return Q(pk__in=shares.values("object_id"))


@lru_cache(_MOST_KEPT)
def _branches(shares: _Shares, units: tuple[int, ...], reports: tuple[int, ...]) -> tuple[Branch, ...]:
    """Made once for all requests to which the same is within reach: a page asks a dozen times."""
    return (
        Branch("own", Q(owner_id=shares.user_id)),
        *(Branch(f"team {team}", Q(owner_team_id=team)) for team in shares.team_ids),
        *(Branch(f"unit {unit}", Q(owning_unit_id=unit)) for unit in units),
        *(Branch(f"report {report}", Q(owner_id=report)) for report in reports),
        Branch("shared", shares.condition()),
    )


def _reports(reach: Reach, action: str) -> tuple[int, ...]:
    """A manager reads what all reports own, and changes what the direct ones own if the organisation says so.

    Deleting, assigning and sharing stay with those who hold the right by their role.
    """
    if action == READ:
        return reach.report_ids
    return reach.direct_report_ids if reach.managers_may_write and action not in SHARE_FLAGS else ()


def predicate(branches: list[Branch]) -> Q:
    """Any of the branches. Those that compare one column become one list, however many reports or units there are."""
    condition = Q()
    alike: dict[str, list[Any]] = {}
    for branch in branches:
        if not branch.condition:
            return Q()
        child = branch.condition.children[0]
        if isinstance(child, tuple) and child[0] in _COLUMNS:
            alike.setdefault(child[0], []).append(child[1])
        else:
            condition |= branch.condition
    for column, values in alike.items():
        condition |= Q(**{f"{column}__in": values})
    return condition


class OwnedQuerySet[M: models.Model](BinQuerySet[M]):
    """Rows with an owner. `visible_to` and `for_action` are the only doors."""

    def visible_to(self, actor: Any) -> Self:
        return self.for_action(actor, READ)

    def for_action(self, actor: Any, action: str) -> Self:
        """Visible rows with which the actor may do `action` ("write", "qualify", …)."""
        found = self.filter(predicate(self.branches(actor, READ)))
        return found if action == READ else found.filter(predicate(self.branches(actor, action)))

    def branches(self, actor: Any, action: str = READ) -> list[Branch]:
        return branches_for(self.model, actor, action)

    def owned_by(self, user: Any) -> Self:
        return self.filter(owner=user)


class OrganisationQuerySet[M: models.Model](BinQuerySet[M]):
    """Rows of the organisation: all or nothing, by privilege."""

    def visible_to(self, actor: Any) -> Self:
        return self.for_action(actor, READ)

    def for_action(self, actor: Any, action: str) -> Self:
        allowed = may(actor, permission_name(self.model, READ)) and may(actor, permission_name(self.model, action))
        return self.all() if allowed else self.none()

    def branches(self, actor: Any, action: str = READ) -> list[Branch]:
        return [_ALL] if may(actor, permission_name(self.model, action)) else [_NOTHING]
