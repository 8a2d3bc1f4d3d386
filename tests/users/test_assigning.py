"""Giving customers and documents to somebody else: by those who may, to those who can open them, figures untouched."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from activities.models import Activity, TimelineLink
from crm.core.errors import Invalid
from crm.customers.models import Account
from crm.users.models import RolePrivilege, Share, User
from crm.users.services.ownership import assign_record
from crm.users.services.sharing import share_record
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.sales import make_active_quote, make_issued_invoice, make_order, write_in
from tests.factories.users import UserFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
OWNER = {"owner_id", "owner_team_id", "owning_unit_id"}
REFUSED = "No role of Paula Papers allows to see {}."

MAKERS: dict[str, Callable[[User], Any]] = {
    "customers:account": lambda owner: AccountFactory.create(owner=owner),
    "customers:contact": lambda owner: ContactFactory.create(owner=owner),
    "sales:quote": lambda owner: make_active_quote(owner, [write_in("100")]),
    "sales:order": lambda owner: make_order(owner, [write_in("100")]),
    "sales:invoice": lambda owner: make_issued_invoice(owner, [write_in("100")]),
}


@pytest.fixture(params=MAKERS)
def noun(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def columns(record: Any) -> dict[str, Any]:
    return dict(type(record)._default_manager.filter(pk=record.pk).values().get())


def outsider(**values: Any) -> User:
    """Works here, and has no role yet."""
    return UserFactory.create(name="Paula Papers", **values)


def test_the_owner_gives_it_away_and_nothing_else_changes(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record = MAKERS[noun](cast.rep_a)
    anna, url, before = client_for(cast.rep_a), reverse(f"{noun}_assign", args=[record.pk]), columns(record)
    assert url in anna.get(reverse(f"{noun}_detail", args=[record.pk])).text
    assert anna.get(url).status_code == 200
    answer = anna.post(url, {"owner": cast.rep_c.pk})
    assert (answer.status_code, answer["Location"]) == (302, reverse(f"{noun}_list"))
    after = columns(record)
    moved = {"owner_id": cast.rep_c.pk, "owner_team_id": None, "owning_unit_id": cast.south.pk}
    assert {name: after[name] for name in OWNER} == moved
    kept = set(before) - OWNER - {"updated_at", "updated_by_id", "version"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert anna.get(url).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("rep_b", 404), ("rep_c", 404), ("read_only", 403)])
def test_without_the_right_it_stays_where_it_is(
    noun: str, who: str, status: int, cast: Cast, client_for: ClientFor
) -> None:
    record = MAKERS[noun](cast.rep_a)
    client, url, before = client_for(getattr(cast, who)), reverse(f"{noun}_assign", args=[record.pk]), columns(record)
    assert client.get(url).status_code == status
    assert client.post(url, {"owner": cast.rep_c.pk}).status_code == status
    assert columns(record) == before


def test_it_is_not_given_to_one_who_could_not_open_it(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record, person = MAKERS[noun](cast.rep_a), outsider()
    url, before = reverse(f"{noun}_assign", args=[record.pk]), columns(record)
    answer = client_for(cast.rep_a).post(url, {"owner": person.pk})
    assert answer.status_code == 422
    assert REFUSED.format(record._meta.verbose_name_plural) in answer.text
    assert columns(record) == before


def test_it_is_not_shared_with_one_who_could_not_open_it(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record, person = MAKERS[noun](cast.rep_a), outsider()
    url = reverse(f"{noun}_detail", args=[record.pk]) + "share/"
    answer = client_for(cast.rep_a).post(url, {"user": person.pk})
    assert answer.status_code == 422
    assert REFUSED.format(record._meta.verbose_name_plural) in answer.text
    assert not Share.objects.exists()


def test_one_role_that_reads_the_table_is_enough_and_an_administrator_needs_none(cast: Cast) -> None:
    for person in (outsider(role="Read-only"), UserFactory.create(is_administrator=True)):
        account = AccountFactory.create(owner=cast.rep_a)
        assign_record(model=Account, record_id=account.pk, owner=person, actor=cast.rep_a, at=AT)
        account.refresh_from_db()
        assert account.owner == person


def test_a_role_that_reads_other_tables_is_not_enough(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    RolePrivilege.objects.filter(permission="customers.read_account").delete()
    reader, ada = User.objects.get(pk=cast.read_only.pk), cast.administrator
    with pytest.raises(Invalid, match="No role of Rob Reader") as refused:
        assign_record(model=Account, record_id=account.pk, owner=reader, actor=ada, at=AT)
    assert refused.value.field == "owner"
    with pytest.raises(Invalid, match="No role of Rob Reader") as refused:
        share_record(model=Account, record_id=account.pk, receiver=reader, flags=(), actor=ada, at=AT)
    assert refused.value.field == "user"
    account.refresh_from_db()
    assert (account.owner, Share.objects.exists()) == (cast.rep_a, False)


def test_what_was_written_down_stays_with_its_writer_when_the_customer_goes(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    task = make_activity(cast.rep_a, regarding=account)
    assign_record(model=Account, record_id=account.pk, owner=cast.rep_c, actor=cast.rep_a, at=AT)
    assert Activity.objects.get(pk=task.pk).owner == cast.rep_a
    assert [link.owner for link in TimelineLink.objects.all()] == [cast.rep_a]
