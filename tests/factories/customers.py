"""Accounts, contacts and addresses, with the keys that the services compute."""

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crm.customers.models import Account, Address, Contact
from tests.factories.users import UserFactory


class AccountFactory(DjangoModelFactory[Account]):
    """`AccountFactory.create(name="Acme", owner=anna)`; by default with an owner of its own."""

    class Meta:
        model = Account

    name = Sequence(lambda number: f"Account {number}")
    owner = SubFactory(UserFactory)
    owning_unit = SelfAttribute("owner.business_unit")

    @classmethod
    def _build(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        return with_keys(model_class(**kwargs))

    @classmethod
    def _create(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        account = with_keys(model_class(**kwargs))
        account.save()
        return account


class ContactFactory(DjangoModelFactory[Contact]):
    """`ContactFactory.create(first_name="Ada", account=acme, owner=anna)`; without an account by default."""

    class Meta:
        model = Contact

    first_name = "Kim"
    last_name = Sequence(lambda number: f"Person{number}")
    owner = SubFactory(UserFactory)
    owning_unit = SelfAttribute("owner.business_unit")

    @classmethod
    def _build(cls, model_class: type[Contact], *args: Any, **kwargs: Any) -> Contact:
        return with_keys(model_class(**kwargs))

    @classmethod
    def _create(cls, model_class: type[Contact], *args: Any, **kwargs: Any) -> Contact:
        contact = with_keys(model_class(**kwargs))
        contact.save()
        return contact


class AddressFactory(DjangoModelFactory[Address]):
    """`AddressFactory.create(account=acme)` or `contact=ada`."""

    class Meta:
        model = Address

    street = Sequence(lambda number: f"{number} Long Lane")
    city = "Leeds"
    postal_code = "LS1 1AA"
    country = "United Kingdom"


def with_keys[C: Account | Contact](customer: C) -> C:
    customer.set_keys()
    return customer
