"""What a document takes from its customer: addresses, and who may stand on it."""

from typing import Any

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import Invalid
from crm.core.models import Currency
from crm.customers.models import Account, Contact
from crm.customers.services.addresses import add_address
from crm.customers.services.contacts import deactivate_contact
from sales.services.invoices import issue_invoice
from sales.services.opportunities import update_opportunity
from sales.services.quotes import activate_quote, create_quote_from_opportunity, update_quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_account,
    make_contact,
    make_invoice,
    make_opportunity,
    make_quote,
)

pytestmark = pytest.mark.django_db


def act() -> dict[str, Any]:
    return {"actor": SYSTEM, "at": timezone.now()}


def add_street(account: Account, street: str) -> None:
    add_address(model=Account, customer_id=account.pk, values={"street": street, "city": "Leeds"}, **act())


def inactive_contact(cast: Cast) -> Contact:
    return deactivate_contact(contact_id=make_contact(cast.rep_a).pk, **act())


def test_an_address_that_came_after_the_draft_is_copied_when_the_quote_is_activated(cast: Cast) -> None:
    account = make_account(cast.rep_a, "Acme")
    quote = make_quote(cast.rep_a, customer_account=account)
    add_street(account, "1 Long Lane")
    activate_quote(quote_id=quote.pk, **act())
    kept = again(quote)
    assert (kept.bill_to_name, kept.bill_to_street, kept.bill_to_city) == ("Acme", "1 Long Lane", "Leeds")
    assert kept.ship_to_street == "1 Long Lane"


def test_an_address_that_came_after_the_draft_is_copied_when_the_invoice_is_issued(cast: Cast) -> None:
    account = make_account(cast.rep_a, "Acme")
    invoice = make_invoice(cast.rep_a, customer_account=account, bill_to_name="Accounts payable")
    add_street(account, "1 Long Lane")
    issue_invoice(invoice_id=invoice.pk, **act())
    assert (again(invoice).bill_to_name, again(invoice).bill_to_street) == ("Accounts payable", "1 Long Lane")


def test_a_typed_place_is_kept_when_the_quote_is_activated(cast: Cast) -> None:
    account = make_account(cast.rep_a, "Acme")
    quote = make_quote(cast.rep_a, customer_account=account, bill_to_city="York")
    add_street(account, "1 Long Lane")
    activate_quote(quote_id=quote.pk, **act())
    assert (again(quote).bill_to_street, again(quote).bill_to_city) == ("", "York")


def test_another_customer_brings_their_own_addresses(cast: Cast) -> None:
    first, second = make_account(cast.rep_a, "Acme"), make_account(cast.rep_a, "Bolt")
    add_street(first, "1 Long Lane")
    add_street(second, "2 Short Street")
    quote = make_quote(cast.rep_a, customer_account=first)
    update_quote(quote_id=quote.pk, values={"customer_account": second, "ship_to_street": "3 New Yard"}, **act())
    kept = again(quote)
    assert (kept.bill_to_name, kept.bill_to_street) == ("Bolt", "2 Short Street")
    assert (kept.ship_to_name, kept.ship_to_street) == ("Acme", "3 New Yard")


def test_an_inactive_contact_gets_onto_no_document(cast: Cast) -> None:
    contact = inactive_contact(cast)
    with pytest.raises(Invalid, match="inactive") as refusal:
        make_quote(cast.rep_a, contact=contact)
    assert refusal.value.field == "contact"
    quote, opportunity = make_quote(cast.rep_a), make_opportunity(cast.rep_a)
    with pytest.raises(Invalid, match="inactive"):
        update_quote(quote_id=quote.pk, values={"contact": contact}, **act())
    with pytest.raises(Invalid, match="inactive"):
        update_opportunity(opportunity_id=opportunity.pk, values={"contact": contact}, **act())
    assert (again(quote).contact, again(opportunity).contact) == (None, None)


def test_a_second_customer_is_refused_in_words(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(Invalid, match="either an account or a person"):
        update_quote(quote_id=quote.pk, values={"customer_contact": make_contact(cast.rep_a)}, **act())
    assert again(quote).customer_contact is None


def test_a_quote_stays_in_the_currency_of_its_opportunity(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, **act())
    other = Currency.objects.exclude(pk=opportunity.currency_id).first()
    with pytest.raises(Invalid, match="made of") as refusal:
        update_quote(quote_id=quote.pk, values={"currency": other, "price_list": None}, **act())
    assert refusal.value.field == "currency"
    assert again(quote).currency_id == opportunity.currency_id
