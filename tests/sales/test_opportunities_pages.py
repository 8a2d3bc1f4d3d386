"""The pages of opportunities: list, record, form, moves, and what they say on customers' pages."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.models import Currency
from sales.models import Opportunity, Quote
from sales.services.quotes import create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.opportunities import make_competitor, make_lost, make_qualified, make_won, today
from tests.factories.sales import again, make_account, make_contact, make_opportunity, no_tax, write_in
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def _page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def _key(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def _values(**values: Any) -> dict[str, Any]:
    return {
        "topic": "Pumps",
        "probability": "10",
        "forecast_category": "pipeline",
        "revenue_mode": "user",
        "discount_percent": "0",
        "discount_amount": "0",
        "freight_amount": "0",
    } | values


@pytest.mark.parametrize(
    ("view", "topics"),
    [
        ("", ["Mine"]),
        ("my-open", ["Mine"]),
        ("open", ["Mine", "Bens"]),
        ("won", ["Won one"]),
        ("lost", ["Lost one"]),
        ("closing-this-month", ["Mine"]),
        ("all", ["Mine", "Bens", "Won one", "Lost one"]),
    ],
)
def test_each_view_of_the_list_shows_its_part(cast: Cast, client_for: ClientFor, view: str, topics: list[str]) -> None:
    manager = cast.manager
    make_opportunity(manager, topic="Mine", estimated_close_on=today())
    make_opportunity(cast.rep_b, topic="Bens", estimated_close_on=today() + dt.timedelta(days=40))
    make_won(cast.rep_a, topic="Won one", estimated_close_on=today())
    make_lost(cast.rep_a, topic="Lost one", estimated_close_on=today())
    make_opportunity(cast.rep_c, topic="Hidden in the south")
    page = _page(client_for(manager), f"/opportunities/?view={view}")
    shown = {topic for topic in ("Mine", "Bens", "Won one", "Lost one", "Hidden in the south") if topic in page}
    assert shown == set(topics)


def test_the_list_names_the_customer_and_costs_the_same_for_many(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Ostermann & Söhne")
    make_opportunity(cast.rep_a, customer_account=account, estimated_revenue=D(86000))
    person = make_contact(cast.rep_a)
    make_opportunity(cast.rep_a, customer_contact=person, currency="USD", estimated_revenue=D(5))
    page = _page(anna, "/opportunities/")
    assert '<span title="Ostermann &amp; Söhne">Ostermann &amp; Söhne</span>' in page
    assert f'<span title="{person}">{person}</span>' in page
    assert "86,000" in page
    queries = _queries_of(anna, "/opportunities/")
    for number in range(20):
        make_opportunity(cast.rep_a, topic=f"Topic {number}", customer_account=account)
    assert _queries_of(anna, "/opportunities/") == queries


def _queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _page(client, url)
    return len(captured)


def test_unknown_filters_and_sorts_are_ignored_with_a_notice(cast: Cast, anna: Client) -> None:
    make_opportunity(cast.rep_a)
    page = _page(anna, "/opportunities/?sort=secret&nonsense=1&closes_from=soon&after=x")
    assert page.count("note-amber") >= 3
    assert "Pasteuriser loop" in page


def test_the_record_shows_figures_moves_and_documents(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())], estimated_revenue=D("48000.5"))
    page = _page(anna, f"/opportunities/{opportunity.pk}/")
    for words in ("Pasteuriser loop", "Green Lakes Dairy", "48,000.50", "New quote", "Close as won", "Clone"):
        assert words in page
    assert f"/opportunities/{opportunity.pk}/lose/" in page


def test_a_hidden_opportunity_is_not_there(cast: Cast, client_for: ClientFor) -> None:
    opportunity = make_opportunity(cast.rep_a, topic="Secret topic")
    cara = client_for(cast.rep_c)
    for path in ("", "edit/", "delete/", "win/", "lose/", "hold/", "clone/", "create-quote/"):
        assert "Secret topic" not in _page(cara, f"/opportunities/{opportunity.pk}/{path}", 404)
    assert cara.post(f"/opportunities/{opportunity.pk}/win/", {}).status_code == 404
    assert again(opportunity).state == "open"


def test_those_who_only_read_may_not_move_it(cast: Cast, client_for: ClientFor) -> None:
    opportunity = make_opportunity(cast.rep_a)
    reader = client_for(cast.read_only)
    assert "Pasteuriser loop" in _page(reader, f"/opportunities/{opportunity.pk}/")
    for path in ("edit/", "delete/", "win/", "lose/", "hold/"):
        assert reader.get(f"/opportunities/{opportunity.pk}/{path}").status_code == 403
        assert reader.post(f"/opportunities/{opportunity.pk}/{path}", {}).status_code == 403
    for path in ("clone/", "create-quote/"):
        assert reader.post(f"/opportunities/{opportunity.pk}/{path}", {}).status_code == 403
    assert (Opportunity.objects.count(), Quote.objects.count(), again(opportunity).state) == (1, 0, "open")


def test_a_visitor_is_sent_to_sign_in(cast: Cast) -> None:
    response = Client().get("/opportunities/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/opportunities/")


def test_the_form_makes_one_opportunity_even_when_sent_twice(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a)
    page = _page(anna, f"/opportunities/new/?customer_account={account.pk}")
    assert "Green Lakes Dairy" in page
    sent = _values(customer_account=f"Green Lakes Dairy (#{account.pk})", idempotency_key=_key(page))
    answers = [anna.post("/opportunities/new/", sent) for _again in range(2)]
    made = Opportunity.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"/opportunities/{made.pk}/")] * 2
    assert (made.customer_account, made.owner, made.currency.code) == (account, cast.rep_a, "EUR")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"topic": ""}, "This field is required."),
        ({"probability": "150"}, "less than or equal to 100"),
        ({"customer_account": ""}, "Choose either an account or a person as the customer."),
        ({"customer_account": "Nobody at all"}, "There is no “Nobody at all” that you may see."),
        ({"estimated_revenue": "a lot"}, "Enter a number."),
        ({"estimated_close_on": "soon"}, "Enter a valid date."),
    ],
)
def test_wrong_values_come_back_with_a_sentence(
    cast: Cast, anna: Client, values: dict[str, str], sentence: str
) -> None:
    make_account(cast.rep_a)
    sent = _values(customer_account="Green Lakes Dairy", description="Kept as typed") | values
    response = anna.post("/opportunities/new/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Kept as typed" in page
    assert not Opportunity.objects.exists()


def test_a_hidden_account_cannot_be_chosen(cast: Cast, anna: Client) -> None:
    hidden = make_account(cast.rep_c, "Secret Holdings")
    response = anna.post("/opportunities/new/", _values(customer_account=f"x (#{hidden.pk})"))
    assert response.status_code == 422
    assert "Secret Holdings" not in response.content.decode()
    assert not Opportunity.objects.exists()


def _edit_values(opportunity: Opportunity, **values: Any) -> dict[str, Any]:
    account = opportunity.customer_account
    return _values(
        topic=opportunity.topic,
        customer_account=f"{account} (#{account.pk})" if account else "",
        currency=opportunity.currency_id,
        price_list=opportunity.price_list_id or "",
        version=opportunity.version,
        **values,
    )


def test_editing_saves_and_a_stale_form_does_not(cast: Cast, anna: Client) -> None:
    opportunity = again(make_opportunity(cast.rep_a))
    url = f"/opportunities/{opportunity.pk}/edit/"
    first = _edit_values(opportunity) | {"topic": "First"}
    assert anna.post(url, first).status_code == 302
    stale = anna.post(url, _edit_values(opportunity) | {"topic": "Second"})
    assert (stale.status_code, again(opportunity).topic) == (409, "First")
    assert "Second" in stale.content.decode()


def test_the_currency_of_an_opportunity_with_lines_comes_back_with_a_sentence(cast: Cast, anna: Client) -> None:
    opportunity = again(make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())]))
    dollars = Currency.objects.get(code="USD")
    sent = _edit_values(opportunity) | {"currency": dollars.pk, "price_list": ""}
    response = anna.post(f"/opportunities/{opportunity.pk}/edit/", sent)
    assert response.status_code == 422
    assert "The currency cannot change while there are lines." in response.content.decode()
    assert again(opportunity).currency.code == "EUR"


@pytest.mark.parametrize("make", [make_won, make_lost])
def test_a_closed_opportunity_cannot_be_edited(cast: Cast, anna: Client, make: Any) -> None:
    opportunity = again(make(cast.rep_a))
    url = f"/opportunities/{opportunity.pk}/edit/"
    assert _page(anna, url, 409)
    assert anna.post(url, _edit_values(opportunity) | {"topic": "Other"}).status_code == 409
    assert again(opportunity).topic == "Pasteuriser loop"


def test_winning_asks_first_and_then_closes_with_its_quotes(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())], estimated_revenue=D(100))
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=timezone.now())
    url = f"/opportunities/{opportunity.pk}/win/"
    page = _page(anna, url)
    assert 'name="actual_revenue" value="100"' in page
    assert quote.number in page
    assert again(opportunity).state == "open"
    refused = anna.post(url, {"closed_on": today().isoformat()})
    assert (refused.status_code, again(opportunity).state) == (409, "open")
    response = anna.post(url, {"closed_on": today().isoformat(), "actual_revenue": "90", "close_quotes": "on"})
    assert (response.status_code, response["Location"]) == (302, f"/opportunities/{opportunity.pk}/")
    fresh = again(opportunity)
    assert (fresh.state, fresh.actual_revenue, again(quote).status_reason) == ("won", D(90), "canceled")


def test_losing_needs_a_reason(cast: Cast, anna: Client) -> None:
    opportunity, competitor = make_opportunity(cast.rep_a), make_competitor()
    url = f"/opportunities/{opportunity.pk}/lose/"
    response = anna.post(url, {"closed_on": today().isoformat(), "description": "Kept as typed"})
    assert (response.status_code, again(opportunity).state) == (422, "open")
    assert "Kept as typed" in response.content.decode()
    sent = {"closed_on": today().isoformat(), "status_reason": "out_sold", "competitor": competitor.pk}
    assert anna.post(url, sent).status_code == 302
    assert (again(opportunity).status_reason, again(opportunity).lost_to) == ("out_sold", competitor)


@pytest.mark.parametrize("make", [make_won, make_lost])
def test_a_closed_opportunity_gets_no_new_quote(cast: Cast, anna: Client, make: Any) -> None:
    url = f"/opportunities/{make(cast.rep_a).pk}/create-quote/"
    assert (anna.get(url).status_code, anna.post(url).status_code) == (409, 409)
    assert not Quote.objects.exists()


@pytest.mark.parametrize(
    ("make", "move", "pair"),
    [
        (make_opportunity, "hold", ("open", "on_hold")),
        (make_won, "reopen", ("open", "in_progress")),
        (make_lost, "reopen", ("open", "in_progress")),
    ],
)
def test_moves_without_a_form_are_made_by_a_post(
    cast: Cast, anna: Client, make: Any, move: str, pair: tuple[str, str]
) -> None:
    opportunity = make(cast.rep_a)
    url = f"/opportunities/{opportunity.pk}/{move}/"
    before = Opportunity.objects.filter(pk=opportunity.pk).values().get()
    assert _page(anna, url)
    assert Opportunity.objects.filter(pk=opportunity.pk).values().get() == before
    assert anna.post(url).status_code == 302
    assert (again(opportunity).state, again(opportunity).status_reason) == pair


def test_cloning_leads_to_the_clone(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a)
    response = anna.post(f"/opportunities/{opportunity.pk}/clone/")
    clone = Opportunity.objects.exclude(pk=opportunity.pk).get()
    assert (response.status_code, response["Location"]) == (302, f"/opportunities/{clone.pk}/")


def test_a_manager_gives_it_to_somebody_else_even_when_it_is_closed(cast: Cast, client_for: ClientFor) -> None:
    opportunity = make_won(cast.rep_a)
    url = f"/opportunities/{opportunity.pk}/assign/"
    assert client_for(cast.manager).post(url, {"owner": cast.rep_b.pk}).status_code == 302
    assert again(opportunity).owner == cast.rep_b


def test_deleting_puts_it_into_the_bin_with_its_drafts(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=timezone.now())
    response = anna.post(f"/opportunities/{opportunity.pk}/delete/")
    assert (response.status_code, response["Location"]) == (302, "/opportunities/")
    assert (Opportunity.objects.count(), Quote.objects.count(), Opportunity.with_bin.count()) == (0, 0, 1)


def test_customers_and_opportunities_name_each_other_and_the_lead(cast: Cast, anna: Client) -> None:
    qualification = make_qualified(cast.rep_a, topic="Brewhouse")
    opportunity, account = Opportunity.objects.get(), Opportunity.objects.get().customer_account
    assert account
    for url in (f"/accounts/{account.pk}/", f"/opportunities/{opportunity.pk}/"):
        page = _page(anna, url)
        assert "Originating lead" in page
        assert qualification.lead.number in page
    assert f'<a href="/opportunities/{opportunity.pk}/"' in _page(anna, f"/accounts/{account.pk}/?tab=related")


def test_the_search_finds_it_by_the_beginning_of_its_topic(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a, topic="Élan pumps")
    assert f"/opportunities/{opportunity.pk}/" in _page(anna, "/search/?q=elan")
