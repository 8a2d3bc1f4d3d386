"""Orders of which a part is invoiced, and what that part fixes."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import PriceListItem, TaxRate
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Invalid
from sales.models import Invoice, Order
from sales.services.documents import InvalidLine
from sales.services.invoices import create_invoice_from_order
from sales.services.lines import update_line
from sales.services.opportunities import reopen_opportunity
from sales.services.orders import cancel_order, create_order_from_quote, update_order
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_opportunity,
    make_order,
    make_product,
    make_quote,
    no_tax,
    row,
    tax,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal


def act() -> dict[str, Any]:
    return {"actor": SYSTEM, "at": timezone.now()}


def invoice_one(order: Order) -> Invoice:
    line = order.lines.get()
    return create_invoice_from_order(order_id=order.pk, quantities={line.pk: D(1)}, **act())


def test_a_partly_invoiced_line_keeps_its_price_when_the_list_changes(cast: Cast) -> None:
    product = make_product("100", rate=no_tax())
    order, other = (make_order(cast.rep_a, [row(product, "4")]) for _count in range(2))
    invoice_one(order)
    PriceListItem.objects.filter(product=product).update(amount=D(200))
    for each in (order, other):
        update_order(order_id=each.pk, values={"name": "Second thoughts"}, **act())
    assert (again(order).total_amount, again(other).total_amount) == (D(400), D(800))


def test_a_partly_invoiced_line_goes_on_selling_the_same(cast: Cast) -> None:
    sold, other = make_product("100", rate=no_tax()), make_product("300", rate=no_tax())
    order = make_order(cast.rep_a, [row(sold, "4")])
    invoice_one(order)
    line = order.lines.get()
    with pytest.raises(InvalidLine, match="already delivered or invoiced"):
        update_line(model=Order, document_id=order.pk, row=row(other, "4", line_id=line.pk), **act())
    update_line(model=Order, document_id=order.pk, row=row(sold, "5", line_id=line.pk), **act())
    kept = order.lines.get()
    assert (kept.product_id, kept.quantity, again(order).total_amount) == (sold.pk, D(5), D(500))


def test_an_invoice_of_nothing_is_refused(cast: Cast) -> None:
    order = make_order(cast.rep_a, [write_in("100", "4")])
    invoice = invoice_one(order)
    line = order.lines.get()
    for quantities in ({line.pk: D(0)}, {}):
        with pytest.raises(Invalid, match="at least one line"):
            create_invoice_from_order(order_id=order.pk, quantities=quantities, **act())
    assert list(Invoice.objects.values_list("pk", flat=True)) == [invoice.pk]


def test_a_second_order_of_a_won_quote_wins_its_reopened_opportunity_again(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, **act())
    activate_quote(quote_id=quote.pk, **act())
    first = create_order_from_quote(quote_id=quote.pk, **act())
    cancel_order(order_id=first.pk, **act())
    reopen_opportunity(opportunity_id=opportunity.pk, **act())
    second = create_order_from_quote(quote_id=quote.pk, **act())
    assert second.pk != first.pk
    assert (again(opportunity).state, again(opportunity).actual_revenue) == ("won", D(100))


def test_a_tax_on_freight_cannot_be_deleted(cast: Cast) -> None:
    rate = tax("7")
    make_quote(cast.rep_a, freight_amount=D(10), freight_tax_rate=rate)
    with pytest.raises(Conflict) as refusal:
        delete_record(model=TaxRate, record_id=rate.pk, **act())
    assert refusal.value.details == ("Quote: QUO-2026-00001",)
    assert TaxRate.objects.filter(pk=rate.pk).exists()
