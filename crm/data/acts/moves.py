"""Moves of the state machine for many records, and deleting them: by the services of their table, one by one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import DELETE
from crm.core.actions import Action, actions_for
from crm.core.errors import Conflict, Refusal
from crm.core.screens.nouns import delete_view_of
from crm.core.states import StateModel
from crm.data.acts.base import Act, Kept, Outcome, Result, Results, RowAct, Values, attempt, refused_as


class MoveAct(RowAct):
    """An `Action` of the table, for each record as its button would do it."""

    def __init__(self, model: type[models.Model], actor: Any, action: Action) -> None:
        super().__init__(model, actor)
        self.action, self.right, self.label = action, action.right, action.label
        self.key = f"move-{action.name}"
        self.danger = action.danger  # type: ignore[misc]  # of this action

    def form(self, data: Any = None) -> Any:
        asked: Any = self.action.form
        return asked(data, actor=self.actor, record=None) if asked else super().form(data)

    def summary(self, form: Any) -> str:
        return str(self.action.label)

    def refusal(self, record: Any) -> str:
        return self.action.refusal(record) if record.pk else _state_refusal(self.action, record)

    def change(self, key: int, form: Any, at: Any) -> None:
        self.action.perform(key, form.cleaned_data, self.actor)

    def snapshot(self, record: Any) -> Values:
        return _state_of(record)

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        return {one.record_id: attempt(self.model, one.record_id, self._back(one), self.actor) for one in kept}

    def _back(self, kept: Kept) -> Callable[[Any], Result]:
        def change(record: Any) -> Result:
            if _state_of(record) != kept.after:
                return Result(Outcome.MOVED_ON)
            way = _way_back(record, kept.before["state"])
            if way is None:
                raise Conflict(_("There is no way back from this state."))
            if refusal := way.refusal(record):
                raise Conflict(refusal)
            way.perform(record.pk, {}, self.actor)
            now = self.model._base_manager.get(pk=record.pk)
            if _state_of(now)["state"] != kept.before["state"]:
                raise Conflict(_("There is no way back from this state."))
            return Result(Outcome.DONE, before=kept.after, after=_state_of(now))

        return change


class DeleteAct(Act):
    batch = 50
    key, right, label, danger = "delete", DELETE, gettext_lazy("Delete"), True

    def summary(self, form: Any) -> str:
        return _("Deleted")

    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        deleting = self._view()

        def change(record: Any) -> Result:
            deleting.remove(record.pk, self.actor, at)
            return Result(Outcome.DONE, before={"deleted_at": None}, after={"deleted_at": at.isoformat()})

        return {key: attempt(self.model, key, change, self.actor) for key in keys}

    def _view(self) -> Any:
        view: Any = delete_view_of(self.model)
        return view()

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        return {one.record_id: self._restored(one.record_id, at, done_at) for one in kept}

    def _restored(self, key: int, at: Any, done_at: Any) -> Result:
        try:
            back = self._view().undelete(key, done_at, self.actor, at)
        except Refusal as refused:
            return refused_as(refused)
        return Result(Outcome.DONE if back else Outcome.MOVED_ON)


def moves_of(model: type[models.Model]) -> list[Action]:
    """Those that ask nothing, or ask the same of every record, and make no other record."""
    usual = Action.__dataclass_fields__["template"].default
    return [
        action
        for action in actions_for(model)
        if action.move
        and action.creates is None
        and (action.many or (action.form is None and action.template == usual))
    ]


def _state_of(record: Any) -> dict[str, Any]:
    return {"state": record.state, "status_reason": record.status_reason}


def _state_refusal(action: Action, record: Any) -> str:
    """What the machine alone says, of a record that has nothing but a state."""
    if isinstance(record, StateModel) and not record.machine.can(action.move, record):
        return record.machine.refusal(record, action.move)
    return ""


def _way_back(record: Any, state: str) -> Action | None:
    """An act without questions that leads from where the record is to that state."""
    machine = record.machine
    return next(
        (
            action
            for action in moves_of(type(record))
            if action.form is None
            and machine.can(action.move, record)
            and any(target == state for target, _reason in machine.move(action.move).targets)
        ),
        None,
    )
