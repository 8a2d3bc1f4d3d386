"""What belongs to a customer goes into the bin with it, in as many queries for twelve deals as for two."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity
from crm.core.deletion import delete_record, dependents, restore_record
from crm.core.errors import Conflict
from crm.customers.models import Account, Contact
from sales.models import Opportunity, Quote
from sales.services.quotes import create_quote_from_opportunity
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.sales import make_account, make_contact, make_opportunity, make_order, make_quote, write_in

#: The act with its session of locks, checks and history, whatever belongs to the customer.
_MOST = 40


def make_customer(cast: Cast, kind: str, deals: int) -> Account | Contact:
    """With as many opportunities of two quotes each, as many quotes without one, and a note on each of them."""
    owner = cast.rep_a
    customer = make_account(owner, f"{deals} deals") if kind == "account" else make_contact(owner)
    of: dict[str, Any] = {f"customer_{kind}": customer}
    for _number in range(deals):
        opportunity = make_opportunity(owner, [write_in("10")], **of)
        quotes = [
            create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=owner, at=timezone.now())
            for _quote in range(2)
        ]
        for record in (opportunity, *quotes, make_quote(owner, **of)):
            make_activity(owner, "note", regarding=record)
    return customer


def delete(customer: Account | Contact, cast: Cast) -> int:
    """How many queries that took."""
    with CaptureQueriesContext(connection) as asked:
        delete_record(model=type(customer), record_id=customer.pk, actor=cast.rep_a, at=timezone.now())
    return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])


def live() -> tuple[int, int, int]:
    return Opportunity.objects.count(), Quote.objects.count(), Activity.objects.count()


@pytest.mark.parametrize("kind", ["account", "contact"])
def test_deleting_a_customer_takes_as_many_queries_whatever_belongs_to_it(cast: Cast, kind: str) -> None:
    few, many = make_customer(cast, kind, 2), make_customer(cast, kind, 12)
    assert live() == (14, 42, 56)
    spent = delete(many, cast)
    assert live() == (2, 6, 8)
    assert delete(few, cast) == spent
    assert live() == (0, 0, 0)
    assert spent <= _MOST


def test_all_of_it_comes_back(cast: Cast) -> None:
    customer = make_customer(cast, "account", 3)
    delete(customer, cast)
    restore_record(model=Account, record_id=customer.pk, actor=cast.administrator, at=timezone.now())
    assert live() == (3, 9, 12)


def test_one_order_among_many_deals_holds_the_customer_and_everything_stays(cast: Cast) -> None:
    customer = make_customer(cast, "account", 3)
    order = make_order(cast.rep_a, customer_account=customer)
    before = live()
    with pytest.raises(Conflict) as refusal:
        delete(customer, cast)
    assert refusal.value.details == (f"Order: {order}",)
    assert live() == before


def test_at_most_ten_of_what_others_own_are_listed(cast: Cast) -> None:
    account = make_account(cast.rep_a, "Many owners")
    for _number in range(12):
        make_opportunity(cast.manager, customer_account=account)
    assert len(dependents(account, cast.administrator)) == 0
    assert dependents(account, cast.rep_a) == ["An opportunity you may not see"]
    assert len(dependents(account, cast.manager)) == 0
    assert Opportunity.objects.count() == 12
