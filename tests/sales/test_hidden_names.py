"""Names of linked records on the pages of sales: only as far as their reader may see them, at a constant cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.customers.models import Contact
from leads.models import Lead
from sales.models import PricedModel
from sales.services.quotes import create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import (
    make_account,
    make_active_quote,
    make_contact,
    make_invoice,
    make_issued_invoice,
    make_opportunity,
    make_order_of_quote,
    make_product,
    make_quote,
    put_lines,
    row,
    write_in,
)
from tests.fixtures import ClientFor
from tests.sales.test_qualification_pages import _page as qualify_page
from tests.sales.test_qualification_pages import _sent as what_is_sent
from tests.sales.test_qualification_pages import _url as qualify_url

pytestmark = pytest.mark.django_db

MOST_ON_A_PAGE, MOST_ON_A_LIST = 12, 8


def _page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def _url(record: PricedModel, tab: str = "") -> str:
    noun = str(record._meta.verbose_name_plural)
    return f"/{noun}/{record.pk}/{f'?tab={tab}' if tab else ''}"


def _of_somebody_else(cast: Cast, record: PricedModel) -> None:
    """The record becomes one of the other unit's seller, its customer stays where it was."""
    type(record)._base_manager.filter(pk=record.pk).update(owner=cast.rep_c, owning_unit=cast.south)


def test_an_opportunity_names_a_hidden_customer_by_its_noun(cast: Cast, client_for: ClientFor) -> None:
    account = make_account(cast.rep_a, name="Secret Holdings")
    contact = make_contact(cast.rep_a, first_name="Sabine", last_name="Hidden")
    opportunity = make_opportunity(cast.rep_a, customer_account=account, contact=contact)
    _of_somebody_else(cast, opportunity)
    client = client_for(cast.rep_c)
    for url in (_url(opportunity), _url(opportunity, "details"), "/opportunities/"):
        page = _page(client, url)
        assert "Secret Holdings" not in page
        assert "Hidden" not in page
        assert "An account you may not see" in page
        assert f"/accounts/{account.pk}/" not in page
    page = _page(client_for(cast.rep_a), f"/accounts/{account.pk}/")
    assert "Secret Holdings" in page


def test_a_document_bears_its_customers_name_but_leads_nobody_to_what_is_hidden(
    cast: Cast, client_for: ClientFor
) -> None:
    account = make_account(cast.rep_a, name="Green Lakes Dairy")
    quote = make_active_quote(cast.rep_a, customer_account=account)
    _of_somebody_else(cast, quote)
    client = client_for(cast.rep_c)
    for url in (_url(quote), _url(quote, "details"), "/quotes/?view=all"):
        page = _page(client, url)
        assert "Green Lakes Dairy" in page
        assert f"/accounts/{account.pk}/" not in page


def test_a_document_names_a_hidden_opportunity_by_its_noun_alone(cast: Cast, client_for: ClientFor) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("5")], topic="Secret deal")
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    type(quote)._base_manager.filter(pk=quote.pk).update(name="Offer", sort_key="offer")
    _of_somebody_else(cast, quote)
    for tab in ("", "details", "timeline"):
        page = _page(client_for(cast.rep_c), _url(quote, tab))
        assert "Secret deal" not in page
        assert f"/opportunities/{opportunity.pk}/" not in page
    assert "An opportunity you may not see" in _page(client_for(cast.rep_c), _url(quote, "details"))


def test_the_line_shows_only_what_its_reader_sees(cast: Cast, client_for: ClientFor) -> None:
    order = make_order_of_quote(cast.rep_a)
    _of_somebody_else(cast, order)
    page = _page(client_for(cast.rep_c), _url(order))
    assert order.quote is not None
    assert order.quote.number not in page
    assert order.quote.number in _page(client_for(cast.administrator), _url(order))


@pytest.mark.parametrize("part", ["account", "contact", "opportunity"])
def test_a_hidden_record_reads_like_a_missing_one_and_nothing_typed_is_lost(
    part: str, cast: Cast, client_for: ClientFor
) -> None:
    owner, anna = cast.rep_c, client_for(cast.rep_a)
    makers: dict[str, Callable[[], Any]] = {
        "account": lambda: make_account(owner, "Secret Holdings"),
        "contact": lambda: make_contact(owner, last_name="Secret"),
        "opportunity": lambda: make_opportunity(owner, topic="Secret deal"),
    }
    hidden = makers[part]()
    lead, choice = make_lead(cast.rep_a), "join" if part == "opportunity" else "use"
    before = Contact.objects.count()
    answers = []
    for key in (hidden.pk, 999_999):
        typed = {f"{part}-choice": choice, f"{part}-record": key, "opportunity-0-topic": "Typed before"}
        sent = what_is_sent(qualify_page(anna, qualify_url(lead)), **typed)
        response = anna.post(qualify_url(lead), sent)
        page = response.content.decode()
        assert response.status_code == 422
        assert "Secret" not in page
        assert 'value="Typed before"' in page
        answers.append("There is no such record, or you may not see it." in page)
        assert anna.post(qualify_url(lead), sent | {"redraw": "again"}).status_code == 200
    assert answers == [True, True]
    assert (Lead.objects.get().state, Contact.objects.count()) == ("open", before)


_MAKERS: dict[str, Any] = {
    "draft quote": make_quote,
    "active quote": make_active_quote,
    "order": make_order_of_quote,
    "draft invoice": make_invoice,
    "issued invoice": make_issued_invoice,
    "opportunity": make_opportunity,
}


@pytest.mark.parametrize("what", _MAKERS)
def test_a_page_costs_at_most_twelve_queries_whatever_it_holds(what: str, cast: Cast, client_for: ClientFor) -> None:
    products = [make_product("10") for _number in range(3)]
    client, account = client_for(cast.rep_a), make_account(cast.rep_a)
    contact = make_contact(cast.rep_a)

    def queries(lines: int) -> dict[str, int]:
        rows = [row(products[number % 3]) for number in range(lines)]
        record = _MAKERS[what](cast.rep_a, rows, customer_account=account, contact=contact)
        return {tab: _queries(client, _url(record, tab)) for tab in ("", "lines", "details", "related", "timeline")}

    few = queries(2)
    assert queries(50) == few
    assert max(few.values()) <= MOST_ON_A_PAGE, few


@pytest.mark.parametrize("noun", ["opportunities", "quotes", "orders", "invoices"])
def test_a_list_costs_at_most_eight_queries(noun: str, cast: Cast, client_for: ClientFor) -> None:
    client, account = client_for(cast.rep_a), make_account(cast.rep_a)
    for number in range(3):
        opportunity = make_opportunity(cast.rep_a, topic=f"Topic {number}", customer_account=account)
        put_lines(opportunity, write_in("5"))
        make_issued_invoice(cast.rep_a, customer_account=account)
        make_order_of_quote(cast.rep_a, customer_account=account)
    assert _queries(client, f"/{noun}/?view=all") <= MOST_ON_A_LIST


def _queries(client: Client, url: str) -> int:
    _page(client, url)
    with CaptureQueriesContext(connection) as captured:
        _page(client, url)
    return len(captured)
