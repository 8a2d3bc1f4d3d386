"""Who sees and changes which customers."""

from collections.abc import Callable
from typing import Any

import pytest

from crm.core.errors import Forbidden, NotFound
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account, deactivate_account, update_account
from crm.customers.services.contacts import create_contact, deactivate_contact, update_contact
from crm.users.models import User
from crm.users.rights import FINANCE, MARKETING
from tests.customers.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

CHANGES: dict[str, dict[str, Callable[[Any, Any], Any]]] = {
    "account": {
        "write": lambda pk, actor: update_account(account_id=pk, values={"industry": "Steel"}, actor=actor, at=AT),
        "deactivate": lambda pk, actor: deactivate_account(account_id=pk, actor=actor, at=AT),
    },
    "contact": {
        "write": lambda pk, actor: update_contact(contact_id=pk, values={"role": "influencer"}, actor=actor, at=AT),
        "deactivate": lambda pk, actor: deactivate_contact(contact_id=pk, actor=actor, at=AT),
    },
}
FACTORIES: dict[str, Any] = {"account": AccountFactory, "contact": ContactFactory}
# What each person may do with a customer of rep_a, who works in the north.
REACH = {
    "rep_a": {"read", "write", "deactivate"},
    "rep_b": set[str](),
    "rep_c": set[str](),
    "manager": {"read", "write", "deactivate"},
    "administrator": {"read", "write", "deactivate"},
    "read_only": {"read"},
    "marketing": {"read"},
    "finance": {"read", "write"},
}


def _person(cast: Cast, who: str) -> User:
    roles = {"marketing": MARKETING, "finance": FINANCE}
    if who in roles:
        return UserFactory.create(role=roles[who], business_unit=cast.south)
    person: User = getattr(cast, who)
    return person


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("who", REACH)
def test_rows_are_seen_within_reach_only(cast: Cast, who: str, kind: str) -> None:
    record = FACTORIES[kind].create(owner=cast.rep_a)
    seen = type(record).objects.visible_to(_person(cast, who)).filter(pk=record.pk).exists()
    assert seen is ("read" in REACH[who])


@pytest.mark.parametrize("what", ["write", "deactivate"])
@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("who", REACH)
def test_rows_are_changed_within_reach_only(cast: Cast, who: str, kind: str, what: str) -> None:
    record = FACTORIES[kind].create(owner=cast.rep_a)
    before, actor = row(record), _person(cast, who)
    if what in REACH[who]:
        CHANGES[kind][what](record.pk, actor)
        assert row(record)["version"] == 2
        return
    with pytest.raises(Forbidden if "read" in REACH[who] else NotFound):
        CHANGES[kind][what](record.pk, actor)
    assert row(record) == before


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("rep_a", True), ("manager", True), ("marketing", True), ("finance", False), ("read_only", False)],
)
def test_creating_takes_the_right(cast: Cast, who: str, allowed: bool) -> None:
    actor = _person(cast, who)

    def create_both() -> None:
        create_account(values={"name": "Acme"}, owner=actor, actor=actor, at=AT)
        create_contact(values={"last_name": "Byron"}, owner=actor, actor=actor, at=AT)

    if allowed:
        create_both()
    else:
        with pytest.raises(Forbidden):
            create_both()
    assert (Account.objects.count(), Contact.objects.count()) == (int(allowed), int(allowed))
