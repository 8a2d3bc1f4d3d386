"""What a person can do with a record now: the next move, and everything else with the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.access import DELETE, WRITE, Branch, may_create
from crm.core.actions import ASIDE, actions_for
from crm.core.addresses import screen_url
from crm.core.prepared import Slot, prepared, rights_key


@dataclass(frozen=True, slots=True)
class Button:
    """What `components/actions.html` reads."""

    label: str | Promise
    url: str
    enabled: bool = True
    reason: str = ""
    icon: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Buttons:
    primary: Button | None
    frequent: list[Button]
    others: list[Button]


def buttons_for(record: models.Model, actor: Any, edit_obstacle: str = "") -> Buttons:
    """The first legal act by position is the primary one, unless it lies aside.

    Acts that this person never may do are left out.
    """
    acts = [act for act in actions_for(type(record)) if act.creates is None or may_create(actor, act.creates)]
    rights = rights_on(record, actor, {WRITE, DELETE, *(act.right for act in acts)})
    moves = [
        (act, _button(act.label, act.url(record), rights[act.right], act.refusal(record), danger=act.danger))
        for act in acts
        if rights[act.right] is not None
    ]
    open_moves = (button for act, button in moves if button.enabled and not act.danger and act.position < ASIDE)
    primary = next(open_moves, None)
    others = [button for _act, button in moves if button is not primary]
    edit = _screen(record, "edit", _("Edit"), rights[WRITE], edit_obstacle, icon="edit")
    delete = _screen(record, "delete", _("Delete"), rights[DELETE], "", icon="trash", danger=True)
    return Buttons(primary, edit, others + delete)


def rights_on(record: models.Model, actor: Any, rights: set[str]) -> dict[str, bool | None]:
    """For each right True or False on this visible record; None where the actor holds it on no record at all.

    One query for all of them, none where the depth or the row in hand answers or the page has asked before.
    """
    known: dict[str, bool | None] = record.__dict__.setdefault("_rights", {}).setdefault(actor.pk, {})
    known |= _asked(record, actor, rights - known.keys())
    return {right: known[right] for right in rights}


def _asked(record: models.Model, actor: Any, rights: set[str]) -> dict[str, bool | None]:
    model = type(record)
    rows: Any = model._default_manager.all()
    branches = {right: rows.branches(actor, right) for right in sorted(rights)}
    found: dict[str, bool | None] = {right: _without_asking(record, reasons) for right, reasons in branches.items()}
    asked = {right: _as_value(branches[right]) for right, answer in found.items() if answer is False}
    if asked:

        def answers() -> Any:
            return rows.filter(pk=Slot("pk")).order_by().values_list(*asked.values())[:1]

        key = ("rights", rights_key(model, actor, *asked))
        (row,) = prepared(key, answers).tuples(pk=record.pk) or [(False,) * len(asked)]
        found |= {right: bool(may) for right, may in zip(asked, row, strict=True)}
    return found


def _without_asking(record: models.Model, reasons: Sequence[Branch]) -> bool | None:
    """What the depth alone or the row in hand says; False where only a query can tell."""
    if any(reason.surely_holds(record) for reason in reasons):
        return True
    return None if [reason.condition for reason in reasons] == [Q(pk__in=())] else False


def _as_value(reasons: Sequence[Branch]) -> ExpressionWrapper[Q]:
    condition = Q()
    for reason in reasons:
        condition |= reason.condition
    return ExpressionWrapper(condition, output_field=BooleanField())


def _button(
    label: str | Promise, url: str, right: bool | None, refusal: str, *, icon: str = "", danger: bool = False
) -> Button:
    reason = refusal if right else _("You lack the right to do this with this record.")
    return Button(label, url, enabled=not reason, reason=reason, icon=icon, danger=danger)


def _screen(
    record: models.Model, screen: str, label: str, right: bool | None, refusal: str, *, icon: str, danger: bool = False
) -> list[Button]:
    url = screen_url(type(record), screen, record.pk)
    return [_button(label, url, right, refusal, icon=icon, danger=danger)] if url and right is not None else []
