"""The names behind the keys in a history: all tables at once, and nothing of what one may not see."""

import pytest
from pytest_django import DjangoAssertNumQueries

from crm.core.models import Currency
from crm.core.screens.history.names import names_of
from crm.customers.models import Account
from crm.users.models import User
from sales.models import Opportunity
from tests.factories.cast import Cast
from tests.factories.sales import make_account, make_opportunity, no_tax, write_in

pytestmark = pytest.mark.django_db


def test_names_of_several_tables_take_one_query_and_leave_out_what_is_hidden(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine, theirs = make_account(cast.rep_a, "Mine"), make_account(cast.rep_c, "Theirs")
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())], topic="Pumps")
    currency = Currency.objects.get(pk=opportunity.currency_id)
    keys = {
        Account: {mine.pk, theirs.pk},
        Opportunity: {opportunity.pk},
        User: {cast.rep_c.pk},
        Currency: {currency.pk},
    }
    names_of(keys, cast.rep_a)  # reads what the person may do, which is kept
    with django_assert_num_queries(1):
        found = names_of(keys, cast.rep_a)
    assert found == {
        (Account, mine.pk): "Mine",
        (Opportunity, opportunity.pk): "Pumps",
        (User, cast.rep_c.pk): str(cast.rep_c),
        (Currency, currency.pk): currency.code,
    }


def test_without_keys_nothing_is_asked(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert names_of({Account: set()}, cast.rep_a) == {}
