"""Accounts: what services write, and what they refuse without a trace."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import PriceList
from catalog.services.price_lists import deactivate_price_list
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Invalid
from crm.core.history import events_of
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account, update_account
from tests.customers.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListFactory
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.users import TeamFactory

pytestmark = pytest.mark.django_db


def test_a_new_account_belongs_to_its_owner_and_has_its_keys(cast: Cast, settings: Any) -> None:
    settings.PHONE_REGION = "GB"
    values = {
        "name": "Müller & Söhne GmbH",
        "email": "Info@Müller.example",
        "website": "https://www.mueller.example/about",
        "phone": "020 7946 0018",
        "phone2": "+49 30 901820",
        "credit_limit": Decimal(5000),
    }
    account = create_account(values=values, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    stored = row(account)
    expected = {
        "owner_id": cast.rep_a.pk,
        "owner_team_id": None,
        "owning_unit_id": cast.north.pk,
        "created_by_id": cast.rep_a.pk,
        "state": "active",
        "sort_key": "muller & sohne gmbh",
        "company_key": "muller and sohne",
        "email_key": "info@xn--mller-kva.example",
        "email_domain": "xn--mller-kva.example",
        "website_domain": "mueller.example",
        "phone_e164": "+442079460018",
        "phone2_e164": "+4930901820",
        "credit_limit": Decimal(5000),
        "version": 1,
    }
    assert {name: stored[name] for name in expected} == expected
    assert [event.pgh_context["action"] for event in events_of(account)] == ["account.created"]  # type: ignore[attr-defined]  # an event


def test_an_account_may_belong_to_a_team(cast: Cast) -> None:
    team = TeamFactory.create(business_unit=cast.south)
    account = create_account(values={"name": "Acme"}, owner=team, actor=SYSTEM, at=AT)
    assert (row(account)["owner_id"], row(account)["owner_team_id"]) == (None, team.pk)
    assert row(account)["owning_unit_id"] == cast.south.pk


def test_a_change_computes_the_keys_again(cast: Cast) -> None:
    account = AccountFactory.create(name="Old Ltd", website="old.example")
    update_account(account_id=account.pk, values={"name": "New Inc.", "website": ""}, actor=SYSTEM, at=AT)
    stored = row(account)
    assert (stored["sort_key"], stored["company_key"], stored["website_domain"]) == ("new inc.", "new", "")
    assert stored["version"] == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "nobody"}, "email"),
        ({"number": "A-1"}, "number"),
        ({"credit_limit": Decimal(-1)}, "credit_limit"),
        ({"type": "friend"}, "type"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    AccountFactory.create(number="A-1")
    with pytest.raises(Invalid) as refused:
        create_account(values={"name": "Acme", **values}, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert refused.value.field == field
    assert Account.objects.count() == 1


def test_a_number_is_optional_and_free_again_after_the_bin() -> None:
    AccountFactory.create()
    first = AccountFactory.create(number="A-1")
    AccountFactory.create()
    delete_record(model=Account, record_id=first.pk, actor=SYSTEM, at=AT)
    assert AccountFactory.create(number="A-1").pk != first.pk


def test_an_account_never_stands_above_itself() -> None:
    top = AccountFactory.create(name="Top")
    middle = AccountFactory.create(name="Middle", parent=top)
    bottom = AccountFactory.create(name="Bottom", parent=middle)
    before = row(top)
    for parent in (top, middle, bottom):
        with pytest.raises(Invalid) as refused:
            update_account(account_id=top.pk, values={"parent": parent}, actor=SYSTEM, at=AT)
        assert refused.value.field == "parent"
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=top.pk).update(parent=parent)
    assert row(top) == before


def test_an_account_moves_to_another_parent() -> None:
    first, second = AccountFactory.create(), AccountFactory.create()
    child = AccountFactory.create(parent=first)
    update_account(account_id=child.pk, values={"parent": second}, actor=SYSTEM, at=AT)
    assert row(child)["parent_id"] == second.pk


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("parent", lambda: AccountFactory.create(state="inactive", status_reason="inactive")),
        ("primary_contact", lambda: ContactFactory.create(state="inactive", status_reason="inactive")),
        ("price_list", lambda: PriceListFactory.create(state="inactive", status_reason="inactive")),
    ],
)
def test_what_is_inactive_takes_part_in_nothing_new(name: str, make: Callable[[], Any]) -> None:
    account = AccountFactory.create()
    before = row(account)
    with pytest.raises(Invalid, match="not active") as refused:
        update_account(account_id=account.pk, values={name: make()}, actor=SYSTEM, at=AT)
    assert refused.value.field == name
    assert row(account) == before


def test_a_parent_that_became_inactive_stays_until_it_is_changed() -> None:
    parent = AccountFactory.create(state="inactive", status_reason="inactive")
    child = AccountFactory.create(parent=parent)
    update_account(account_id=child.pk, values={"parent": parent, "name": "Renamed"}, actor=SYSTEM, at=AT)
    assert (row(child)["name"], row(child)["parent_id"]) == ("Renamed", parent.pk)


def test_the_primary_contact_is_nobody_of_another_account() -> None:
    account = AccountFactory.create()
    stranger = ContactFactory.create(account=AccountFactory.create())
    own, free = ContactFactory.create(account=account), ContactFactory.create()
    with pytest.raises(Invalid, match="another account") as refused:
        update_account(account_id=account.pk, values={"primary_contact": stranger}, actor=SYSTEM, at=AT)
    assert refused.value.field == "primary_contact"
    assert row(account)["primary_contact_id"] is None
    for contact in (own, free):
        update_account(account_id=account.pk, values={"primary_contact": contact}, actor=SYSTEM, at=AT)
        assert row(account)["primary_contact_id"] == contact.pk


def test_an_inactive_account_is_read_only() -> None:
    account = AccountFactory.create(state="inactive", status_reason="inactive")
    before = row(account)
    with pytest.raises(Conflict, match="inactive"):
        update_account(account_id=account.pk, values={"name": "Other"}, actor=SYSTEM, at=AT)
    assert row(account) == before


def test_a_field_that_is_not_editable_is_a_mistake_of_the_caller() -> None:
    account = AccountFactory.create()
    with pytest.raises(TypeError, match="company_key"):
        update_account(account_id=account.pk, values={"company_key": "x"}, actor=SYSTEM, at=AT)


def test_an_account_with_people_or_children_is_not_deleted() -> None:
    account = AccountFactory.create(name="Acme")
    AccountFactory.create(name="Acme Leeds", parent=account)
    ContactFactory.create(first_name="Ada", last_name="Byron", account=account)
    with pytest.raises(Conflict) as refused:
        delete_record(model=Account, record_id=account.pk, actor=SYSTEM, at=AT)
    assert refused.value.details == ("Account: Acme Leeds", "Contact: Ada Byron")
    assert row(account)["deleted_at"] is None
    assert Contact.objects.count() == 1


def test_an_account_alone_goes_to_the_bin() -> None:
    account = AccountFactory.create()
    delete_record(model=Account, record_id=account.pk, actor=SYSTEM, at=AT)
    assert row(account)["deleted_at"] == AT
    assert not Account.objects.exists()


@pytest.mark.parametrize("factory", [AccountFactory, ContactFactory])
def test_the_price_list_of_an_active_customer_is_neither_deactivated_nor_deleted(factory: Any) -> None:
    price_list = PriceListFactory.create()
    customer = factory.create(price_list=price_list)
    with pytest.raises(Conflict) as refused:
        deactivate_price_list(price_list_id=price_list.pk, actor=SYSTEM, at=AT)
    assert refused.value.details == (str(customer),)
    with pytest.raises(Conflict):
        delete_record(model=PriceList, record_id=price_list.pk, actor=SYSTEM, at=AT)
    assert (row(price_list)["state"], row(price_list)["deleted_at"]) == ("active", None)
