"""Choice fields: nothing hidden is offered, named or taken, and what is stored already stays without its name."""

from typing import Any

import pytest
from django.test import Client

from crm.customers.models import Account, Contact
from sales.models import Opportunity, Quote
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact, make_opportunity, make_quote
from tests.fixtures import ClientFor

SECRET = "Quillfeather"


@pytest.fixture
def hidden(cast: Cast) -> Account:
    return make_account(cast.rep_c, SECRET)


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def linked(cast: Cast, hidden: Account) -> Contact:
    contact = make_contact(cast.rep_a)
    Contact.objects.filter(pk=contact.pk).update(account=hidden)
    return contact


def typed(**values: Any) -> dict[str, Any]:
    return {"last_name": "Halvorsen", "first_name": "Wyatt", "preferred_contact_method": "any", **values}


def test_a_stored_hidden_choice_shows_as_its_noun_and_stays_when_it_is_sent_back(
    cast: Cast, anna: Client, hidden: Account
) -> None:
    contact = linked(cast, hidden)
    url = f"/contacts/{contact.pk}/edit/"
    page = anna.get(url).content.decode()
    assert SECRET not in page
    assert f'value="An account you may not see (#{hidden.pk})"' in page
    answer = anna.post(url, typed(first_name="Walter", account=f"An account you may not see (#{hidden.pk})"))
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert (contact.first_name, contact.account) == ("Walter", hidden)


@pytest.mark.parametrize("text", [SECRET, SECRET[:4], SECRET.upper()])
def test_a_stored_hidden_choice_is_not_found_by_its_name(cast: Cast, anna: Client, hidden: Account, text: str) -> None:
    """Else the name could be guessed letter by letter."""
    contact = linked(cast, hidden)
    answer = anna.post(f"/contacts/{contact.pk}/edit/", typed(first_name="Walter", account=text))
    assert answer.status_code == 422
    assert f"There is no “{text}” that you may see." in answer.content.decode()
    contact.refresh_from_db()
    assert contact.first_name == "Wyatt"


@pytest.mark.parametrize("key", ["{pk}", "Anything (#{pk})", "(#{pk})"])
def test_a_hidden_record_is_refused_as_one_that_never_was(cast: Cast, anna: Client, hidden: Account, key: str) -> None:
    answers = [anna.post("/contacts/new/", typed(account=key.format(pk=pk))) for pk in (hidden.pk, 999_999)]
    said = [answer.content.decode() for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert SECRET not in said[0]
    for text, pk in zip(said, (hidden.pk, 999_999), strict=True):
        assert f"There is no “{key.format(pk=pk)}” that you may see. Type a name or choose a suggestion." in text
        assert 'value="Halvorsen"' in text
    assert Contact.objects.count() == 0


def test_an_address_that_proposes_a_hidden_record_names_and_offers_nothing(anna: Client, hidden: Account) -> None:
    page = anna.get(f"/opportunities/new/?customer_account={hidden.pk}")
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert "you may not see" not in page.content.decode()


def test_an_address_that_proposes_a_visible_record_names_it(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Own Bakery")
    page = anna.get(f"/opportunities/new/?customer_account={account.pk}").content.decode()
    assert f'value="Own Bakery (#{account.pk})"' in page


def test_suggestions_name_only_what_one_may_see(cast: Cast, anna: Client, hidden: Account) -> None:
    make_account(cast.rep_a, "Own Bakery")
    page = anna.get("/contacts/new/").content.decode()
    assert "Own Bakery" in page
    assert SECRET not in page


def test_a_conflict_does_not_name_the_hidden_choice_that_is_stored(cast: Cast, anna: Client, hidden: Account) -> None:
    contact = linked(cast, hidden)
    answer = anna.post(f"/contacts/{contact.pk}/edit/", typed(account="", version="0"))
    assert answer.status_code == 409
    assert SECRET not in answer.content.decode()
    assert "An account you may not see" in answer.content.decode()


def test_closing_an_opportunity_does_not_name_or_count_its_hidden_quotes(cast: Cast, anna: Client) -> None:
    opportunity = make_opportunity(cast.rep_a)
    for _number in range(2):
        quote = make_quote(cast.rep_c, name=SECRET)
        Quote.objects.filter(pk=quote.pk).update(opportunity=opportunity)
    for act in ("win", "lose"):
        page = anna.get(f"/opportunities/{opportunity.pk}/{act}/").content.decode()
        assert SECRET not in page
        assert quote.number not in page
        assert page.count("A quote you may not see") == 1
        sent = {"closed_on": "2026-01-05", "actual_revenue": "5", "status_reason": "out_sold"}
        for more in ({}, {"close_quotes": "on"}):
            answer = anna.post(f"/opportunities/{opportunity.pk}/{act}/", {**sent, **more})
            assert answer.status_code in {404, 409, 422}
            assert SECRET not in answer.content.decode()
            assert quote.number not in answer.content.decode()
    opportunity.refresh_from_db()
    assert opportunity.state == "open"


def test_qualifying_names_no_hidden_company_and_no_hidden_customer(cast: Cast, anna: Client, hidden: Account) -> None:
    """The person who may be the same is visible, and so is the opportunity that may be joined."""
    contact = linked(cast, hidden)
    Contact.objects.filter(pk=contact.pk).update(email="wyatt@example.com", email_key="wyatt@example.com")
    opportunity = make_opportunity(cast.rep_a, topic="Own need")
    Opportunity.objects.filter(pk=opportunity.pk).update(customer_account=hidden, contact=contact)
    lead = make_lead(cast.rep_a, first_name="Wyatt", last_name="Halvorsen", email="wyatt@example.com")
    page = anna.get(f"/leads/{lead.pk}/qualify/").content.decode()
    assert SECRET not in page
    assert "Own need" in page
    assert page.count("An account you may not see") == 2
