"""What a person can do with a record now: the next move, and everything else with the reason why not."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.access import DELETE, WRITE, may_create
from crm.core.actions import ASIDE, actions_for
from crm.core.addresses import screen_url


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

    One query for all of them, none where the depth alone answers or the page has asked before.
    """
    known: dict[str, bool | None] = record.__dict__.setdefault("_rights", {}).setdefault(actor.pk, {})
    known |= _asked(record, actor, rights - known.keys())
    return {right: known[right] for right in rights}


def _asked(record: models.Model, actor: Any, rights: set[str]) -> dict[str, bool | None]:
    rows: Any = type(record)._default_manager.all()
    conditions = {right: [branch.condition for branch in rows.branches(actor, right)] for right in rights}
    found: dict[str, bool | None] = {right: _without_asking(parts) for right, parts in conditions.items()}
    open_questions = {right: parts for right, parts in conditions.items() if _depends_on_the_row(parts)}
    if open_questions:
        answers = {f"may_{right}": _as_value(parts) for right, parts in open_questions.items()}
        row = rows.filter(pk=record.pk).values(**answers).first() or {}
        found |= {right: bool(row.get(f"may_{right}")) for right in open_questions}
    return found


def _depends_on_the_row(parts: list[Q]) -> bool:
    return all(parts) and not _is_nothing(parts)


def _without_asking(parts: list[Q]) -> bool | None:
    return None if _is_nothing(parts) else True


def _is_nothing(parts: list[Q]) -> bool:
    return len(parts) == 1 and parts[0] == Q(pk__in=())


def _as_value(parts: list[Q]) -> ExpressionWrapper[Q]:
    condition = Q()
    for part in parts:
        condition |= part
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
