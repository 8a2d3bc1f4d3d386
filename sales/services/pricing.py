"""Prices and taxes of the lines of a document, whatever their number, with a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from catalog.pricing import PriceFound, PricingError, find_price, override_price, write_in_price
from catalog.services.prices import PriceBook
from catalog.services.taxes import default_tax_rate
from crm.core.money import ZERO
from sales.models import DocumentLine, LineKind, PricedModel


def price_lines(document: PricedModel, lines: Iterable[DocumentLine], *, on: dt.date) -> None:
    """Write price, volume discount, trace and pricing error onto the lines whose price is not locked.

    A locked document keeps what its lines cost, as do a line that is partly invoiced and one that a revision has
    taken over unchanged; only one that never had a price gets one.
    """
    open_lines = [line for line in lines if line.is_sold and not _keeps_price(document, line)]
    of_products = [line for line in open_lines if line.kind == LineKind.PRODUCT]
    book = PriceBook.load([line.product for line in of_products], document.price_list) if of_products else None
    for line in open_lines:
        _store_price(
            line,
            _write_in(document, line) if book is None or line.product_id is None else _price(document, line, book, on),
        )


def _keeps_price(document: PricedModel, line: Any) -> bool:
    is_settled = document.keeps_prices or bool(getattr(line, "quantity_invoiced", ZERO))
    return bool(line.price_trace) and (is_settled or _is_as_offered_before(document, line))


def _is_as_offered_before(document: Any, line: Any) -> bool:
    """The customer knows this price: a revision changes it only together with what it is the price of."""
    before = getattr(line, "revised_line", None)
    if before is None or document.revised_from.price_list_id != document.price_list_id:
        return False
    return bool((line.product_id, line.unit_id, line.quantity) == (before.product_id, before.unit_id, before.quantity))


def _price(document: PricedModel, line: Any, book: PriceBook, on: dt.date) -> PriceFound | PricingError:
    request = book.request(
        product_id=line.product_id,
        unit_id=line.unit_id,
        quantity=line.quantity,
        currency=document.currency.code,
        on=on,
        prices_include_tax=document.prices_include_tax,
    )
    if not line.is_price_overridden:
        return find_price(request)
    by_id, by_name = _typed_by(line)
    found = override_price(request, price=line.price_per_unit, by_id=by_id, by_name=by_name)
    if _is_list_price(found):
        line.is_price_overridden, line.price_overridden_by = False, None
        return find_price(request)
    return found


def _is_list_price(found: PriceFound | PricingError) -> bool:
    """Somebody typed just what the list says."""
    override = found.trace.override if isinstance(found, PriceFound) else None
    return override is not None and override.price == override.instead_of


def _write_in(document: PricedModel, line: DocumentLine) -> PriceFound | PricingError:
    by_id, by_name = _typed_by(line)
    return write_in_price(price=line.price_per_unit, currency=document.currency.code, by_id=by_id, by_name=by_name)


def _typed_by(line: DocumentLine) -> tuple[int, str]:
    """An actor without an account (the system, a form) is nobody in particular."""
    person = line.price_overridden_by
    return (person.pk, str(person)) if person else (0, "System")


def _store_price(line: DocumentLine, found: PriceFound | PricingError) -> None:
    if isinstance(found, PricingError):
        line.pricing_error, line.price_trace, line.volume_discount = found.sentence, {}, ZERO
        if not line.is_price_overridden:
            line.price_per_unit = ZERO
        return
    line.pricing_error, line.price_trace = "", found.trace.as_dict()
    line.price_per_unit, line.volume_discount = found.price_per_unit, found.volume_discount


def tax_lines(document: PricedModel, lines: Sequence[DocumentLine]) -> None:
    """Copy category and percentage of the chosen tax; the default one where none is chosen."""
    if document.keeps_taxes:
        return
    without = [line for line in lines if line.is_sold and line.tax_rate is None]
    needs_freight = bool(document.freight_amount) and document.freight_tax_rate is None
    default = default_tax_rate() if without or needs_freight else None
    for line in without:
        line.tax_rate = line.product.tax_rate if line.product else default
    for line in lines:
        if line.tax_rate is not None:
            line.tax_category, line.tax_percent = line.tax_rate.category, line.tax_rate.rate
    if needs_freight:
        document.freight_tax_rate = default
    rate = document.freight_tax_rate
    document.freight_tax_category = rate.category if rate else ""
    document.freight_tax_percent = rate.rate if rate else ZERO
