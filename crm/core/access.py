"""How the kernel asks for rights. The rule itself lies in `crm.users.access`; here are its shapes.

Every business queryset answers `for_action(actor, action)`; `visible_to(actor)` is its `read`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.errors import Forbidden, NotFound

READ, WRITE, CREATE, DELETE, ASSIGN = "read", "write", "create", "delete", "assign"


@dataclass(frozen=True, slots=True)
class Branch:
    """One reason for which rows are visible ("own", "unit 3", "shared"), answered by one index."""

    name: str
    condition: Q


class Guarded(Protocol):
    """A queryset that knows who may see and do what with its rows. Fails closed."""

    def visible_to(self, actor: Any) -> Self: ...

    def for_action(self, actor: Any, action: str) -> Self: ...

    def branches(self, actor: Any, action: str) -> Sequence[Branch]: ...


def may_create(actor: Any, model: type[models.Model]) -> bool:
    """`has_perm` answers from the roles of `crm.users`; actors without an account act for the system."""
    if getattr(actor, "actor_kind", "") != "user":
        return True
    return bool(actor.has_perm(f"{model._meta.app_label}.create_{model._meta.model_name}"))


def check_create(actor: Any, model: type[models.Model]) -> None:
    if not may_create(actor, model):
        raise Forbidden(_("You may not create a %(noun)s.") % {"noun": model._meta.verbose_name})


def find_for[M: models.Model](model: type[M], pk: int, actor: Any, action: str = READ) -> M:
    """The record, if the actor may do `action` with it: `NotFound` when invisible, `Forbidden` when only visible."""
    return _checked(model, cast(Any, model)._default_manager.all(), pk, actor, action)


def lock_for[M: models.Model](model: type[M], pk: int, actor: Actor, action: str) -> M:
    """As `find_for`, with the row locked until the transaction ends.

    The lock is taken by primary key alone, so that no join or union weakens it; rights are read afterwards
    from the row as it then is.
    """
    rows: Any = cast(Any, model)._default_manager
    locked = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if locked is None:
        raise NotFound(_not_found(model))
    _check(model, rows.all(), pk, actor, action)
    return cast(M, locked)


def _checked[M: models.Model](model: type[M], rows: Any, pk: int, actor: Any, action: str) -> M:
    record = rows.for_action(actor, action).filter(pk=pk).first()
    if record is None:
        _check(model, rows, pk, actor, action)
        raise NotFound(_not_found(model))
    return cast(M, record)


def _check(model: type[models.Model], rows: Any, pk: int, actor: Any, action: str) -> None:
    if rows.for_action(actor, action).filter(pk=pk).exists():
        return
    if action == READ or not rows.visible_to(actor).filter(pk=pk).exists():
        raise NotFound(_not_found(model))
    raise Forbidden(
        _("You may see this %(noun)s, but you lack the right to %(action)s it.")
        % {"noun": model._meta.verbose_name, "action": action.replace("_", " ")}
    )


def named_for(record: models.Model, actor: Any) -> str:
    """The record's noun and name; only the noun of what the actor may not see."""
    noun = str(record._meta.verbose_name).capitalize()
    guarded: Any = getattr(type(record), "with_bin", None)
    if guarded is not None and not guarded.visible_to(actor).filter(pk=record.pk).exists():
        return _("%(noun)s that you may not see") % {"noun": noun}
    return f"{noun}: {record}"


def _not_found(model: type[models.Model]) -> str:
    return _("There is no such %(noun)s, or you may not see it.") % {"noun": model._meta.verbose_name}
