"""Giving many records to somebody else, and having them back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import history
from crm.core.access import ASSIGN
from crm.core.actions import get_action
from crm.core.errors import Invalid
from crm.data.acts.base import Kept, Outcome, Result, Results, SetAct, by_key
from crm.users.access import may, permission_name
from crm.users.models import OwnedModel, Team, User
from crm.users.services.notifications import tell_assigned
from crm.users.services.ownership import check_owner, give_each, give_records, write_owners

_COLUMNS = ("owner_id", "owner_team_id")


class AssignAct(SetAct):
    key, right, label = "assign", ASSIGN, gettext_lazy("Assign")
    model: type[OwnedModel]

    def form(self, data: Any = None) -> Any:
        asked: Any = get_action(self.model, "assign").form
        return asked(data, actor=self.actor, record=None)

    def summary(self, form: Any) -> str:
        owner = form.cleaned_data["owner"] or form.cleaned_data["owner_team"]
        return _("Assigned to %(owner)s") % {"owner": owner}

    def change(self, records: list[Any], form: Any, at: Any) -> Results:
        owner: User | Team = form.cleaned_data["owner"] or form.cleaned_data["owner_team"]
        check_owner(owner, self.model)
        new = {"owner_id": None, "owner_team_id": None, _column(owner): owner.pk}
        results: Results = {}
        for record in records:
            old = _of(record)
            results[record.pk] = Result(Outcome.SAME if old == new else Outcome.DONE, before=old, after=new)
        self._give([record for record in records if _of(record) != new], owner)
        return results

    def finish(self, keys: Sequence[int], form: Any, at: Any) -> None:
        owner = form.cleaned_data["owner"] or form.cleaned_data["owner_team"]
        # Of several the number is told; of one its name, which is read when it is shown.
        model: Any = self.model
        tell_assigned(records=[model(pk=key) for key in keys], owner=owner, actor=self.actor, at=at)

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        """To whoever had each of them. The right is asked of the record as it was: who gave it away may not see it."""
        known = by_key(kept)
        rows: Any = self.model._base_manager.filter(pk__in=list(known), deleted_at__isnull=True)
        records = list(rows.select_for_update(of=("self",)).order_by("pk"))
        standing = [record for record in records if _of(record) == known[record.pk].after]
        results: Results = {record.pk: Result(Outcome.MOVED_ON) for record in records}
        if not may(self.actor, permission_name(self.model, ASSIGN)):
            return {record.pk: Result(Outcome.FORBIDDEN) for record in records}
        owners, refused = self._earlier_owners([known[record.pk] for record in standing])
        results |= {key: Result(Outcome.FAILED, sentence) for key, sentence in refused.items()}
        allowed = self._allowed_after(owners)
        results |= {key: Result(Outcome.DONE if key in allowed else Outcome.FORBIDDEN) for key in owners}
        with history.action("record.assigned"):
            give_each(self.model, [record for record in standing if record.pk in allowed], owners)
        return results

    def _earlier_owners(self, kept: Sequence[Kept]) -> tuple[dict[int, User | Team], dict[int, str]]:
        """By the keys of the records: whose each was, and why one cannot be theirs any more."""
        users = User.objects.in_bulk({one.before["owner_id"] for one in kept if one.before["owner_id"]})
        teams = Team.objects.in_bulk({one.before["owner_team_id"] for one in kept if one.before["owner_team_id"]})
        known: list[User | Team] = [*users.values(), *teams.values()]
        why = {one: self._obstacle(one) for one in known}
        owners, refused = dict[int, User | Team](), dict[int, str]()
        for one in kept:
            owner = users.get(one.before["owner_id"]) or teams.get(one.before["owner_team_id"])
            obstacle = why[owner] if owner is not None else _("Its earlier owner is gone.")
            if owner is None or obstacle:
                refused[one.record_id] = obstacle
            else:
                owners[one.record_id] = owner
        return owners, refused

    def _obstacle(self, owner: User | Team) -> str:
        try:
            check_owner(owner, self.model)
        except Invalid as refused:
            return refused.sentence
        return ""

    def _allowed_after(self, owners: Mapping[int, User | Team]) -> set[int]:
        """Which of them the actor may assign once they are back; those that they may not give stay where they are.

        Tried, and taken back.
        """
        rows: Any = self.model._default_manager.filter(pk__in=list(owners))
        with transaction.atomic():
            write_owners(self.model, owners)
            allowed = set(rows.for_action(self.actor, ASSIGN).values_list("pk", flat=True))
            transaction.set_rollback(True)
        return allowed

    def _give(self, records: list[Any], owner: Any) -> None:
        if records:
            with history.action("record.assigned"):
                give_records(self.model, records, owner)


def _of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _COLUMNS}


def _column(owner: User | Team) -> str:
    return "owner_team_id" if isinstance(owner, Team) else "owner_id"
