"""The acts that a bulk run can be: assign, edit a field, tag, untag, move, delete; and an export, which is no run."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import ASSIGN, DELETE, WRITE
from crm.core.actions import actions_for
from crm.core.errors import NotFound
from crm.core.models import TaggedModel
from crm.core.screens.history.words import column_words
from crm.core.screens.nouns import delete_view_of, edit_view_of
from crm.core.screens.single import editable_fields, one_field_form
from crm.data.acts.assign import AssignAct
from crm.data.acts.base import Act, HeldBack, Kept, Result, Results
from crm.data.acts.edit import EditAct
from crm.data.acts.moves import DeleteAct, MoveAct, moves_of
from crm.data.acts.tags import TagAct, UntagAct

__all__ = [
    "EXPORT",
    "Act",
    "HeldBack",
    "Kept",
    "Result",
    "Results",
    "act_for",
    "act_of",
    "acts_for",
    "fields_to_edit",
    "register_act",
]

EDIT = "edit-"
EXPORT, EXPORT_RIGHT = "export", "data.export"


_of_tables: dict[type[models.Model], dict[str, Any]] = {}
_asked_too: dict[str, str] = {}


def register_act(model: type[models.Model], act: type[Act], *, permission: str = "") -> None:
    """An act that one table has beside the usual ones, by an app above; made as `act(model, actor)`.

    `permission` is asked beside its right on the table.
    """
    _of_tables.setdefault(model, {})[act.key] = act
    _asked_too[act.key] = permission


def acts_for(model: type[models.Model], actor: Any) -> Iterator[tuple[str, str]]:
    """(key, words) of what this person may do with some records of the table. No query. `edit` asks for a field."""
    if any(action.name == "assign" for action in actions_for(model)) and _may(model, actor, ASSIGN):
        yield AssignAct.key, str(AssignAct.label)
    if _may(model, actor, WRITE):
        if edit_view_of(model) is not None:
            yield EditAct.key, str(EditAct.label)
        if issubclass(model, TaggedModel):
            yield TagAct.key, str(TagAct.label)
            yield UntagAct.key, str(UntagAct.label)
    own = [(act.key, act) for act in _of_tables.get(model, {}).values()]
    for key, act in (*own, *((f"move-{action.name}", action) for action in moves_of(model))):
        if _may(model, actor, act.right) and _has(actor, _asked_too.get(key, "")):
            yield key, str(act.label)
    if actor.has_perm(EXPORT_RIGHT):
        yield EXPORT, _("Export")
    if delete_view_of(model) is not None and _may(model, actor, DELETE):
        yield DeleteAct.key, str(DeleteAct.label)


def act_for(model: type[models.Model], key: str, actor: Any) -> Act:
    """`NotFound` for a key that this table, or this person, does not have. `edit-rating` names the field."""
    wanted = EditAct.key if key.startswith(EDIT) else key
    if wanted not in {known for known, _words in acts_for(model, actor)}:
        raise NotFound(_("There is no such act for these records."))
    return act_of(model, key, actor)


def act_of(model: type[models.Model], key: str, actor: Any) -> Act:
    """As `act_for`, without asking whether the person is offered it: each record is asked for its own right."""
    if key.startswith(EDIT):
        field = editable_fields(model, actor).get(key.removeprefix(EDIT))
        if field is not None and one_field_form(model, field.edit_name, actor) is not None:
            return EditAct(model, actor, field)
    elif key.startswith("move-"):
        for action in moves_of(model):
            if f"move-{action.name}" == key:
                return MoveAct(model, actor, action)
    elif made := _PLAIN.get(key) or _of_tables.get(model, {}).get(key):
        plain: Act = made(model, actor)
        return plain
    raise NotFound(_("There is no such act for these records."))


def fields_to_edit(model: type[models.Model], actor: Any) -> list[tuple[str, str]]:
    """(name, words) of the fields that a bulk edit offers, by their words."""
    view: Any = edit_view_of(model)
    on_form = view.form_class(actor=actor).fields if view else {}
    fields = editable_fields(model, actor).items()
    offered = ((name, column_words(field.label)) for name, field in fields if field.edit_name in on_form)
    return sorted(offered, key=lambda pair: pair[1].casefold())


_PLAIN: dict[str, Any] = {act.key: act for act in (AssignAct, TagAct, UntagAct, DeleteAct)}


def _may(model: type[models.Model], actor: Any, right: str) -> bool:
    return bool(actor.has_perm(f"{model._meta.app_label}.{right}_{model._meta.model_name}"))


def _has(actor: Any, permission: str) -> bool:
    return not permission or bool(actor.has_perm(permission))
