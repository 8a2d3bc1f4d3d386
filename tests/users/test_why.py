"""What the page says to "Why can I see this?": the reasons that the filter itself has."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from crm.customers.models import Account
from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege, Share, User, UserRole
from crm.users.why import Answer, what_may_be_done, why_context, why_seen
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.catalog import ProductFactory
from tests.factories.customers import AccountFactory
from tests.factories.leads import make_lead
from tests.factories.sales import make_invoice
from tests.factories.users import TeamFactory, UnitFactory, UserFactory
from tests.fixtures import ClientFor

READS = "Your role Salesperson lets you read such accounts."


def again(person: User) -> User:
    """Rights are read once for each person in memory."""
    return User.objects.get(pk=person.pk)


def share(record: models.Model, by: User | None, **values: Any) -> None:
    kind = ContentType.objects.get_for_model(record)
    at = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)
    Share.objects.create(content_type=kind, object_id=record.pk, shared_by=by, shared_at=at, **values)


def test_the_owner_reads_that_it_is_theirs_and_which_role_lets_them(cast: Cast) -> None:
    assert why_seen(AccountFactory.create(owner=cast.rep_a), cast.rep_a) == ["You own it.", READS]


def test_a_member_reads_the_name_of_the_team_that_owns_it(cast: Cast) -> None:
    team = TeamFactory.create(name="Inside sales", business_unit=cast.south, members=[cast.rep_a])
    account = AccountFactory.create(owner=None, owner_team=team, owning_unit=cast.south)
    assert why_seen(account, cast.rep_a) == ["Your team Inside sales owns it.", READS]


def test_a_manager_reads_of_the_report_and_of_the_unit_with_the_role_that_reaches_it(cast: Cast) -> None:
    assert why_seen(AccountFactory.create(owner=cast.rep_a), cast.manager) == [
        "It belongs to your unit North, and your role Sales manager may read the whole unit.",
        "Anna North, who owns it, reports to you.",
    ]


def test_a_manager_reads_of_a_unit_below(cast: Cast) -> None:
    below = UserFactory.create(business_unit=UnitFactory.create(name="North east", parent=cast.north))
    assert why_seen(AccountFactory.create(owner=below), cast.manager) == [
        "It belongs to North east below your unit, and your role Sales manager may read units below."
    ]


def test_who_only_has_a_report_in_between_reads_so(cast: Cast) -> None:
    second = UserFactory.create(name="Zoe", manager=cast.rep_a)
    account = AccountFactory.create(owner=second)
    assert why_seen(account, again(cast.rep_a)) == ["Zoe, who owns it, reports to you.", READS]
    assert why_seen(account, again(cast.manager)) == [
        "Zoe, who owns it, reports to somebody who reports to you.",
        "Your role Sales manager lets you read such accounts.",
    ]


def test_a_shared_record_says_who_shared_it_when_and_for_what(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_c)
    team = TeamFactory.create(name="Helpers", members=[cast.rep_a])
    share(account, cast.rep_c, user=cast.rep_a, may_write=True)
    share(account, None, team=team)
    assert why_seen(account, cast.rep_a) == [
        "Cara South shared it with you on 3 Nov 2026 (read, change).",
        "It was shared with your team Helpers on 3 Nov 2026 (read).",
        READS,
    ]


def test_an_administrator_reads_that_they_may_do_everything(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_c)
    assert why_seen(account, cast.administrator) == ["You are an administrator, who may do everything."]
    assert what_may_be_done(account, cast.administrator) == [
        Answer(
            ("Change", "Delete", "Assign", "Share", "Activate", "Deactivate", "Merge"),
            True,
            ("You are an administrator, who may do everything.",),
        )
    ]


def test_who_reads_all_reads_the_role_that_lets_them(cast: Cast) -> None:
    lead = make_lead(cast.rep_c)
    assert why_seen(lead, cast.read_only) == ["Your role Read-only may read all leads."]
    assert {(answer.allowed, answer.reasons) for answer in what_may_be_done(lead, cast.read_only)} == {
        (False, ("None of your roles allows it.",))
    }


def test_a_catalogue_row_is_seen_through_the_role_alone(cast: Cast) -> None:
    product = ProductFactory.create()
    assert why_seen(product, cast.rep_a) == ["Your role Salesperson may read all products."]
    assert [answer.allowed for answer in what_may_be_done(product, cast.rep_a)] == [False]
    assert [answer.allowed for answer in what_may_be_done(product, cast.manager)] == [True]


def test_acts_are_grouped_by_what_allows_or_refuses_them(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_c)
    share(account, cast.rep_c, user=cast.rep_a, may_write=True)
    shared = "Cara South shared it with you on 3 Nov 2026 (read, change)."
    lets = "Your role Salesperson lets you do this with such accounts."
    only = "Your role Salesperson allows it only with what you own or what is shared with you for it."
    assert what_may_be_done(account, cast.rep_a) == [
        Answer(("Change", "Activate", "Deactivate", "Merge"), True, (shared, lets)),
        Answer(("Delete", "Assign", "Share"), False, (only,)),
    ]


@pytest.mark.parametrize(
    ("depth", "sentence"),
    [
        (Depth.OWN, "Your role Test allows it only with what you own or what is shared with you for it."),
        (Depth.UNIT, "Your role Test allows it only in your own unit."),
        (Depth.UNIT_AND_BELOW, "Your role Test allows it only in your unit and those below."),
    ],
)
def test_a_depth_that_does_not_reach_says_how_far_it_does(cast: Cast, depth: Depth, sentence: str) -> None:
    person, role = UserFactory.create(), Role.objects.create(name="Test")
    UserRole.objects.create(user=person, role=role)
    for act, reach in (("read", Depth.ALL), ("delete", depth)):
        RolePrivilege.objects.create(role=role, permission=f"customers.{act}_account", depth=reach)
    found = what_may_be_done(AccountFactory.create(owner=cast.rep_a), person)
    assert Answer(("Delete",), False, (sentence,)) in found


def test_the_widest_of_several_roles_is_named(cast: Cast) -> None:
    wide = Role.objects.create(name="Auditor")
    RolePrivilege.objects.create(role=wide, permission="customers.read_account", depth=Depth.ALL)
    UserRole.objects.create(user=cast.rep_a, role=wide)
    account = AccountFactory.create(owner=cast.rep_c)
    assert why_seen(account, cast.rep_a) == ["Your role Auditor may read all accounts."]


def test_there_is_no_reason_for_what_one_may_not_see(cast: Cast) -> None:
    assert why_seen(AccountFactory.create(owner=cast.rep_c), cast.rep_a) == []
    assert why_seen(ProductFactory.create(), UserFactory.create()) == []


def test_there_is_a_reason_exactly_for_what_is_visible(cast: Cast) -> None:
    people = (cast.rep_a, cast.rep_b, cast.rep_c, cast.manager, cast.administrator, cast.read_only)
    accounts = [AccountFactory.create(owner=owner) for owner in people]
    share(accounts[2], cast.rep_c, user=cast.rep_b, may_delete=True)
    for person in people:
        seen = set(Account.objects.visible_to(person).values_list("pk", flat=True))
        assert {account.pk for account in accounts if why_seen(account, person)} == seen
        for account in Account.objects.visible_to(person):
            allowed = {act for one in what_may_be_done(account, person) if one.allowed for act in one.acts}
            for act in ("write", "delete", "assign", "share"):
                label = {"write": "Change"}.get(act, act.capitalize())
                may = Account.objects.for_action(person, act).filter(pk=account.pk).exists()
                assert (label in allowed) == may, (person, act)


def test_the_answer_costs_three_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    why_seen(account, cast.rep_b)
    person = again(cast.rep_a)
    with django_assert_num_queries(3):  # the person's reach, the row, the roles
        why_context(account, person)


@pytest.mark.parametrize("kind", ["lead", "task", "account", "product", "invoice"])
def test_every_record_page_offers_the_answer_and_asks_nothing_before(
    cast: Cast, client_for: ClientFor, kind: str
) -> None:
    made: dict[str, Any] = {
        "lead": ("/leads/", make_lead(cast.rep_a)),
        "task": ("/activities/", make_activity(cast.rep_a, "task", subject="Call")),
        "account": ("/accounts/", AccountFactory.create(owner=cast.rep_a)),
        "product": ("/products/", ProductFactory.create()),
        "invoice": ("/invoices/", make_invoice(cast.rep_a)),
    }
    address, record = made[kind]
    client, url = client_for(cast.rep_a), f"{address}{record.pk}/"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url).content.decode()
    assert f'href="{url}?panel=why"' in page
    assert "Why can I see this?" in page
    assert not any('"users_role"."name"' in one["sql"] for one in queries.captured_queries)
    whole = client.get(f"{url}?panel=why")
    sentence = "may read all products" if isinstance(record, Product) else "You own it."
    assert sentence in whole.content.decode()
    assert "<html" in whole.content.decode()
    alone = client.get(f"{url}?panel=why", headers={"HX-Request": "true", "HX-Target": "panel-why"})
    assert sentence in alone.content.decode()
    assert "<html" not in alone.content.decode()


def test_nobody_asks_about_a_record_that_they_may_not_see(cast: Cast, client_for: ClientFor) -> None:
    account = AccountFactory.create(name="Quillfeather", owner=cast.rep_c)
    answer = client_for(cast.rep_a).get(f"/accounts/{account.pk}/?panel=why")
    assert answer.status_code == 404
    assert "Quillfeather" not in answer.content.decode()
