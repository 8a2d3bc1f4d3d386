"""Deleting a record: refused with the list of what depends on it, else it goes to the bin with what is its own.

Apps register in `AppConfig.ready()` what holds a record (`holds`) and what goes with it: records of their own
(`belongs`), which their rights and their own dependents may hold back, and mere parts (`accompanies`).

Every rule is asked once for all records of a table, so that deleting takes as many queries for a customer with a
thousand opportunities as for one with two.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.access import DELETE, SEE_BIN, lock_for, named_all, named_for
from crm.core.actors import SYSTEM, Actor
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.models import TRACKED
from crm.core.transactions import service

type Rows = Callable[[Sequence[Any]], "models.QuerySet[Any]"]

_MOST_NAMED = 10

_holding: dict[type[models.Model], list[Rows]] = {}
_belonging: dict[type[models.Model], list[Rows]] = {}
_accompanying: dict[type[models.Model], list[Rows]] = {}
_refusing: dict[type[models.Model], list[Callable[[Any], str]]] = {}
_keeping: dict[type[models.Model], list[Callable[[Any, Any], str]]] = {}


def holds(model: type[models.Model], rows: Rows) -> None:
    """While `rows(records)` gives anything, none of these records of one table can be deleted."""
    _holding.setdefault(model, []).append(rows)


def belongs(model: type[models.Model], rows: Rows) -> None:
    """`rows(records)` go into the bin with these. They are records themselves, checked in their turn.

    What the actor may not delete holds the record.
    """
    _belonging.setdefault(model, []).append(rows)


def accompanies(model: type[models.Model], rows: Rows) -> None:
    """`rows(records)` say something only about these and go into the bin with them, whosever they are."""
    _accompanying.setdefault(model, []).append(rows)


def refuses(model: type[models.Model], why: Callable[[Any], str]) -> None:
    """`why(record)` says in a sentence why its columns forbid deleting; empty when they do not. It asks no query."""
    _refusing.setdefault(model, []).append(why)


def keeps_in_bin(model: type[models.Model], why: Callable[[Any, Any], str]) -> None:
    """`why(record, actor)` says in a sentence why a record cannot come back; empty when it can."""
    _keeping.setdefault(model, []).append(why)


def dependents(record: models.Model, actor: Any = SYSTEM) -> list[str]:
    """What stands in the actor's way, in words, at most ten of a kind; hidden records are neither named nor counted."""
    return list(dict.fromkeys(_in_the_way([record], actor)))


def _in_the_way(records: Sequence[Any], actor: Any) -> list[str]:
    """Of records of one table."""
    if not records:
        return []
    model = type(records[0])
    found = [str(why(record)) for why in _refusing.get(model, []) for record in records if why(record)]
    for rows in _holding.get(model, []):
        found += named_all(rows(records)[:_MOST_NAMED], actor)
    for rows in _belonging.get(model, []):
        own = list(rows(records))
        found += named_all(_kept_from(own, actor)[:_MOST_NAMED], actor)
        found += _in_the_way(own, actor)
    return found


def _kept_from(records: list[Any], actor: Any) -> list[Any]:
    """Those of one table that the actor may not delete."""
    if not records:
        return []
    rows: Any = type(records[0])._default_manager
    keys = [record.pk for record in records]
    allowed = set(rows.for_action(actor, DELETE).filter(pk__in=keys).values_list("pk", flat=True))
    return [record for record in records if record.pk not in allowed]


@service("record.deleted")
def delete_record(*, model: type[models.Model], record_id: int, actor: Actor, at: dt.datetime) -> None:
    """Put the record and what belongs to it alone into the bin."""
    record = lock_for(model, record_id, actor, DELETE)
    _lock_belongings([record])
    in_the_way = dependents(record, actor)
    if in_the_way:
        raise Conflict(
            _("This %(noun)s cannot be deleted, because others depend on it.") % {"noun": model._meta.verbose_name},
            details=in_the_way,
        )
    with history.action("record.deleted", about=_key(record)):
        _bin([record], at)


