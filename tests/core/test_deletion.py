"""Deleting and taking back, on accounts with contacts of their own."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from crm.core import deletion, history
from crm.core.deletion import accompanies, belongs, delete_record, dependents, holds, refuses, restore_record
from crm.core.errors import Conflict, Forbidden, NotFound, Refusal
from crm.customers.models import Account, Contact
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _only_these_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in ("_holding", "_belonging", "_accompanying", "_refusing", "_keeping"):
        monkeypatch.setattr(deletion, registry, {})


def contacts_of(accounts: Sequence[Account]) -> Any:
    return Contact.objects.filter(account__in=accounts)


def delete(record: Account | Contact, cast: Cast, at: dt.datetime = AT) -> None:
    delete_record(model=type(record), record_id=record.pk, actor=cast.administrator, at=at)


def restore(record: Account | Contact, cast: Cast) -> None:
    restore_record(model=type(record), record_id=record.pk, actor=cast.administrator, at=LATER)


def live() -> set[str]:
    return {record.name for record in Account.objects.all()} | {record.last_name for record in Contact.objects.all()}


def test_a_deleted_record_lies_in_the_bin(cast: Cast) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=AT)
    assert live() == set()
    assert Account.with_bin.binned().get().deleted_at == AT
    with pytest.raises(NotFound):
        delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=LATER)


@pytest.mark.parametrize(("who", "refusal"), [("rep_b", NotFound), ("read_only", Forbidden)])
def test_deleting_needs_the_right_to(cast: Cast, who: str, refusal: type[Refusal]) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    with pytest.raises(refusal):
        delete_record(model=Account, record_id=account.pk, actor=getattr(cast, who), at=AT)
    assert live() == {"Acme"}


def test_what_depends_on_a_record_holds_it_and_is_listed(cast: Cast) -> None:
    holds(Account, contacts_of)
    refuses(Account, lambda account: "It is our best customer." if account.name == "Acme" else "")
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    contact = ContactFactory.create(account=account, owner=cast.rep_a)
    with pytest.raises(Conflict, match="others depend on it") as refusal:
        delete(account, cast)
    assert refusal.value.details == ("It is our best customer.", f"Contact: {contact}")
    assert live() == {"Acme", contact.last_name}


def test_at_most_ten_of_a_kind_are_listed(cast: Cast) -> None:
    holds(Account, contacts_of)
    account = AccountFactory.create(owner=cast.rep_a)
    for _number in range(12):
        ContactFactory.create(account=account, owner=cast.rep_a)
    assert len(dependents(account)) == 10


def test_what_one_may_not_see_holds_a_record_without_its_name(cast: Cast) -> None:
    holds(Account, contacts_of)
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    ContactFactory.create(first_name="Ada", last_name="Secret", account=account, owner=cast.rep_c)
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=AT)
    assert refusal.value.details == ("A contact you may not see",)
    assert dependents(account, cast.administrator) == ["Contact: Ada Secret"]


def test_what_belongs_to_a_record_holds_it_for_those_who_may_not_delete_it(cast: Cast) -> None:
    belongs(Account, contacts_of)
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    ContactFactory.create(last_name="Secret", account=account, owner=cast.rep_c)
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=AT)
    assert refusal.value.details == ("A contact you may not see",)
    assert live() == {"Acme", "Secret"}
    delete(account, cast)
    assert live() == set()


def test_what_only_accompanies_a_record_goes_with_it_whosever_it_is(cast: Cast) -> None:
    accompanies(Account, contacts_of)
    refuses(Contact, lambda _contact: "It stays.")
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    ContactFactory.create(last_name="Secret", account=account, owner=cast.rep_c)
    delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=AT)
    assert live() == set()
    restore(account, cast)
    assert live() == {"Acme", "Secret"}


def test_what_belongs_to_a_record_goes_with_it_and_comes_back_with_it(cast: Cast) -> None:
    belongs(Account, contacts_of)
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    ContactFactory.create(last_name="Early", account=account, owner=cast.rep_a)
    ContactFactory.create(last_name="Late", account=account, owner=cast.rep_a)
    stranger = ContactFactory.create(last_name="Stranger", owner=cast.rep_a)
    delete(Contact.objects.get(last_name="Early"), cast)
    delete(stranger, cast)
    delete(account, cast)
    assert live() == set()
    restore(account, cast)
    assert live() == {"Acme", "Late"}
    restore(stranger, cast)
    assert live() == {"Acme", "Late", "Stranger"}


def test_what_belongs_to_a_record_may_hold_it(cast: Cast) -> None:
    belongs(Account, contacts_of)
    refuses(Contact, lambda contact: f"{contact} has signed.")
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    contact = ContactFactory.create(account=account, owner=cast.rep_a)
    with pytest.raises(Conflict) as refusal:
        delete(account, cast)
    assert refusal.value.details == (f"{contact} has signed.",)
    assert live() == {"Acme", contact.last_name}


def test_only_an_administrator_restores(cast: Cast) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    delete(account, cast)
    for person in (cast.rep_a, cast.manager, cast.read_only):
        with pytest.raises(Forbidden):
            restore_record(model=Account, record_id=account.pk, actor=person, at=LATER)
    assert live() == set()


def test_restoring_twice_or_what_was_never_deleted_changes_nothing(cast: Cast) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    restore(account, cast)
    delete(account, cast)
    restore(account, cast)
    restore(account, cast)
    account.refresh_from_db()
    assert (live(), account.version) == ({"Acme"}, 3)
    with pytest.raises(NotFound):
        restore_record(model=Account, record_id=0, actor=cast.administrator, at=LATER)


def test_history_says_who_deleted_and_for_whose_sake(cast: Cast) -> None:
    belongs(Account, contacts_of)
    account = AccountFactory.create(owner=cast.rep_a)
    contact = ContactFactory.create(account=account, owner=cast.rep_a)
    delete(account, cast)
    event: Any = history.events_of(contact).first()
    assert event.pgh_context["action"] == "record.deleted"
    assert event.pgh_context["user"] == cast.administrator.pk
    assert event.pgh_context["about"] == f"customers.account:{account.pk}"
    restore(account, cast)
    event = history.events_of(contact).first()
    assert (event.pgh_context["action"], event.deleted_at) == ("record.restored", None)


def test_what_refers_to_something_in_the_bin_comes_back_after_it(cast: Cast) -> None:
    account = AccountFactory.create(name="Acme", owner=cast.rep_a)
    contact = ContactFactory.create(last_name="Late", account=account, owner=cast.rep_a)
    delete(contact, cast)
    delete(account, cast, LATER)
    with pytest.raises(Conflict, match="cannot come back") as refusal:
        restore(contact, cast)
    assert refusal.value.details == ("Account: Acme is in the bin. Take it out first.",)
    assert live() == set()
    restore(account, cast)
    restore(contact, cast)
    assert live() == {"Acme", "Late"}
