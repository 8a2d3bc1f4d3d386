"""Documents in the administration: the services decide, and what is frozen is only looked at."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.core.actors import SYSTEM
from sales.models import Invoice, Quote
from sales.services.invoices import delete_invoice
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_active_quote,
    make_invoice_of_order,
    make_issued_invoice,
    make_order,
    make_quote,
)
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def change_url(record: Any) -> str:
    return reverse(f"admin:sales_{record._meta.model_name}_change", args=[record.pk])


def header(record: Quote, **changes: Any) -> dict[str, Any]:
    form = {
        "name": record.name,
        "customer_account": record.customer_account_id,
        "currency": record.currency_id,
        "discount_percent": record.discount_percent,
        "discount_amount": record.discount_amount,
        "freight_amount": record.freight_amount,
        "lines-TOTAL_FORMS": 0,
        "lines-INITIAL_FORMS": 0,
    }
    return form | changes


def test_a_header_is_changed_by_the_service(cast: Cast, client_for: ClientFor) -> None:
    quote, client = make_quote(cast.rep_a), client_for(cast.administrator)
    assert client.get(change_url(quote)).status_code == 200
    response = client.post(change_url(quote), header(quote, name="Renamed", discount_amount="20"))
    assert response.status_code == 302
    assert (again(quote).name, again(quote).total_amount) == ("Renamed", 96)


def test_what_is_frozen_stays(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    for record in (make_active_quote(cast.rep_a), make_issued_invoice(cast.rep_a)):
        assert client.get(change_url(record)).status_code == 200
        client.post(change_url(record), header(record, name="Renamed", discount_amount="20"))  # type: ignore[arg-type]  # alike
        assert (again(record).name, again(record).total_amount) == ("Pasteuriser loop", 120)


def test_a_state_moves_by_its_act(cast: Cast, client_for: ClientFor) -> None:
    quote = make_quote(cast.rep_a)
    url = reverse("admin:sales_quote_act", args=[quote.pk, "activate"])
    assert client_for(cast.administrator).post(url).status_code == 302
    assert again(quote).state == "active"


def test_a_draft_comes_back_only_while_its_order_has_room(cast: Cast, client_for: ClientFor) -> None:
    order, client = make_order(cast.rep_a), client_for(cast.administrator)
    first = make_invoice_of_order(order)
    delete_invoice(invoice_id=first.pk, actor=SYSTEM, at=timezone.now())
    form = {"action": "restore_selected", "_selected_action": [first.pk]}
    url = reverse("admin:sales_invoice_changelist") + "?bin=all"
    client.post(url, form)
    assert (again(first).deleted_at, again(order).state) == (None, "invoiced")
    delete_invoice(invoice_id=first.pk, actor=SYSTEM, at=timezone.now())
    second = make_invoice_of_order(order)
    page = client.post(url, form, follow=True).content.decode()
    assert "invoiced otherwise meanwhile" in page
    assert list(Invoice.objects.all()) == [second]
