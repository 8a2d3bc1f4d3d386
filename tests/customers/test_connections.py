"""Two records that have to do with each other: roles and their opposites, once, seen by who sees both."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.core.deletion import delete_record, restore_record
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.customers.connecting import connections_of
from crm.customers.foundations import lay_connection_roles
from crm.customers.models import Account, Connection, ConnectionRole, Contact
from crm.customers.services.connections import (
    add_connection,
    move_connections,
    remove_connection,
    update_connection,
)
from crm.users.models import Share
from crm.users.services.sharing import share_record, stop_sharing
from sales.models import Opportunity
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify, salesperson_without
from tests.factories.sales import make_opportunity

NOW = timezone.now
DETAILS: dict[str, Any] = {"starts_on": None, "ends_on": None, "description": ""}


def role(name: str) -> ConnectionRole:
    return ConnectionRole.objects.get(name=name)


def connect(record: Any, other: Any, name: str = "", own: str = "", *, actor: Any, **details: Any) -> Connection:
    return add_connection(
        model=type(record),
        record_id=record.pk,
        other=other,
        role=role(name) if name else None,
        own_role=role(own) if own else None,
        values={**DETAILS, **details},
        actor=actor,
        at=NOW(),
    )


def disconnect(record: Any, connection: Connection, actor: Any) -> None:
    remove_connection(model=type(record), record_id=record.pk, connection_id=connection.pk, actor=actor, at=NOW())


def seen(record: Any, actor: Any) -> list[tuple[str, str, str]]:
    return [(one.name, str(one.side.role or ""), str(one.side.own_role or "")) for one in connections_of(record, actor)]


@pytest.fixture
def dairy(cast: Cast) -> Account:
    return AccountFactory.create(owner=cast.rep_a, name="Green Lakes Dairy")


type Pair = tuple[Account, Contact]


@pytest.fixture
def pair(dairy: Account, jane: Contact) -> Pair:
    return dairy, jane


@pytest.fixture
def jane(cast: Cast) -> Contact:
    return ContactFactory.create(owner=cast.rep_a, first_name="Jane", last_name="Doe")


@pytest.mark.parametrize(
    ("given", "from_dairy", "from_jane"),
    [
        (("Employee", ""), ("Employee", "Employer"), ("Employer", "Employee")),
        (("", "Employer"), ("Employee", "Employer"), ("Employer", "Employee")),
        (("Champion", ""), ("Champion", ""), ("", "Champion")),
        (("Partner", ""), ("Partner", "Partner"), ("Partner", "Partner")),
        (("Champion", "Stakeholder"), ("Champion", "Stakeholder"), ("Stakeholder", "Champion")),
    ],
)
def test_one_row_is_read_from_both_sides(
    cast: Cast, pair: Pair, given: tuple[str, str], from_dairy: Any, from_jane: Any
) -> None:
    dairy, jane = pair
    connect(dairy, jane, *given, actor=cast.rep_a)
    assert Connection.objects.count() == 1
    assert seen(dairy, cast.rep_a) == [("Jane Doe", *from_dairy)]
    assert seen(jane, cast.rep_a) == [("Green Lakes Dairy", *from_jane)]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        (("", ""), "role", "Choose a role for one of the two at least."),
        (("Employee", "Partner"), "own_role", "Opposite of “Employee” stands “Employer”."),
        (("Champion", "Employer"), "role", "Opposite of “Employer” stands “Employee”."),
        (("Employer", ""), "role", "“Employer” is no role for a record of this kind: contact."),
        (("", "Spouse"), "own_role", "“Spouse” is no role for a record of this kind: account."),
    ],
)
def test_roles_that_do_not_fit_are_refused_at_their_field(
    cast: Cast, pair: Pair, given: tuple[str, str], field: str, sentence: str
) -> None:
    dairy, jane = pair
    with pytest.raises(Invalid) as refused:
        connect(dairy, jane, *given, actor=cast.rep_a)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert not Connection.objects.exists()


def test_a_pair_has_the_same_roles_once_from_either_side(cast: Cast, dairy: Account, jane: Contact) -> None:
    connect(dairy, jane, "Employee", actor=cast.rep_a)
    for record, other, name in ((dairy, jane, "Employee"), (jane, dairy, "Employer")):
        with pytest.raises(Invalid, match="They are connected in these roles already") as refused:
            connect(record, other, name, actor=cast.rep_a)
        assert refused.value.field == "role"
    connect(dairy, jane, "Champion", actor=cast.rep_a)
    assert len(seen(dairy, cast.rep_a)) == 2


def test_a_record_is_not_connected_with_itself(cast: Cast, dairy: Account) -> None:
    with pytest.raises(Invalid, match="not connected with itself") as refused:
        connect(dairy, dairy, "Partner", actor=cast.rep_a)
    assert refused.value.field == "name"
    connection = connect(dairy, AccountFactory.create(owner=cast.rep_a), "Partner", actor=cast.rep_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.filter(pk=connection.pk).update(b_id=connection.a_id)


def test_what_is_inactive_or_not_given_any_more_takes_part_in_nothing_new(
    cast: Cast, dairy: Account, jane: Contact
) -> None:
    Contact.objects.filter(pk=jane.pk).update(state="inactive", status_reason="inactive")
    jane.refresh_from_db()
    with pytest.raises(Invalid, match="is not active") as refused:
        connect(dairy, jane, "Champion", actor=cast.rep_a)
    assert refused.value.field == "name"
    with pytest.raises(Conflict, match="cannot be changed"):
        connect(jane, dairy, "Partner", actor=cast.rep_a)
    ConnectionRole.objects.filter(name="Partner").update(is_active=False)
    with pytest.raises(Invalid, match="“Partner” is no longer given"):
        connect(dairy, AccountFactory.create(owner=cast.rep_a), "Partner", actor=cast.rep_a)


def test_details_and_roles_change_and_the_ends_stay(cast: Cast, dairy: Account, jane: Contact) -> None:
    connection = connect(dairy, jane, "Employee", actor=cast.rep_a, starts_on=dt.date(2026, 1, 2))
    common: dict[str, Any] = {"model": Contact, "record_id": jane.pk, "connection_id": connection.pk, "at": NOW()}
    update_connection(
        **common,
        role=None,
        own_role=role("Champion"),
        values={"ends_on": dt.date(2026, 6, 30), "description": "Until the merger"},
        actor=cast.rep_a,
    )
    assert seen(dairy, cast.rep_a) == [("Jane Doe", "Champion", "")]
    connection.refresh_from_db()
    assert (connection.starts_on, connection.ends_on) == (dt.date(2026, 1, 2), dt.date(2026, 6, 30))
    with pytest.raises(Invalid, match="cannot end before it starts") as refused:
        update_connection(
            **common, role=None, own_role=role("Champion"), values={"ends_on": dt.date(2025, 1, 1)}, actor=cast.rep_a
        )
    assert refused.value.field == "ends_on"


def test_who_does_not_see_both_ends_sees_no_connection(cast: Cast, dairy: Account, jane: Contact) -> None:
    connection = connect(dairy, jane, "Employee", actor=cast.rep_a)
    share_record(
        model=Account, record_id=dairy.pk, receiver=cast.rep_c, flags={"may_write"}, actor=cast.rep_a, at=NOW()
    )
    assert seen(dairy, cast.rep_c) == []
    assert seen(dairy, cast.read_only) == [("Jane Doe", "Employee", "Employer")]
    with pytest.raises(NotFound):
        disconnect(dairy, connection, cast.rep_c)
    with pytest.raises(NotFound):
        connect(dairy, jane, "Champion", actor=cast.rep_c)
    with pytest.raises(Forbidden):
        disconnect(dairy, connection, cast.read_only)
    assert Connection.objects.count() == 1


def test_connections_go_into_the_bin_and_come_back_with_their_record(cast: Cast, dairy: Account, jane: Contact) -> None:
    connect(dairy, jane, "Employee", actor=cast.rep_a)
    delete_record(model=Contact, record_id=jane.pk, actor=cast.rep_a, at=NOW())
    assert seen(dairy, cast.administrator) == []
    restore_record(model=Contact, record_id=jane.pk, actor=cast.administrator, at=NOW())
    assert seen(dairy, cast.rep_a) == [("Jane Doe", "Employee", "Employer")]


def test_what_becomes_one_record_has_the_connections_of_both_once(cast: Cast, dairy: Account, jane: Contact) -> None:
    twin = ContactFactory.create(owner=cast.rep_a, first_name="Jane", last_name="Do")
    connect(dairy, jane, "Employee", actor=cast.rep_a)
    connect(dairy, twin, "Employee", actor=cast.rep_a)
    connect(dairy, twin, "Champion", actor=cast.rep_a)
    connect(jane, twin, "Spouse", actor=cast.rep_a)
    moved = move_connections(model=Contact, from_id=twin.pk, to_id=jane.pk, actor=cast.rep_a, at=NOW())
    assert moved == 1
    assert sorted(seen(jane, cast.rep_a)) == [
        ("Green Lakes Dairy", "", "Champion"),
        ("Green Lakes Dairy", "Employer", "Employee"),
    ]
    assert seen(twin, cast.rep_a) == []


def test_qualifying_leaves_the_connections_on_the_lead(cast: Cast, jane: Contact) -> None:
    lead = make_lead(cast.rep_a)
    connect(lead, jane, "Referrer", actor=cast.rep_a)
    qualify(lead)
    assert seen(lead, cast.rep_a) == [("Jane Doe", "Referrer", "Referred")]
    assert seen(Opportunity.objects.get(), cast.rep_a) == []


# The sales team


def shares(record: Any) -> list[tuple[str, bool]]:
    return sorted(Share.objects.for_record(record).values_list("user__username", "may_write"))


def test_whoever_joins_the_sales_team_may_change_the_opportunity_until_they_leave(cast: Cast) -> None:
    deal = make_opportunity(cast.rep_a)
    connection = connect(deal, cast.rep_c, "Technical sales", actor=cast.rep_a)
    assert shares(deal) == [("rep_c", True)]
    assert Opportunity.objects.for_action(cast.rep_c, "write").filter(pk=deal.pk).exists()
    assert seen(deal, cast.rep_a) == [("Cara South", "Technical sales", "")]
    with pytest.raises(Invalid, match="Cara South is in the sales team already") as refused:
        connect(deal, cast.rep_c, "Account manager", actor=cast.rep_a)
    assert refused.value.field == "name"
    disconnect(deal, connection, cast.rep_a)
    assert shares(deal) == []


def test_leaving_takes_back_only_what_joining_gave(cast: Cast) -> None:
    """A share to read was there before: it stays. One that was set anew since is somebody else's."""
    deal = make_opportunity(cast.rep_a)
    common: dict[str, Any] = {"model": Opportunity, "record_id": deal.pk, "receiver": cast.rep_c, "actor": cast.rep_a}
    share_record(**common, flags=(), at=NOW())
    connection = connect(deal, cast.rep_c, "Sales team member", actor=cast.rep_a)
    assert shares(deal) == [("rep_c", True)]
    disconnect(deal, connection, cast.rep_a)
    assert shares(deal) == [("rep_c", False)]
    connection = connect(deal, cast.rep_c, "Sales team member", actor=cast.rep_a)
    share_record(**common, flags={"may_write"}, at=NOW())
    disconnect(deal, connection, cast.rep_a)
    assert shares(deal) == [("rep_c", True)]


