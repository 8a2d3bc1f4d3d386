"""What stands together on the pages of customers: people, child accounts, addresses, and choosing by name."""

from typing import Any

import pytest
from django.test import Client

from crm.customers.models import Account, Address, Contact
from tests.catalog.pages import hidden, list_of, names_in, text_of
from tests.customers.rows import row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, AddressFactory, ContactFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def test_an_account_shows_its_people_and_children_that_one_may_see(cast: Cast, anna: Client) -> None:
    acme = AccountFactory.create(name="Acme", owner=cast.rep_a)
    ContactFactory.create(last_name="Visible", account=acme, owner=cast.rep_a)
    ContactFactory.create(last_name="Secretive", account=acme, owner=cast.rep_c)
    AccountFactory.create(name="Acme Leeds", parent=acme, owner=cast.rep_a)
    AccountFactory.create(name="Acme Hidden", parent=acme, owner=cast.rep_c)
    page = text_of(anna, f"/accounts/{acme.pk}/?tab=related")
    assert "Kim Visible" in page
    assert "Acme Leeds" in page
    assert "Secretive" not in page
    assert "Acme Hidden" not in page


def test_a_long_family_is_cut_and_leads_to_the_list(cast: Cast, anna: Client) -> None:
    acme = AccountFactory.create(name="Acme", owner=cast.rep_a)
    for number in range(21):
        ContactFactory.create(last_name=f"Nr{number:02d}", account=acme, owner=cast.rep_a)
    ContactFactory.create(last_name="Elsewhere", owner=cast.rep_a)
    page = text_of(anna, f"/accounts/{acme.pk}/?tab=related")
    assert "Nr19" in page
    assert "Nr20" not in page
    assert f'href="/contacts/?view=all&amp;account={acme.pk}"' in page
    assert names_in(list_of(anna, f"/contacts/?view=all&account={acme.pk}")) == [f"Kim Nr{n:02d}" for n in range(21)]


def test_a_new_contact_of_an_account_has_it_filled_in(cast: Cast, anna: Client) -> None:
    acme = AccountFactory.create(name="Acme", owner=cast.rep_a)
    assert f'href="/contacts/new/?account={acme.pk}"' in text_of(anna, f"/accounts/{acme.pk}/?tab=related")
    page = text_of(anna, f"/contacts/new/?account={acme.pk}")
    assert f'value="Acme (#{acme.pk})"' in page
    form = {"last_name": "Byron", "account": f"Acme (#{acme.pk})", "preferred_contact_method": "any"}
    assert anna.post("/contacts/new/", form).status_code == 302
    assert Contact.objects.get().account == acme


@pytest.mark.parametrize("asked", ["0", "x", "99999999999999999999", "-1"])
def test_an_address_that_names_no_account_fills_in_nothing(anna: Client, asked: str) -> None:
    assert "(#" not in text_of(anna, f"/contacts/new/?account={asked}")


def test_nobody_chooses_what_they_may_not_see(cast: Cast, anna: Client) -> None:
    hidden_account = AccountFactory.create(name="Secretive", owner=cast.rep_c)
    assert "Secretive" not in text_of(anna, f"/contacts/new/?account={hidden_account.pk}")
    for typed in ("Secretive", f"Secretive (#{hidden_account.pk})", str(hidden_account.pk)):
        form = {"last_name": "Byron", "account": typed, "preferred_contact_method": "any"}
        answer = anna.post("/contacts/new/", form)
        assert answer.status_code == 422
        assert "that you may see" in answer.content.decode()
    assert not Contact.objects.exists()


def test_an_inactive_account_is_not_chosen(cast: Cast, anna: Client) -> None:
    account = AccountFactory.create(name="Gone", owner=cast.rep_a, state="inactive", status_reason="inactive")
    for typed in ("Gone", f"Gone (#{account.pk})"):
        form = {"last_name": "Byron", "account": typed, "preferred_contact_method": "any"}
        answer = anna.post("/contacts/new/", form)
        assert answer.status_code == 422
        assert 'id="id_account_error"' in answer.content.decode()
    assert not Contact.objects.exists()


