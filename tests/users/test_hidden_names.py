"""What a page calls a record that its reader may see, may not see, or that is in the bin."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from crm.core.access import hidden_name, named_for
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.record_names import Link, visible_names
from crm.customers.models import Account, Contact
from crm.users.models import Team, User
from leads.models import Lead
from sales.models import Opportunity, Order
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListItemFactory, ProductFactory
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.users import TeamFactory, UserFactory

HIDDEN_ACCOUNT = Link("An account you may not see", hidden=True)


@pytest.fixture
def mine(cast: Cast) -> Account:
    return AccountFactory.create(name="Mine", owner=cast.rep_a)


@pytest.fixture
def theirs(cast: Cast) -> Account:
    return AccountFactory.create(name="Theirs", owner=cast.rep_c)


def test_a_visible_record_has_its_name_and_its_page_and_a_hidden_one_only_its_noun(
    cast: Cast, mine: Account, theirs: Account
) -> None:
    names = visible_names(cast.rep_a, [(Account, mine.pk), (Account, theirs.pk), (Account, 999_999)])
    assert names == {
        (Account, mine.pk): Link("Mine", f"/accounts/{mine.pk}/"),
        (Account, theirs.pk): HIDDEN_ACCOUNT,
        (Account, 999_999): HIDDEN_ACCOUNT,
    }


def test_a_record_in_the_bin_is_named_only_to_those_who_empty_it(cast: Cast, mine: Account) -> None:
    delete_record(model=Account, record_id=mine.pk, actor=SYSTEM, at=timezone.now())
    key = (Account, mine.pk)
    assert visible_names(cast.rep_a, [key])[key] == HIDDEN_ACCOUNT
    assert visible_names(cast.administrator, [key])[key] == Link("Mine")
    assert visible_names(SYSTEM, [key])[key] == Link("Mine")


def test_nobody_reads_no_name(mine: Account) -> None:
    key = (Account, mine.pk)
    assert visible_names(None, [key])[key] == HIDDEN_ACCOUNT


def test_products_people_and_teams_are_named_to_salespeople(cast: Cast) -> None:
    product, team = ProductFactory.create(name="Chai"), TeamFactory.create(name="Inside sales")
    names = visible_names(cast.rep_a, [(Product, product.pk), (User, cast.rep_c.pk), (Team, team.pk)])
    assert list(names.values()) == [
        Link("Chai", f"/products/{product.pk}/"),
        Link("Cara South"),
        Link("Inside sales"),
    ]


def test_one_without_the_right_to_read_products_reads_no_product_and_no_price_of_one(cast: Cast) -> None:
    item, outsider = PriceListItemFactory.create(), UserFactory.create()
    keys: list[tuple[Any, int]] = [(Product, item.product_id), (type(item), item.pk)]
    assert [link.hidden for link in visible_names(outsider, keys).values()] == [True, True]
    assert [link.hidden for link in visible_names(cast.rep_a, keys).values()] == [False, False]


def test_names_cost_one_query_for_each_kind_of_record(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [(Account, AccountFactory.create(owner=cast.rep_a).pk) for _number in range(20)]
    keys_of_people = [(Contact, ContactFactory.create(owner=cast.rep_c).pk) for _number in range(20)]
    keys_of_leads = [(Lead, make_lead(cast.rep_a).pk) for _number in range(2)]
    visible_names(cast.rep_a, [keys[0], keys_of_people[0], keys_of_leads[0]])
    with django_assert_num_queries(3):
        names = visible_names(cast.rep_a, [*keys, *keys_of_people, *keys_of_leads])
    assert sum(link.hidden for link in names.values()) == 20


def test_nothing_is_asked_for_no_names(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert visible_names(cast.rep_a, []) == {}


def test_a_hidden_record_is_called_by_its_noun() -> None:
    assert [hidden_name(model) for model in (Lead, Opportunity, Order, User)] == [
        "A lead you may not see",
        "An opportunity you may not see",
        "An order you may not see",
        "A user you may not see",
    ]


def test_a_sentence_names_the_noun_and_the_name_or_only_the_noun(cast: Cast, mine: Account, theirs: Account) -> None:
    assert named_for(mine, cast.rep_a) == "Account: Mine"
    assert named_for(theirs, cast.rep_a) == "An account you may not see"
