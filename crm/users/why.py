"""Why a person may see a record, and what they may do with it: the rule of `crm.users.access` in sentences.

Whatever filters the rows is asked which of its branches the row fulfils, so that no explanation can differ from what
happens. A page pays for it only when somebody asks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.access import READ, Branch
from crm.core.actions import actions_for
from crm.core.panels import Panel, register_for_all
from crm.users.access import SHARE_FLAGS, permission_name
from crm.users.depth import Depth
from crm.users.models import OrganisationModel, OwnedModel, RolePrivilege, Share
from crm.users.reach import Reach, reach_of
from crm.users.rights import known_permissions

#: Acts that every record knows, and what they are called.
COMMON_ACTS: Mapping[str, str | Promise] = {
    "write": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
    "assign": gettext_lazy("Assign"),
    "share": gettext_lazy("Share"),
}
SHARED_FLAGS: Mapping[str, str | Promise] = {
    "may_write": gettext_lazy("change"),
    "may_delete": gettext_lazy("delete"),
    "may_assign": gettext_lazy("assign"),
    "may_share": gettext_lazy("share"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Acts that are allowed, or refused, for the same reasons."""

    acts: tuple[str, ...]
    allowed: bool
    reasons: tuple[str, ...]


def why_seen(record: models.Model, person: Any) -> list[str]:
    """The reasons in sentences why the person may read the record; none where they may not."""
    return list(_Asked(record, person, [READ]).reasons(READ))


def what_may_be_done(record: models.Model, person: Any) -> list[Answer]:
    """All acts that roles know on this table, grouped by their reasons; what is allowed comes first."""
    labels = _acts_on(type(record))
    return _answers(_Asked(record, person, list(labels)), labels)


def why_context(record: models.Model, person: Any) -> Mapping[str, Any]:
    labels = _acts_on(type(record))
    asked = _Asked(record, person, [READ, *labels])
    return {"reasons": list(asked.reasons(READ)), "answers": _answers(asked, labels)}


def _answers(asked: "_Asked", labels: Mapping[str, str]) -> list[Answer]:
    groups: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for act, label in labels.items():
        allowed = asked.is_allowed(act)
        reasons = tuple(asked.reasons(act)) if allowed else (asked.obstacle(act),)
        groups.setdefault((allowed, reasons), []).append(label)
    found = [Answer(tuple(acts), allowed, reasons) for (allowed, reasons), acts in groups.items()]
    return sorted(found, key=lambda answer: not answer.allowed)


def _acts_on(model: type[models.Model]) -> dict[str, str]:
    """Every act that a role may allow on one record of this table, and its name."""
    named = {action.right: str(action.label) for action in actions_for(model)}
    named |= {act: str(label) for act, label in COMMON_ACTS.items()}
    app, noun = model._meta.app_label, str(model._meta.model_name)
    known = {
        permission.removeprefix(f"{app}.").removesuffix(f"_{noun}")
        for permission in known_permissions()
        if permission.startswith(f"{app}.") and permission.endswith(f"_{noun}")
    } - {READ, "create"}
    ordered = [*(act for act in COMMON_ACTS if act in known), *sorted(known - set(COMMON_ACTS))]
    return {act: named.get(act) or act.replace("_", " ").capitalize() for act in ordered}


