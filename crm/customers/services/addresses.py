"""Addresses of customers, and the copies of them that documents keep."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid, NotFound
from crm.core.transactions import service
from crm.core.values import refuse_closed, set_values
from crm.customers.models import Account, Address, Contact

_PLACE = ("street", "city", "state_or_province", "postal_code", "country")
_DEFAULTS = ("is_default_bill_to", "is_default_ship_to")
ADDRESS_FIELDS = ("name", *_PLACE, *_DEFAULTS)

type Customer = Account | Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address as a document keeps it: a later change of the customer does not touch it."""

    name: str
    street: str = ""
    city: str = ""
    state_or_province: str = ""
    postal_code: str = ""
    country: str = ""


def bill_and_ship_to(customer: Customer) -> tuple[PostalAddress, PostalAddress]:
    """The addresses for bills and for deliveries, read at once.

    The default one of each use; else for deliveries that for bills, else the oldest one, else only the name.
    """
    rows = list(_addresses(customer).order_by("pk"))
    bill = min(rows, key=lambda row: (not row.is_default_bill_to, row.pk), default=None)
    ship = min(rows, key=lambda row: (not row.is_default_ship_to, not row.is_default_bill_to, row.pk), default=None)
    return _snapshot(customer, bill), _snapshot(customer, ship)


def bill_to(customer: Customer) -> PostalAddress:
    return bill_and_ship_to(customer)[0]


def ship_to(customer: Customer) -> PostalAddress:
    return bill_and_ship_to(customer)[1]


def _snapshot(customer: Customer, address: Address | None) -> PostalAddress:
    if address is None:
        return PostalAddress(name=str(customer))
    place = {name: getattr(address, name) for name in _PLACE}
    return PostalAddress(name=address.name or str(customer), **place)


def _addresses(customer: Customer) -> "QuerySet[Address]":
    return Address.objects.filter(**_belonging_to(customer))


def _belonging_to(customer: Customer) -> dict[str, Customer]:
    return {"account": customer} if isinstance(customer, Account) else {"contact": customer}


@service("address.added")
def add_address(
    *, model: type[Customer], customer_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime
) -> Address:
    """The first address of a customer is the default for bills and deliveries."""
    customer = _open(model, customer_id, actor)
    address = Address(**_belonging_to(customer))
    if not _addresses(customer).exists():
        values = {**values, **dict.fromkeys(_DEFAULTS, True)}
    _set_and_save(customer, address, values)
    return address


@service("address.changed")
def update_address(*, address_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Address:
    customer, address = _address(address_id, actor)
    _set_and_save(customer, address, values)
    return address


@service("address.removed")
def remove_address(*, address_id: int, actor: Actor, at: dt.datetime) -> Customer:
    customer, address = _address(address_id, actor)
    address.delete()
    return customer


def _open(model: type[Customer], customer_id: int, actor: Actor) -> Customer:
    customer: Customer = lock_for(model, customer_id, actor, WRITE)
    refuse_closed(customer, ("inactive",))
    return customer


def _address(address_id: int, actor: Actor) -> tuple[Customer, Address]:
    """Customer and address, both as they are once the customer is locked."""
    found = Address.objects.filter(pk=address_id).first()
    if found is None:
        raise NotFound(_("There is no such address, or you may not see it."))
    customer = _open(type(found.customer), found.customer.pk, actor)
    address = _addresses(customer).filter(pk=address_id).first()
    if address is None:
        raise NotFound(_("There is no such address, or you may not see it."))
    return customer, address


def _set_and_save(customer: Customer, address: Address, values: Mapping[str, Any]) -> None:
    set_values(address, values, ADDRESS_FIELDS)
    if not any(getattr(address, name) for name in ("street", "city", "postal_code", "country")):
        raise Invalid(_("Enter at least a street, a city, a postal code or a country."), field="street")
    others = _addresses(customer).exclude(pk=address.pk)
    for flag in _DEFAULTS:
        if getattr(address, flag):
            others.filter(**{flag: True}).update(**{flag: False})
    address.save()
