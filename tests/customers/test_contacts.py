"""Contacts: names, keys, and whom they belong to."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Invalid
from crm.customers.models import Contact
from crm.customers.services.contacts import create_contact, update_contact
from tests.customers.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


def test_a_new_contact_has_its_name_and_keys(cast: Cast, settings: Any) -> None:
    settings.PHONE_REGION = "GB"
    account = AccountFactory.create(owner=cast.rep_a)
    values = {
        "first_name": "Zoë",
        "middle_name": "Ann",
        "last_name": "O’Brien",
        "account": account,
        "email": "Zoe@Example.com",
        "email2": "zoe@home.example",
        "mobile": "07700 900123",
    }
    contact = create_contact(values=values, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    stored = row(contact)
    expected = {
        "owner_id": cast.rep_a.pk,
        "owning_unit_id": cast.north.pk,
        "account_id": account.pk,
        "full_name": "Zoë Ann O’Brien",
        "sort_key": "zoe ann o'brien",
        "name_key": "zoe o'brien",
        "email_key": "zoe@example.com",
        "email2_key": "zoe@home.example",
        "phone_e164": "",
        "mobile_e164": "+447700900123",
        "state": "active",
    }
    assert {name: stored[name] for name in expected} == expected


def test_a_contact_needs_no_account_and_is_called_by_the_email_if_need_be(cast: Cast) -> None:
    contact = create_contact(values={"email": "who@example.com"}, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert (contact.full_name, contact.account_id, row(contact)["name_key"]) == ("who@example.com", None, "")


def test_a_contact_with_nothing_to_be_called_by_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match="first name, a last name or an e-mail") as refused:
        create_contact(values={"phone": "123"}, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert refused.value.field == "last_name"
    assert not Contact.objects.exists()
    with pytest.raises(IntegrityError, match="contact_has_a_name"), transaction.atomic():
        ContactFactory.create(first_name="", last_name="")


def test_a_contact_does_not_lose_its_name() -> None:
    contact = ContactFactory.create()
    before = row(contact)
    with pytest.raises(Invalid):
        update_contact(contact_id=contact.pk, values={"first_name": "", "last_name": ""}, actor=SYSTEM, at=AT)
    assert row(contact) == before


def test_people_do_not_report_to_themselves_in_a_circle() -> None:
    boss = ContactFactory.create()
    assistant = ContactFactory.create(reports_to=boss)
    before = row(boss)
    for superior in (boss, assistant):
        with pytest.raises(Invalid) as refused:
            update_contact(contact_id=boss.pk, values={"reports_to": superior}, actor=SYSTEM, at=AT)
        assert refused.value.field == "reports_to"
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.filter(pk=boss.pk).update(reports_to=superior)
    assert row(boss) == before


def test_an_inactive_account_gets_no_new_people() -> None:
    contact = ContactFactory.create()
    inactive = AccountFactory.create(state="inactive", status_reason="inactive")
    with pytest.raises(Invalid, match="not active") as refused:
        update_contact(contact_id=contact.pk, values={"account": inactive}, actor=SYSTEM, at=AT)
    assert refused.value.field == "account"
    assert row(contact)["account_id"] is None


def test_an_inactive_contact_is_read_only() -> None:
    contact = ContactFactory.create(state="inactive", status_reason="inactive")
    before = row(contact)
    with pytest.raises(Conflict, match="inactive"):
        update_contact(contact_id=contact.pk, values={"first_name": "Other"}, actor=SYSTEM, at=AT)
    assert row(contact) == before


def test_somebody_to_whom_others_report_is_not_deleted() -> None:
    boss = ContactFactory.create()
    assistant = ContactFactory.create(reports_to=boss)
    with pytest.raises(Conflict) as refused:
        delete_record(model=Contact, record_id=boss.pk, actor=SYSTEM, at=AT)
    assert refused.value.details == (f"Contact: {assistant}",)
    assert row(boss)["deleted_at"] is None
    delete_record(model=Contact, record_id=assistant.pk, actor=SYSTEM, at=AT)
    delete_record(model=Contact, record_id=boss.pk, actor=SYSTEM, at=AT)
    assert not Contact.objects.exists()


def test_the_primary_contact_of_an_account_stays(cast: Cast) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    contact = ContactFactory.create(account=account, owner=cast.rep_a)
    account.primary_contact = contact
    account.save()
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Contact, record_id=contact.pk, actor=SYSTEM, at=AT)
    assert refusal.value.details == ("Account: Acme",)
    assert Contact.objects.filter(pk=contact.pk).exists()