def test_a_role_outside_of_the_team_opens_nothing_and_a_change_of_role_closes(cast: Cast) -> None:
    deal = make_opportunity(cast.rep_a)
    connection = connect(deal, cast.rep_c, "Sales team member", actor=cast.rep_a)
    common: dict[str, Any] = {"model": Opportunity, "record_id": deal.pk, "connection_id": connection.pk, "at": NOW()}
    update_connection(**common, role=role("Referrer"), own_role=None, values={}, actor=cast.rep_a)
    assert shares(deal) == []
    update_connection(**common, role=role("Industry expert"), own_role=None, values={}, actor=cast.rep_a)
    assert shares(deal) == [("rep_c", True)]
    share = Share.objects.for_record(deal).get()
    stop_sharing(model=Opportunity, record_id=deal.pk, share_id=share.pk, actor=cast.rep_a, at=NOW())
    disconnect(deal, Connection.objects.get(), cast.rep_a)
    assert shares(deal) == []
    account = AccountFactory.create(owner=cast.rep_a)
    connect(account, cast.rep_c, "Account manager", actor=cast.rep_a)
    assert shares(account) == []


def test_joining_needs_the_right_to_share_and_a_role_that_reads(cast: Cast) -> None:
    seller = salesperson_without("share_opportunity", cast.north)
    deal = make_opportunity(seller)
    with pytest.raises(Forbidden):
        connect(deal, cast.rep_c, "Sales team member", actor=seller)
    cast.rep_b.user_roles.all().delete()
    mine = make_opportunity(cast.rep_a)
    with pytest.raises(Invalid, match="No role of Ben North allows") as refused:
        connect(mine, cast.rep_b, "Sales team member", actor=cast.rep_a)
    assert refused.value.field == "name"
    assert not Connection.objects.exists()
    assert not Share.objects.exists()
    connect(mine, cast.rep_a, "Sales team member", actor=cast.rep_a)
    assert shares(mine) == []


def test_shipped_roles_are_made_once_and_have_their_opposites(db: None) -> None:
    pairs = {one.name: one.reciprocal.name for one in ConnectionRole.objects.exclude(reciprocal=None)}
    assert pairs["Employer"] == "Employee"
    assert pairs["Spouse"] == "Spouse"
    assert all(pairs[other] == name for name, other in pairs.items())
    ConnectionRole.objects.filter(name="Champion").update(name="Ally")
    lay_connection_roles()
    assert not ConnectionRole.objects.filter(name="Champion").exists()
