"""Taking back a qualification, while what it made is untouched.

Runs as a reaction when a qualified lead is reopened: created records go to the bin, filled values are put
back, a joined opportunity stays and only the link goes. Otherwise `Conflict` with the list of what holds it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from activities.links import relink
from crm.core.access import named_for
from crm.core.actors import Actor
from crm.core.deletion import has_bin
from crm.core.errors import Conflict
from crm.core.models import EventBase
from crm.customers.models import Account, Address, Contact
from crm.customers.services.accounts import update_account
from crm.customers.services.addresses import remove_address, update_address
from crm.customers.services.contacts import update_contact
from leads.models import Lead
from sales.models import Opportunity, Qualification, QualificationOutcome, QualificationResult
from sales.services.custom_map import as_service_values
from sales.services.field_map import ADDRESS, ADDRESS_PARTS, label_of
from sales.services.headers import acting_user
from sales.services.stored_values import restored, still_holds

_KINDS: tuple[tuple[str, Any], ...] = (("account", Account), ("contact", Contact), ("opportunity", Opportunity))
_NAMED_AT_MOST = 10


def undo_qualification(lead: Lead, actor: Actor, at: dt.datetime) -> None:
    """`lead` is locked. A lead that was brought in as qualified has nothing to take back."""
    qualification = Qualification.objects.select_for_update().filter(lead=lead, undone_at__isnull=True).first()
    if qualification is None:
        return
    results = _locked_results(qualification)
    held_by = list(_obstacles(qualification, results, actor))
    if held_by:
        raise Conflict(_("This lead cannot be reopened, because what came of it has been used since."), details=held_by)
    for result in results:
        if result.outcome == QualificationOutcome.FILLED:
            _put_back(result, actor, at)
    for result in reversed(results):
        if result.outcome == QualificationOutcome.CREATED:
            type(result.record)._base_manager.filter(pk=result.record.pk).update(deleted_at=at)
    qualification.undone_at, qualification.undone_by = at, acting_user(actor)
    qualification.save(update_fields=["undone_at", "undone_by"])


def _locked_results(qualification: Qualification) -> list[QualificationResult]:
    """With their records as they are once locked: accounts, then contacts, then opportunities, by key."""
    results = list(qualification.results.order_by("pk"))
    for kind, model in _KINDS:
        keys = [key for result in results if (key := getattr(result, f"{kind}_id")) is not None]
        rows = {
            row.pk: row for row in model.with_bin.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        }
        for result in results:
            if (key := getattr(result, f"{kind}_id")) is not None:
                setattr(result, kind, rows[key])
    order = [kind for kind, _model in _KINDS]
    return sorted(results, key=lambda result: (order.index(result.kind), result.record.pk))


def _obstacles(qualification: Qualification, results: Iterable[QualificationResult], actor: Actor) -> Iterator[str]:
    own = _own_rows(qualification, results)
    for result in results:
        if result.outcome == QualificationOutcome.CREATED:
            if result.record.version != result.record_version:
                yield _("%(record)s has been changed since.") % {"record": named_for(result.record, actor)}
            yield from _referring(result.record, own, actor)
            yield from _changed_address(result, actor)
        elif result.outcome == QualificationOutcome.FILLED:
            yield from _overwritten(result, actor)


def _own_rows(
    qualification: Qualification, results: Iterable[QualificationResult]
) -> set[tuple[type[models.Model], int]]:
    """What the qualification itself let refer to the records that it created."""
    own: set[tuple[type[models.Model], int]] = {(Qualification, qualification.pk)}
    for result in results:
        own.add((QualificationResult, result.pk))
        if result.outcome == QualificationOutcome.CREATED or "account" in result.written_values:
            own.add((type(result.record), result.record.pk))
        address_id = _address_id(result)
        if address_id is not None:
            own.add((Address, address_id))
    return own


def _address_id(result: QualificationResult) -> int | None:
    place = result.written_values.get(ADDRESS)
    return place.get("id") if place else None


def _referring(record: models.Model, own: set[tuple[type[models.Model], int]], actor: Actor) -> Iterator[str]:
    """Every live row that names the record, by foreign key or generically, and is not the qualification's own."""
    for model, condition in (*_foreign_keys_to(record), *_generic_keys_to(record)):
        rows = model._base_manager.filter(**condition)
        if has_bin(model):
            rows = rows.filter(deleted_at__isnull=True)
        if model is QualificationResult:
            rows = rows.filter(qualification__undone_at__isnull=True)
        made = [pk for kind, pk in own if kind is model]
        for row in rows.exclude(pk__in=made).order_by("pk")[:_NAMED_AT_MOST]:
            yield named_for(row, actor)


def _foreign_keys_to(record: models.Model) -> Iterator[tuple[type[models.Model], dict[str, Any]]]:
    for relation in record._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        if not issubclass(model, EventBase):
            yield model, {relation.field.name: record}  # type: ignore[union-attr]  # a reverse relation has its field


def _generic_keys_to(record: models.Model) -> Iterator[tuple[type[models.Model], dict[str, Any]]]:
    kind = ContentType.objects.get_for_model(record)
    for model in apps.get_models():
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey):
                yield model, {field.ct_field: kind, field.fk_field: record.pk}


def _changed_address(result: QualificationResult, actor: Actor) -> Iterator[str]:
    address_id = _address_id(result)
    if address_id is not None and not Address.objects.filter(pk=address_id, version=1).exists():
        yield _("%(field)s of %(record)s has been changed since.") % {
            "field": _("Address"),
            "record": named_for(result.record, actor),
        }


def _overwritten(result: QualificationResult, actor: Actor) -> Iterator[str]:
    record: Any = result.record
    if record.deleted_at is not None:
        yield _("%(record)s has been deleted since.") % {"record": named_for(record, actor)}
        return
    for name, kept in result.written_values.items():
        holds = _address_holds(kept) if name == ADDRESS else still_holds(record, name, kept)
        if not holds:
            yield _("%(field)s of %(record)s has been changed since.") % {
                "field": label_of(type(record), name),
                "record": named_for(record, actor),
            }


def _address_holds(kept: dict[str, Any]) -> bool:
    parts = {name: kept[name] for name in ADDRESS_PARTS}
    return Address.objects.filter(pk=kept["id"], **parts).exists()


def _put_back(result: QualificationResult, actor: Actor, at: dt.datetime) -> None:
    record: Any = result.record
    earlier = {name: kept for name, kept in result.earlier_values.items() if name != ADDRESS}
    values = as_service_values({name: restored(type(record), name, kept) for name, kept in earlier.items()})
    if values and isinstance(record, Account):
        update_account(account_id=record.pk, values=values, actor=actor, at=at)
    elif values:
        contact = update_contact(contact_id=record.pk, values=values, actor=actor, at=at)
        if "account" in values:
            relink(contact)
    address_id = _address_id(result)
    if address_id is not None:
        _put_address_back(address_id, result.earlier_values[ADDRESS], actor, at)


def _put_address_back(address_id: int, earlier: dict[str, str] | None, actor: Actor, at: dt.datetime) -> None:
    if earlier is None:
        remove_address(address_id=address_id, actor=actor, at=at)
    else:
        update_address(address_id=address_id, values=earlier, actor=actor, at=at)
