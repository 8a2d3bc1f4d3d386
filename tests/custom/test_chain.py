"""Values go along: from opportunity to quote, order and invoice, to their lines, to clones."""

from dataclasses import replace

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from sales.models import InvoiceLine, OrderLine, QuoteLine
from sales.services.documents import InvalidLine
from sales.services.invoices import create_invoice_from_order
from sales.services.opportunities import clone_opportunity
from sales.services.orders import create_order_from_quote
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.sales import again, make_opportunity, make_quote, put_lines, write_in

pytestmark = pytest.mark.django_db


def test_what_the_next_document_knows_carries_over(cast: Cast) -> None:
    for noun in ("sales.opportunity", "sales.quote", "sales.order", "sales.invoice"):
        make_field("Site", noun=noun)
    make_field("Colour", "choice", noun="sales.opportunity", choices="Red,Green")
    make_field("Colour", "choice", noun="sales.quote", choices="Blue,Green")
    make_field("Size", "whole", noun="sales.opportunity")
    make_field("Size", "date", noun="sales.quote")
    make_field("Gate", noun="sales.order", default="North")
    values = {"site": "Hall 4", "colour": "green", "size": 3}
    opportunity = make_opportunity(cast.rep_a, [write_in("100")], custom=values)
    now = timezone.now()

    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=now)
    assert again(quote).custom == {"site": "Hall 4", "colour": "green"}
    activate_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    order = create_order_from_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    assert again(order).custom == {"site": "Hall 4", "gate": "North"}
    invoice = create_invoice_from_order(order_id=order.pk, actor=SYSTEM, at=now)
    assert again(invoice).custom == {"site": "Hall 4"}
    clone = clone_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=now)
    assert again(clone).custom == {"site": "Hall 4", "colour": "green", "size": "3"}


def test_lines_keep_their_values_along_the_chain(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100")])
    opportunity.lines.update(custom={"slot": "A1"})
    now = timezone.now()

    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=now)
    activate_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    order = create_order_from_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    create_invoice_from_order(order_id=order.pk, actor=SYSTEM, at=now)

    for model in (QuoteLine, OrderLine, InvoiceLine):
        assert list(model._default_manager.values_list("custom", flat=True)) == [{"slot": "A1"}]


def test_rows_set_values_of_lines_and_name_the_row_at_fault(cast: Cast) -> None:
    make_field("Slot", noun="sales.quoteline", default="A1")
    make_field("Girth", "whole", noun="sales.quoteline")
    quote = make_quote(cast.rep_a, [write_in("100", custom={"girth": 12}), write_in("50")])
    first, second = quote.lines.order_by("position")
    assert (first.custom, second.custom) == ({"slot": "A1", "girth": "12"}, {"slot": "A1"})

    rows = [
        write_in("100", line_id=first.pk, name="First"),
        write_in("50", line_id=second.pk, name="Second", custom={"girth": "many"}),
    ]
    with pytest.raises(InvalidLine) as refused:
        put_lines(quote, *rows)
    assert (refused.value.position, refused.value.field) == (2, "custom_girth")
    put_lines(quote, rows[0], replace(rows[1], custom={"girth": "7", "slot": ""}))
    assert list(quote.lines.order_by("position").values_list("custom", flat=True)) == [
        {"slot": "A1", "girth": "12"},
        {"girth": "7"},
    ]
