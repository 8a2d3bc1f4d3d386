"""Deleting a record: refused with the list of what depends on it, else it goes to the bin with what is its own.

Apps register in `AppConfig.ready()` what holds a record (`holds`) and what goes with it (`belongs`).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import DELETE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict
from crm.core.transactions import service

type Rows = Callable[[Any], "models.QuerySet[Any]"]

_MOST_NAMED = 10

_holding: dict[type[models.Model], list[Rows]] = {}
_belonging: dict[type[models.Model], list[Rows]] = {}
_refusing: dict[type[models.Model], list[Callable[[Any], str]]] = {}


def holds(model: type[models.Model], rows: Rows) -> None:
    """While `rows(record)` gives anything, the record cannot be deleted."""
    _holding.setdefault(model, []).append(rows)


def belongs(model: type[models.Model], rows: Rows) -> None:
    """`rows(record)` go into the bin with the record. They are records themselves, checked in their turn."""
    _belonging.setdefault(model, []).append(rows)


def refuses(model: type[models.Model], why: Callable[[Any], str]) -> None:
    """`why(record)` says in a sentence why its own state forbids deleting; empty when it does not."""
    _refusing.setdefault(model, []).append(why)


def dependents(record: models.Model) -> list[str]:
    """What stands in the way, in words, at most ten of a kind."""
    found = [str(why(record)) for why in _refusing.get(type(record), []) if why(record)]
    for rows in _holding.get(type(record), []):
        found += [_described(row) for row in rows(record)[:_MOST_NAMED]]
    for rows in _belonging.get(type(record), []):
        for row in rows(record):
            found += dependents(row)
    return found


@service("record.deleted")
def delete_record(*, model: type[models.Model], record_id: int, actor: Actor, at: dt.datetime) -> None:
    """Put the record and what belongs to it alone into the bin."""
    record = lock_for(model, record_id, actor, DELETE)
    in_the_way = dependents(record)
    if in_the_way:
        raise Conflict(
            _("This %(noun)s cannot be deleted, because others depend on it.") % {"noun": model._meta.verbose_name},
            details=in_the_way,
        )
    _bin(record, at)


def _bin(record: models.Model, at: dt.datetime) -> None:
    for rows in _belonging.get(type(record), []):
        for row in _locked(rows(record)):
            _bin(row, at)
    if _has_bin(type(record)):
        type(record)._base_manager.filter(pk=record.pk).update(deleted_at=at)
    else:
        record.delete()


def _locked(rows: "models.QuerySet[Any]") -> Iterable[Any]:
    return rows.select_for_update(of=("self",)).order_by("pk")


def _has_bin(model: type[models.Model]) -> bool:
    return any(field.name == "deleted_at" for field in model._meta.get_fields())


def _described(record: models.Model) -> str:
    return f"{str(record._meta.verbose_name).capitalize()}: {record}"
