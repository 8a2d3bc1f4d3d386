"""Short words for the lines and documents that the tests add up."""

from decimal import Decimal
from typing import Any

from sales.totals import DocumentInput, LineInput, TaxRow

D = Decimal


def line(quantity: str, price: str, rate: str = "23", **more: Any) -> LineInput:
    """A line with its price as its key; category S, or Z at the rate 0."""
    given: dict[str, Any] = {
        "key": price,
        "quantity": D(quantity),
        "price_per_unit": D(price),
        "tax_category": "S" if D(rate) else "Z",
        "tax_rate": D(rate),
    }
    return LineInput(**(given | more))


def document(*lines: LineInput, **more: Any) -> DocumentInput:
    """A document with two decimals."""
    given: dict[str, Any] = {"lines": lines, "digits": 2}
    return DocumentInput(**(given | more))


def row(category: str, rate: str, taxable: str, tax: str) -> TaxRow:
    return TaxRow(category=category, rate=D(rate), taxable=D(taxable), tax=D(tax))
