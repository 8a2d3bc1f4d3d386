"""How the kernel asks for rights. The rule itself lies in `crm.users.access`; here are its shapes.

Every business queryset answers `for_action(actor, action)`; `visible_to(actor)` is its `read`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.addresses import screen_url
from crm.core.errors import Forbidden, NotFound
from crm.core.prepared import Slot, prepared, rights_key

READ, WRITE, CREATE, DELETE, ASSIGN, SHARE = "read", "write", "create", "delete", "assign", "share"
SEE_BIN = "core.restore_record"


@dataclass(frozen=True, slots=True)
class Branch:
    """One reason for which rows are visible ("own", "unit 3", "shared"), answered by one index."""

    name: str
    condition: Q

    def surely_holds(self, record: models.Model) -> bool:
        """Can it be read off the row itself? False where that takes a query, as for shares."""
        is_plain = self.condition.connector == Q.AND and not self.condition.negated
        return is_plain and all(
            isinstance(one, tuple) and "__" not in one[0] and getattr(record, one[0]) == one[1]
            for one in self.condition.children
        )


class Guarded(Protocol):
    """A queryset that knows who may see and do what with its rows. Fails closed."""

    def visible_to(self, actor: Any) -> Self: ...

    def for_action(self, actor: Any, action: str) -> Self: ...

    def branches(self, actor: Any, action: str) -> Sequence[Branch]: ...


def may_create(actor: Any, model: type[models.Model]) -> bool:
    """`has_perm` answers from the roles of `crm.users`; actors without an account act for the system.

    What is a person's own and no business record says `everybody_creates`.
    """
    if getattr(actor, "actor_kind", "") != "user" or getattr(model, "everybody_creates", False):
        return True
    return bool(actor.has_perm(f"{model._meta.app_label}.create_{model._meta.model_name}"))


def check_create(actor: Any, model: type[models.Model]) -> None:
    if not may_create(actor, model):
        raise Forbidden(_("You may not create a %(noun)s.") % {"noun": model._meta.verbose_name})


def find_for[M: models.Model](
    model: type[M], pk: int, actor: Any, action: str = READ, *, related: Sequence[str] = ()
) -> M:
    """The record, if the actor may do `action` with it: `NotFound` when invisible, `Forbidden` when only visible.

    `related` names what its page asks of it anyway, read along.
    """
    rows: Any = model._default_manager.all()

    def found() -> Any:
        known = rows.select_related(*related) if related else rows
        return known.for_action(actor, action).filter(pk=Slot("pk")).order_by()[:1]

    key = ("record", tuple(related), rights_key(model, actor, READ, action))
    for record in prepared(key, found).records(pk=pk):
        return cast(M, record)
    _check(model, rows, pk, actor, action)
    raise NotFound(_not_found(model))


def lock_for[M: models.Model](model: type[M], pk: int, actor: Actor, action: str) -> M:
    """As `find_for`, with the row locked until the transaction ends.

    The lock is taken by primary key alone, so that no join or union weakens it; rights are read afterwards
    from the row as it then is.
    """
    rows: Any = cast(Any, model)._default_manager
    locked = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if locked is None:
        raise NotFound(_not_found(model))
    check_locked(locked, actor, action)
    return cast(M, locked)


def check_locked(record: models.Model, actor: Actor, action: str) -> None:
    """May the actor do this with a record that the act has locked already? Raises as `lock_for` does."""
    rows: Any = type(record)._default_manager.all()
    if not all(_surely(rows, record, actor, wanted) for wanted in (READ, action)):
        _check(type(record), rows, record.pk, actor, action)


def lock_rows_for(rows: Any, actor: Actor, action: str) -> list[Any]:
    """As `lock_for` for all these rows of one table at once, in the order of their keys."""
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in locked:
        check_locked(row, actor, action)
    return locked


def _surely(rows: Any, record: models.Model, actor: Any, action: str) -> bool:
    """Does the row itself, as it is now locked, say that the actor may do this? It spares a query nearly always."""
    return any(branch.surely_holds(record) for branch in rows.branches(actor, action))


def _check(model: type[models.Model], rows: Any, pk: int, actor: Any, action: str) -> None:
    if rows.for_action(actor, action).filter(pk=pk).exists():
        return
    if action == READ or not rows.visible_to(actor).filter(pk=pk).exists():
        raise NotFound(_not_found(model))
    raise Forbidden(
        _("You may see this %(noun)s, but you lack the right to %(action)s it.")
        % {"noun": model._meta.verbose_name, "action": action.replace("_", " ")}
    )


type Pair = tuple[type[models.Model], int]


@dataclass(frozen=True, slots=True)
class Link:
    """How a page names a record: the name and the address of its page, or only the noun of what is hidden."""

    label: str
    url: str = ""
    hidden: bool = False


def visible_names(actor: Any, pairs: Iterable[Pair]) -> Mapping[Pair, Link]:
    """For each (model, key) its name as this reader may have it; one query for each model that occurs.

    What is hidden, missing or in the bin reads alike. Who takes records out of the bin reads their names, without
    an address. People, teams and currencies are no secret; parts such as lines follow the records they belong to.
    """
    keys: dict[type[models.Model], set[int]] = {}
    for model, pk in pairs:
        keys.setdefault(model, set()).add(pk)
    found: dict[Pair, Link] = {}
    for model, wanted in keys.items():
        hidden = Link(hidden_name(model), hidden=True)
        found |= {(model, pk): hidden for pk in wanted}
        found |= {(model, row.pk): _link(row) for row in _readable(model, actor).filter(pk__in=wanted)}
    return found


def names_for(records: Iterable[models.Model], actor: Any) -> list[str]:
    """What refers to a record, for a sentence: the names that the actor may read; hidden ones are not counted."""
    pairs = [(type(record), record.pk) for record in records]
    names = visible_names(actor, pairs)
    return list(dict.fromkeys(names[pair].label for pair in pairs))


def hidden_name(model: type[models.Model]) -> str:
    """ "An account you may not see"."""
    noun = str(model._meta.verbose_name)
    if noun[:1].lower() in {"a", "e", "i", "o"}:
        return _("An %(noun)s you may not see") % {"noun": noun}
    return _("A %(noun)s you may not see") % {"noun": noun}


def named_all(records: Iterable[models.Model], actor: Any) -> list[str]:
    """As `named_for` for each of them, with one query for each table."""
    pairs = [(type(record), record.pk) for record in records]
    links = visible_names(actor, pairs)
    return [_with_noun(model, links[model, pk]) for model, pk in pairs]


def named_for(record: models.Model, actor: Any) -> str:
    """The record's noun and name; only the noun of what the actor may not see."""
    return named_all([record], actor)[0]


