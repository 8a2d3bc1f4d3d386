"""Giving many records to somebody else, and having them back."""

import itertools
from collections.abc import Callable, Sequence
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
from crm.users.services.ownership import check_owner, give_records

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
        whose: Callable[[Any], tuple[int, int]] = lambda record: _key(known[record.pk])  # noqa: E731 - twice the same
        for (owner_id, team_id), group in itertools.groupby(sorted(standing, key=whose), whose):
            results |= self._back(list(group), owner_id, team_id)
        return results

    def _back(self, records: list[Any], owner_id: int, team_id: int) -> Results:
        """One group to one earlier owner; those that would still not be the actor's to give stay where they are."""
        owner: Any = User.objects.filter(pk=owner_id).first() if owner_id else Team.objects.filter(pk=team_id).first()
        try:
            check_owner(owner, self.model)
        except Invalid as refused:
            return {record.pk: Result(Outcome.FAILED, refused.sentence) for record in records}
        keys, own = [record.pk for record in records], set(self._allowed_after(records, owner))
        self._give([record for record in records if record.pk in own], owner)
        return {key: Result(Outcome.DONE if key in own else Outcome.FORBIDDEN) for key in keys}

    def _allowed_after(self, records: list[Any], owner: Any) -> list[int]:
        """Which of them the actor may assign once they belong to that owner. Tried, and taken back."""
        rows: Any = self.model._default_manager.filter(pk__in=[record.pk for record in records])
        with transaction.atomic():
            give_records(self.model, records, owner)
            allowed = list(rows.for_action(self.actor, ASSIGN).values_list("pk", flat=True))
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


def _key(kept: Kept) -> tuple[int, int]:
    return (kept.before["owner_id"] or 0, kept.before["owner_team_id"] or 0)
