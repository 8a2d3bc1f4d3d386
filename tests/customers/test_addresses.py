"""Addresses: one default for bills, one for deliveries, and the copies for documents."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.customers.models import Account, Address, Contact
from crm.customers.services.addresses import (
    PostalAddress,
    add_address,
    bill_to,
    remove_address,
    ship_to,
    update_address,
)
from tests.customers.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, AddressFactory, ContactFactory

pytestmark = pytest.mark.django_db

FACTORIES: dict[type[Account] | type[Contact], Any] = {Account: AccountFactory, Contact: ContactFactory}


def _add(customer: Account | Contact, **values: object) -> Address:
    return add_address(
        model=type(customer), customer_id=customer.pk, values={"city": "Leeds", **values}, actor=SYSTEM, at=AT
    )


def _defaults(customer: Account | Contact) -> tuple[list[str], list[str]]:
    rows = customer.addresses
    return (
        list(rows.filter(is_default_bill_to=True).values_list("city", flat=True)),
        list(rows.filter(is_default_ship_to=True).values_list("city", flat=True)),
    )


@pytest.mark.parametrize("model", FACTORIES)
def test_the_first_address_is_the_default_for_everything(model: type[Account]) -> None:
    customer = FACTORIES[model].create()
    _add(customer)
    _add(customer, city="York")
    assert _defaults(customer) == (["Leeds"], ["Leeds"])


@pytest.mark.parametrize("model", FACTORIES)
def test_a_default_moves_to_the_address_that_takes_it(model: type[Account]) -> None:
    customer, other = FACTORIES[model].create(), FACTORIES[model].create()
    _add(customer)
    _add(other, city="Bath")
    york = _add(customer, city="York", is_default_ship_to=True)
    assert _defaults(customer) == (["Leeds"], ["York"])
    update_address(address_id=york.pk, values={"is_default_bill_to": True}, actor=SYSTEM, at=AT)
    assert _defaults(customer) == (["York"], ["York"])
    assert _defaults(other) == (["Bath"], ["Bath"])


@pytest.mark.parametrize("flag", ["is_default_bill_to", "is_default_ship_to"])
@pytest.mark.parametrize("kind", ["account", "contact"])
def test_the_database_keeps_one_default_of_each_use(kind: str, flag: str) -> None:
    customer = FACTORIES[Account if kind == "account" else Contact].create()
    AddressFactory.create(**{kind: customer, flag: True})
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressFactory.create(**{kind: customer, flag: True})
    assert Address.objects.count() == 1


def test_an_address_has_exactly_one_customer() -> None:
    account, contact = AccountFactory.create(), ContactFactory.create()
    for owners in ({}, {"account": account, "contact": contact}):
        with pytest.raises(IntegrityError, match="address_of_one_customer"), transaction.atomic():
            AddressFactory.create(**owners)
    assert not Address.objects.exists()


def test_an_empty_address_is_refused() -> None:
    account = AccountFactory.create()
    with pytest.raises(Invalid, match="at least a street") as refused:
        _add(account, city="", name="Reception")
    assert refused.value.field == "street"
    assert not Address.objects.exists()


def test_an_address_is_changed_and_removed() -> None:
    address = AddressFactory.create(account=AccountFactory.create())
    update_address(address_id=address.pk, values={"street": "2 Short Lane"}, actor=SYSTEM, at=AT)
    assert (row(address)["street"], row(address)["version"]) == ("2 Short Lane", 2)
    remove_address(address_id=address.pk, actor=SYSTEM, at=AT)
    with pytest.raises(NotFound):
        remove_address(address_id=address.pk, actor=SYSTEM, at=AT)


def test_an_inactive_customer_keeps_its_addresses_as_they_are() -> None:
    account = AccountFactory.create(state="inactive", status_reason="inactive")
    address = AddressFactory.create(account=account)
    before = row(address)
    for refused in (
        lambda: _add(account),
        lambda: update_address(address_id=address.pk, values={"city": "York"}, actor=SYSTEM, at=AT),
        lambda: remove_address(address_id=address.pk, actor=SYSTEM, at=AT),
    ):
        with pytest.raises(Conflict, match="inactive"):
            refused()
    assert row(address) == before
    assert Address.objects.count() == 1


def test_addresses_follow_the_rights_of_their_customer(cast: Cast) -> None:
    address = AddressFactory.create(account=AccountFactory.create(owner=cast.rep_a))
    before = row(address)
    with pytest.raises(NotFound):
        update_address(address_id=address.pk, values={"city": "York"}, actor=cast.rep_b, at=AT)
    with pytest.raises(Forbidden):
        remove_address(address_id=address.pk, actor=cast.read_only, at=AT)
    assert row(address) == before
    update_address(address_id=address.pk, values={"city": "York"}, actor=cast.manager, at=AT)
    assert row(address)["city"] == "York"


def test_documents_get_the_default_addresses() -> None:
    account = AccountFactory.create(name="Acme")
    _add(account, street="1 Long Lane", postal_code="LS1", country="UK")
    _add(account, city="York", name="Acme warehouse", is_default_ship_to=True)
    assert bill_to(account) == PostalAddress(
        name="Acme", street="1 Long Lane", city="Leeds", postal_code="LS1", country="UK"
    )
    assert ship_to(account) == PostalAddress(name="Acme warehouse", city="York")


def test_documents_get_the_best_there_is() -> None:
    contact = ContactFactory.create(first_name="Ada", last_name="Byron")
    assert bill_to(contact) == ship_to(contact) == PostalAddress(name="Ada Byron")
    AddressFactory.create(contact=contact, street="", city="York", postal_code="", country="")
    AddressFactory.create(contact=contact, city="Bath")
    assert (bill_to(contact).city, ship_to(contact).city) == ("York", "York")
    Address.objects.filter(city="Bath").update(is_default_bill_to=True)
    assert (bill_to(contact).city, ship_to(contact).city) == ("Bath", "Bath")