class _Asked:
    """The branches of several acts, of which the row itself has said which ones it fulfils. One query."""

    def __init__(self, record: models.Model, person: Any, acts: Sequence[str]) -> None:
        self.record: Any = record
        self.person = person
        self.model = type(record)
        self.reach: Reach | None = reach_of(person)
        rows: Any = self.model._default_manager.all()
        self.branches: dict[str, list[Branch]] = _fulfilled(rows, record.pk, person, acts)
        self._roles = _roles_of(self.reach, [permission_name(self.model, act) for act in acts])
        self._shares = self._read_shares()

    def is_allowed(self, act: str) -> bool:
        return bool(self.branches[act])

    def reasons(self, act: str) -> Iterator[str]:
        """In the order of the branches; the role comes last where it alone would not do."""
        if not self.branches[act]:
            return
        if self.reach is not None and self.reach.is_administrator:
            yield _("You are an administrator, who may do everything.")
            return
        by_role = False
        for branch in self.branches[act]:
            kind = branch.name.split(" ")[0]
            by_role = by_role or kind in {"all", "unit", "units"}
            yield from self._sentences(kind, act)
        if not by_role:
            yield self._by_role(act)

    def _sentences(self, kind: str, act: str) -> Iterable[str]:
        match kind:
            case "own":
                return [_("You own it.")]
            case "team" | "teams":
                return [_("Your team %(team)s owns it.") % {"team": self.record.owner_team}]
            case "unit" | "units":
                return [self._by_unit(act)]
            case "report" | "reports":
                return [self._by_report()]
            case "shared":
                return list(self._by_shares(act))
        return [self._by_all(act)]

    def _by_all(self, act: str) -> str:
        names = {"role": self._role(act), "nouns": self.model._meta.verbose_name_plural}
        if act == READ:
            return _("Your role %(role)s may read all %(nouns)s.") % names
        return _("Your role %(role)s may do this with all %(nouns)s.") % names

    def _by_role(self, act: str) -> str:
        names = {"role": self._role(act), "nouns": self.model._meta.verbose_name_plural}
        if act == READ:
            return _("Your role %(role)s lets you read such %(nouns)s.") % names
        return _("Your role %(role)s lets you do this with such %(nouns)s.") % names

    def _by_unit(self, act: str) -> str:
        """Deeper units are reached by fewer roles, so the sentence names the depth that was needed."""
        own = self.reach is not None and self.record.owning_unit_id == self.reach.unit_id
        names = {"unit": self.record.owning_unit, "role": self._role(act)}
        if own and act == READ:
            return _("It belongs to your unit %(unit)s, and your role %(role)s may read the whole unit.") % names
        if own:
            return _("It belongs to your unit %(unit)s, and your role %(role)s may do this in the whole unit.") % names
        if act == READ:
            return _("It belongs to %(unit)s below your unit, and your role %(role)s may read units below.") % names
        return _("It belongs to %(unit)s below your unit, and your role %(role)s may do this in units below.") % names

    def _by_report(self) -> str:
        owner = self.record.owner
        if self.reach is not None and self.record.owner_id in self.reach.direct_report_ids:
            return _("%(person)s, who owns it, reports to you.") % {"person": owner}
        return _("%(person)s, who owns it, reports to somebody who reports to you.") % {"person": owner}

    def _by_shares(self, act: str) -> Iterator[str]:
        flag = "" if act == READ else SHARE_FLAGS.get(act, "may_write")
        for share in self._shares:
            if not flag or getattr(share, flag):
                yield _told(share)

    def _read_shares(self) -> list[Share]:
        names = {branch.name for branches in self.branches.values() for branch in branches}
        if self.reach is None or "shared" not in names:
            return []
        mine = Q(user_id=self.reach.user_id) | Q(team_id__in=self.reach.team_ids)
        found = Share.objects.for_record(self.record).filter(mine)
        return list(found.select_related("team", "shared_by").order_by("pk"))

    # Roles

    def _role(self, act: str) -> str:
        """The role that gives the widest depth."""
        return self._roles.get(permission_name(self.model, act), (Depth.NONE, ""))[1]

    def obstacle(self, act: str) -> str:
        """Why the person may not do this with the record."""
        depth, role = self._roles.get(permission_name(self.model, act), (Depth.NONE, ""))
        match depth:
            case Depth.NONE:
                return _("None of your roles allows it.")
            case Depth.OWN:
                return _("Your role %(role)s allows it only with what you own or what is shared with you for it.") % {
                    "role": role
                }
            case Depth.UNIT:
                return _("Your role %(role)s allows it only in your own unit.") % {"role": role}
        return _("Your role %(role)s allows it only in your unit and those below.") % {"role": role}


def _fulfilled(rows: Any, pk: int, person: Any, acts: Sequence[str]) -> dict[str, list[Branch]]:
    """Of each act the branches whose condition the row fulfils; one query, and none where all is open or closed."""
    branches: dict[str, list[Branch]] = {act: list(rows.branches(person, act)) for act in acts}
    asked = {
        f"branch_{act}_{place}": branch.condition
        for act, ones in branches.items()
        for place, branch in enumerate(ones)
        if branch.condition
    }
    answers = {name: ExpressionWrapper(condition, output_field=BooleanField()) for name, condition in asked.items()}
    row: Mapping[str, Any] = (rows.filter(pk=pk).values(**answers).first() or {}) if answers else {}
    return {
        act: [branch for place, branch in enumerate(ones) if not branch.condition or row.get(f"branch_{act}_{place}")]
        for act, ones in branches.items()
    }


def _roles_of(reach: Reach | None, permissions: Sequence[str]) -> dict[str, tuple[Depth, str]]:
    """By permission the widest depth and the role that gives it, the first by name of several."""
    if reach is None or reach.is_administrator:
        return {}
    held = RolePrivilege.objects.filter(permission__in=permissions, role__user_roles__user=reach.user_id)
    found: dict[str, tuple[Depth, str]] = {}
    for permission, depth, role in held.order_by("-role__name").values_list("permission", "depth", "role__name"):
        if depth >= found.get(permission, (Depth.NONE, ""))[0]:
            found[permission] = (Depth(depth), role)
    return found


def _told(share: Share) -> str:
    """ "Pia shared it with you on 3 Nov 2026 (read, change)."."""
    flags = [_("read"), *(str(word) for flag, word in SHARED_FLAGS.items() if getattr(share, flag))]
    names = {
        "person": share.shared_by or "",
        "team": share.team or "",
        "day": shown.day(share.shared_at),
        "acts": ", ".join(flags),
    }
    if share.shared_by is None and share.team is None:
        return _("It was shared with you on %(day)s (%(acts)s).") % names
    if share.shared_by is None:
        return _("It was shared with your team %(team)s on %(day)s (%(acts)s).") % names
    if share.team is None:
        return _("%(person)s shared it with you on %(day)s (%(acts)s).") % names
    return _("%(person)s shared it with your team %(team)s on %(day)s (%(acts)s).") % names


WHY = Panel(
    name="why",
    title=gettext_lazy("Why can I see this?"),
    template="users/why.html",
    context=why_context,
    position=950,
    column="side",
    on_demand=True,
    shown=lambda record, _person: isinstance(record, (OwnedModel, OrganisationModel)),
)


def register() -> None:
    register_for_all(WHY)
