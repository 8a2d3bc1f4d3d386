"""The pages of quotes, orders and invoices: what they answer, to whom, and that refusals change nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sales.models import Invoice, Order, Payment, PricedModel, Quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_account,
    make_active_quote,
    make_invoice,
    make_issued_invoice,
    make_order,
    make_product,
    make_quote,
    put_lines,
    row,
    write_in,
)
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

MAKERS: dict[str, Any] = {"quote": make_quote, "order": make_order, "invoice": make_invoice}
MODELS: dict[str, type[PricedModel]] = {"quote": Quote, "order": Order, "invoice": Invoice}
NOUNS = list(MAKERS)


def address(noun: str, screen: str, record: PricedModel | None = None) -> str:
    return reverse(f"sales:{noun}_{screen}", args=[record.pk] if record else [])


@pytest.mark.parametrize("noun", NOUNS)
def test_list_record_and_forms_answer(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record = MAKERS[noun](cast.rep_a, [row(make_product("100")), write_in("10")])
    client = client_for(cast.rep_a)
    for url in (
        address(noun, "list"),
        address(noun, "create"),
        address(noun, "detail", record),
        address(noun, "edit", record),
        address(noun, "delete", record),
        address(noun, "lines", record),
    ):
        assert client.get(url).status_code == 200, url
    page = client.get(address(noun, "detail", record)).content.decode()
    assert "Pasteuriser loop" in page
    assert "132.00" in page
    assert "Green Lakes Dairy" in client.get(address(noun, "list") + "?view=all").content.decode()


@pytest.mark.parametrize("noun", NOUNS)
def test_hidden_records_are_not_there(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record = MAKERS[noun](cast.rep_a)
    client = client_for(cast.rep_c)
    for screen in ("detail", "edit", "delete", "lines"):
        response = client.get(address(noun, screen, record))
        assert response.status_code == 404
        assert "Pasteuriser" not in response.content.decode()
    assert "Pasteuriser" not in client.get(address(noun, "list") + "?view=all").content.decode()


@pytest.mark.parametrize("noun", NOUNS)
def test_readers_read_and_change_nothing(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record = MAKERS[noun](cast.rep_a)
    client = client_for(cast.read_only)
    page = client.get(address(noun, "detail", record))
    assert page.status_code == 200
    assert "Save lines" not in page.content.decode()
    for screen in ("create", "edit", "delete", "lines"):
        target = None if screen == "create" else record
        assert client.get(address(noun, screen, target)).status_code == 403
        assert client.post(address(noun, screen, target), {"name": "Taken"}).status_code == 403
    assert again(record).name == "Pasteuriser loop"


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get("/quotes/").headers["Location"] == "/login/?next=/quotes/"


@pytest.mark.parametrize("noun", NOUNS)
def test_made_and_changed_by_form(noun: str, cast: Cast, client_for: ClientFor) -> None:
    account, client = make_account(cast.rep_a, name="Nordhafen"), client_for(cast.rep_a)
    response = client.post(address(noun, "create"), {"name": "Roast line", "customer_account": f"x (#{account.pk})"})
    record: Any = MODELS[noun]._default_manager.get()
    assert response.headers["Location"] == address(noun, "detail", record)
    assert (record.name, record.customer, record.owner, record.currency.code) == (
        "Roast line",
        account,
        cast.rep_a,
        "EUR",
    )
    assert (record.discount_percent, record.payment_terms_days, record.bill_to_name) == (0, 30, "Nordhafen")
    changed = {"name": "Roast line 2", "customer_account": "Nordhafen", "currency": record.currency_id}
    if noun == "order":
        changed["ordered_on"] = record.ordered_on.isoformat()
    assert client.post(address(noun, "edit", record), changed).status_code == 302
    assert again(record).name == "Roast line 2"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_form_without_customer_comes_back(noun: str, cast: Cast, client_for: ClientFor) -> None:
    response = client_for(cast.rep_a).post(address(noun, "create"), {"name": "Typed name"})
    assert response.status_code == 422
    assert "Choose either an account or a person" in response.content.decode()
    assert "Typed name" in response.content.decode()
    assert not MODELS[noun]._default_manager.exists()


@pytest.mark.parametrize("noun", NOUNS)
def test_a_stale_form_is_refused(noun: str, cast: Cast, client_for: ClientFor) -> None:
    record = MAKERS[noun](cast.rep_a)
    form = {"name": "Mine", "customer_account": "Green Lakes Dairy", "currency": record.currency_id, "version": "1"}
    if noun == "order":
        form["ordered_on"] = record.ordered_on.isoformat()
    assert client_for(cast.rep_a).post(address(noun, "edit", record), form).status_code == 409
    assert again(record).name == "Pasteuriser loop"


def test_frozen_documents_are_not_edited(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    for noun, record in (("quote", make_active_quote(cast.rep_a)), ("invoice", make_issued_invoice(cast.rep_a))):
        for screen in ("edit", "lines"):
            for response in (
                client.get(address(noun, screen, record)),
                client.post(address(noun, screen, record), {"name": "Other", "lines-total": "0"}),
            ):
                assert response.status_code == 409
                assert record.reason_label.lower() in response.content.decode() or noun in response.content.decode()
        assert "Save lines" not in client.get(address(noun, "detail", record)).content.decode()
        assert again(record).name == "Pasteuriser loop"


def test_the_page_says_why_a_price_is_what_it_is(cast: Cast, client_for: ClientFor) -> None:
    product = make_product("100")
    quote = make_active_quote(cast.rep_a, [row(product, price_per_unit="90")])
    page = client_for(cast.rep_a).get(address("quote", "detail", quote)).content.decode()
    assert "Was 100" in page
    assert "instead of" in page


def test_a_product_without_a_price_is_named_on_the_page(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a, [row(make_product(None))])
    page = client_for(cast.rep_a).get(address("quote", "detail", quote)).content.decode()
    assert "The product has no price in the price list." in page


def test_a_reversed_payment_stays_on_the_page(cast: Cast, client_for: ClientFor) -> None:
    invoice, client = make_issued_invoice(cast.rep_a), client_for(cast.manager)
    client.post(address("invoice", "pay", invoice), {"amount": "20", "reference": "R-77"})
    payment = Payment.objects.get()
    client.post(address("invoice", "reverse_payment", invoice), {"payment": payment.pk, "reason": "Bounced"})
    page = client.get(address("invoice", "detail", invoice)).content.decode()
    assert "R-77" in page
    assert "Bounced" in page


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_costs_as_many_queries_with_fifty_lines_as_with_two(
    noun: str, cast: Cast, client_for: ClientFor
) -> None:
    products = [make_product("10") for _number in range(3)]

    def queries(lines: int) -> int:
        record = MAKERS[noun](cast.rep_a, [row(products[number % 3]) for number in range(2)])
        if lines > 2:
            put_lines(record, *(row(products[number % 3]) for number in range(lines - 2)))
        client = client_for(cast.rep_a)
        client.get(address(noun, "detail", record))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(noun, "detail", record)).status_code == 200
        return len(captured)

    assert queries(50) == queries(2)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_costs_as_many_queries_with_fifty_rows_as_with_two(noun: str, cast: Cast, client_for: ClientFor) -> None:
    client, account = client_for(cast.rep_a), make_account(cast.rep_a)

    def queries(wanted: int) -> int:
        while MODELS[noun]._default_manager.count() < wanted:
            MAKERS[noun](cast.rep_a, customer_account=account)
        client.get(address(noun, "list") + "?view=all")
        with CaptureQueriesContext(connection) as captured:
            client.get(address(noun, "list") + "?view=all")
        return len(captured)

    few = queries(2)
    assert queries(30) == few
