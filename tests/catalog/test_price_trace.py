"""Why this price: the trace in words, and as it is stored."""

import json
from decimal import Decimal

from catalog.pricing import PriceFound, PriceTrace, RoundingPolicy, override_price, write_in_price
from tests.catalog.prices import DOZEN, FIVE_PERCENT, found, item, price_list, request, rounded_item

D = Decimal


def test_the_trace_tells_every_step() -> None:
    percent = rounded_item(RoundingPolicy.UP, D("0.99"), unit_id=DOZEN.id, discount_list=FIVE_PERCENT)
    asked = request(
        price_list(),
        default_list=price_list(percent, name="Standard"),
        quantity=D(240),
        product={"list_price": D("10.10")},
    )
    answer = override_price(asked, price=D("9.5"), by_id=4, by_name="Ann")
    assert isinstance(answer, PriceFound)
    assert answer.trace.sentences("en") == [
        "The document's price list has no price, so the product's default list counts.",
        "The price list Standard computes: Percent of list price, 100 % on €121.20 per Dozen.",
        "Rounded up to a price that ends in 0.99: from €121.20 to €121.99.",
        "Converted: Dozen holds 12 base units and Piece holds 1, which makes €10.16583 per Piece.",
        "Volume discount Volume, from 10 to 49: €0.475 off per unit.",
        "Ann typed the price €9.50 instead of €10.16583.",
        "The list price is €10.10.",
    ]


def test_a_trace_survives_being_stored_as_json() -> None:
    asked = request(price_list(item("12.50", discount_list=FIVE_PERCENT)), quantity=D(12))
    trace = found(asked).trace
    stored = json.loads(json.dumps(trace.as_dict()))
    assert PriceTrace.from_dict(stored) == trace
    assert stored["item"] == {
        "price_list_id": 3,
        "price_list_name": "Retail",
        "item_id": 7,
        "unit": "Piece",
        "method": "amount",
        "price": "12.50000",
    }
    assert "override" not in stored


def test_a_write_in_tells_who_typed_its_price() -> None:
    answer = write_in_price(price=D("250"), currency="EUR", by_id=4, by_name="Ann")
    assert isinstance(answer, PriceFound)
    assert answer.trace.sentences("en") == ["Ann typed the price €250.00."]
    assert PriceTrace.from_dict(answer.trace.as_dict()) == answer.trace