def test_a_parent_above_itself_is_told_at_the_field(cast: Cast, anna: Client) -> None:
    top = AccountFactory.create(name="Top", owner=cast.rep_a)
    child = AccountFactory.create(name="Child", parent=top, owner=cast.rep_a)
    before = row(top)
    form = {"name": "Top", "parent": f"Child (#{child.pk})", "preferred_contact_method": "any"}
    answer = anna.post(f"/accounts/{top.pk}/edit/", form)
    assert answer.status_code == 422
    assert "would stand above itself" in answer.content.decode()
    assert row(top) == before


def test_a_number_that_is_taken_is_told_at_the_field(cast: Cast, anna: Client) -> None:
    AccountFactory.create(number="A-1", owner=cast.rep_c)
    answer = anna.post("/accounts/new/", {"name": "Acme", "number": "A-1", "preferred_contact_method": "any"})
    assert answer.status_code == 422
    assert 'id="id_number_error"' in answer.content.decode()
    assert Account.objects.count() == 1


@pytest.mark.parametrize("noun", ["account", "contact"])
def test_addresses_are_added_changed_and_removed_on_the_page(cast: Cast, anna: Client, noun: str) -> None:
    factories: dict[str, Any] = {"account": AccountFactory, "contact": ContactFactory}
    customer = factories[noun].create(owner=cast.rep_a)
    base = f"/{noun}s/{customer.pk}/"
    assert "Add address" in text_of(anna, base)
    text_of(anna, f"{base}addresses/new/")
    assert anna.post(f"{base}addresses/new/", {"street": "1 Long Lane", "city": "Leeds"})["Location"] == base
    address = Address.objects.get()
    assert (address.customer, address.is_default_bill_to, address.is_default_ship_to) == (customer, True, True)
    assert "1 Long Lane" in text_of(anna, base)
    url = f"{base}addresses/{address.pk}/"
    version = hidden(text_of(anna, f"{url}edit/"), "version")
    changed = {"street": "2 Short Lane", "city": "York", "is_default_bill_to": "on", "version": version}
    assert anna.post(f"{url}edit/", changed)["Location"] == base
    assert (row(address)["street"], row(address)["is_default_ship_to"]) == ("2 Short Lane", False)
    assert anna.post(f"{url}edit/", {**changed, "street": "Stale"}).status_code == 409
    assert row(address)["street"] == "2 Short Lane"
    text_of(anna, f"{url}delete/")
    assert anna.post(f"{url}delete/")["Location"] == base
    assert not Address.objects.exists()


def test_an_empty_address_is_told_at_the_street(cast: Cast, anna: Client) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    answer = anna.post(f"/accounts/{account.pk}/addresses/new/", {"name": "Reception"})
    assert answer.status_code == 422
    assert 'id="id_street_error"' in answer.content.decode()
    assert not Address.objects.exists()


def test_an_address_is_found_only_at_its_own_customer(cast: Cast, anna: Client) -> None:
    address = AddressFactory.create(account=AccountFactory.create(owner=cast.rep_a))
    other = AccountFactory.create(owner=cast.rep_a)
    contact = ContactFactory.create(owner=cast.rep_a)
    before = row(address)
    for base in (f"/accounts/{other.pk}", f"/contacts/{contact.pk}"):
        for path in ("edit", "delete"):
            assert anna.get(f"{base}/addresses/{address.pk}/{path}/").status_code == 404
            assert anna.post(f"{base}/addresses/{address.pk}/{path}/", {"city": "York"}).status_code == 404
    assert row(address) == before


def test_an_inactive_customer_shows_its_addresses_and_changes_none(cast: Cast, anna: Client) -> None:
    account = AccountFactory.create(owner=cast.rep_a, state="inactive", status_reason="inactive")
    address = AddressFactory.create(account=account, street="1 Long Lane")
    page = text_of(anna, f"/accounts/{account.pk}/")
    assert "1 Long Lane" in page
    assert "Add address" not in page
    assert anna.post(f"/accounts/{account.pk}/addresses/{address.pk}/delete/").status_code == 409
    assert row(address)["street"] == "1 Long Lane"