@service("record.restored")
def restore_record(*, model: type[models.Model], record_id: int, actor: Any, at: dt.datetime) -> None:
    """Take the record, and what went with it, out of the bin. Nothing happens to a record that is not there."""
    if actor.actor_kind == "user" and not actor.has_perm(SEE_BIN):
        raise Forbidden(_("Only an administrator takes records out of the bin."))
    record: Any = model._base_manager.select_for_update().filter(pk=record_id).first()
    if record is None or not _visible_in_bin(record, actor):
        raise NotFound(_("There is no such %(noun)s.") % {"noun": model._meta.verbose_name})
    if record.deleted_at is not None:
        _take_out(record, actor)


@service("record.restored")
def undelete_record(
    *, model: type[models.Model], record_id: int, deleted_at: dt.datetime, actor: Any, at: dt.datetime
) -> bool:
    """Take back a deletion of that very moment, for one who may still delete the record. False where it is not there.

    Other records come out of the bin by an administrator alone; this one its deleter has known.
    """
    record: Any = model._base_manager.select_for_update().filter(pk=record_id, deleted_at=deleted_at).first()
    if record is None:
        return False
    rows: Any = getattr(model, "with_bin", model._default_manager)
    if not rows.for_action(actor, DELETE).filter(pk=record_id).exists():
        raise Forbidden(_("You lack the right to do this with this record."))
    _take_out(record, actor)
    return True


def _take_out(record: Any, actor: Any) -> None:
    if in_the_way := [
        *_referred_in_bin(record, actor),
        *_kept_in_bin(record, actor),
    ]:
        raise Conflict(_("This record cannot come back as things are."), details=in_the_way)
    try:
        with transaction.atomic():
            _restore(record)
    except IntegrityError as error:
        raise Conflict(_("Another record has taken its place meanwhile, so it cannot come back.")) from error


def _kept_in_bin(record: Any, actor: Any) -> Iterable[str]:
    """Asked of the record, and of what comes back with it."""
    returning = [record]
    for model in filter(has_bin, _keeping):
        returning += [one for one in _gone_with(record, model) if one != record]
    for one in returning:
        for why in _keeping.get(type(one), []):
            if sentence := why(one, actor):
                yield sentence


def _visible_in_bin(record: Any, actor: Any) -> bool:
    rows: Any = getattr(type(record), "with_bin", None)
    return rows is None or bool(rows.visible_to(actor).filter(pk=record.pk).exists())


def _referred_in_bin(record: Any, actor: Any) -> Iterable[str]:
    """What lives refers to nothing that lies in the bin."""
    for field in record._meta.concrete_fields:
        if field.is_relation and has_bin(field.related_model):
            found = field.related_model._base_manager.filter(
                pk=getattr(record, field.attname), deleted_at__isnull=False
            ).first()
            if found is not None:
                yield _("%(record)s is in the bin. Take it out first.") % {"record": named_for(found, actor)}


def _restore(record: Any) -> None:
    for model in filter(has_bin, TRACKED):
        _gone_with(record, model).update(deleted_at=None)
    type(record)._base_manager.filter(pk=record.pk).update(deleted_at=None)


def _gone_with(record: Any, model: type[models.Model]) -> "models.QuerySet[Any]":
    """History knows what went into the bin for the sake of this record."""
    gone = history.event_model(model)._base_manager.filter(
        deleted_at=record.deleted_at, pgh_context__about=_key(record)
    )
    return model._base_manager.filter(deleted_at=record.deleted_at, pk__in=gone.values("pgh_obj_id"))


def _key(record: models.Model) -> str:
    return f"{record._meta.label_lower}:{record.pk}"


def _lock_belongings(records: Sequence[models.Model]) -> None:
    """Before they are checked, so that none of them is activated or issued between check and bin."""
    for rows in _belonging.get(type(records[0]), []) if records else ():
        _lock_belongings(_locked(rows(records)))


def _bin(records: Sequence[models.Model], at: dt.datetime) -> None:
    """Records of one table with all that goes with them."""
    if not records:
        return
    model = type(records[0])
    for rows in (*_belonging.get(model, []), *_accompanying.get(model, [])):
        _bin(_locked(rows(records)), at)
    if has_bin(model):
        model._base_manager.filter(pk__in=[record.pk for record in records]).update(deleted_at=at)
    else:
        for record in records:
            record.delete()


def _locked(rows: "models.QuerySet[Any]") -> list[Any]:
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def has_bin(model: type[models.Model]) -> bool:
    return any(field.name == "deleted_at" for field in model._meta.get_fields())