def _with_noun(model: type[models.Model], link: Link) -> str:
    return link.label if link.hidden else f"{str(model._meta.verbose_name).capitalize()}: {link.label}"


def _link(record: models.Model) -> Link:
    binned = getattr(record, "deleted_at", None) is not None
    return Link(str(record), "" if binned else screen_url(type(record), "detail", record.pk))


def _readable(model: type[models.Model], actor: Any) -> Any:
    rows: Any = getattr(model, "with_bin", None) if _sees_bin(actor) else None
    rows = (rows or model._default_manager).all()
    if hasattr(rows, "visible_to"):
        return rows.visible_to(actor)
    parents = [field for field in model._meta.concrete_fields if _is_parent(field)]
    for field in parents:
        seen = Q(**{f"{field.name}__in": _readable(cast(Any, field.related_model), actor).values("pk")})
        rows = rows.filter(seen | Q(**{f"{field.name}__isnull": True}) if field.null else seen)
    return rows.select_related(*(field.name for field in parents)) if parents else rows


def _sees_bin(actor: Any) -> bool:
    return getattr(actor, "actor_kind", "") not in {"user", ""} or bool(actor and actor.has_perm(SEE_BIN))


def _is_parent(field: Any) -> bool:
    """A part goes with its record, so it is as visible as that."""
    return bool(
        isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is models.CASCADE
        and hasattr(cast(Any, field.related_model)._default_manager, "visible_to")
    )


def _not_found(model: type[models.Model]) -> str:
    return _("There is no such %(noun)s, or you may not see it.") % {"noun": model._meta.verbose_name}
