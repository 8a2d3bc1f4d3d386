"""Products, customers and documents for tests of sales, made by the services."""

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import PriceList, PriceListItem, Product, TaxRate, Unit
from catalog.services.products import create_product, publish_product
from crm.core.actors import SYSTEM
from crm.core.models import Currency
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account
from crm.customers.services.contacts import create_contact
from crm.users.models import Team, User
from sales.models import Invoice, Opportunity, Order, PricedModel, Quote
from sales.services.invoices import create_invoice, create_invoice_from_order, issue_invoice
from sales.services.lines import LineRow, save_lines
from sales.services.opportunities import create_opportunity
from sales.services.orders import create_order, create_order_from_quote
from sales.services.quotes import activate_quote, create_quote

D = Decimal
_numbers = itertools.count(1)


def make_account(owner: User | Team, name: str = "Green Lakes Dairy", **values: Any) -> Account:
    return create_account(values={"name": name, **values}, owner=owner, actor=SYSTEM, at=timezone.now())


def make_contact(owner: User | Team, **values: Any) -> Contact:
    columns = {"first_name": "Wyatt", "last_name": "Halvorsen"} | values
    return create_contact(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())


def tax(rate: str = "20", category: str = "S") -> TaxRate:
    """The rate of this category and percentage; made when it is missing."""
    found: TaxRate | None = TaxRate.objects.filter(category=category, rate=D(rate)).first()
    return found or TaxRate.objects.create(name=f"{category} {rate}", category=category, rate=D(rate))


def no_tax() -> TaxRate:
    return tax("0", "Z")


def standard_list() -> PriceList:
    found: PriceList = PriceList.objects.get(is_default=True)
    return found


def make_product(
    price: str | None = "100", *, rate: TaxRate | None = None, price_list: PriceList | None = None, **values: Any
) -> Product:
    """An active product with this price in the standard list; without a price it is in no list."""
    number = next(_numbers)
    unit = Unit.objects.get(name="each")
    columns = {
        "number": f"P-{number}",
        "name": f"Product {number}",
        "unit_group": unit.group,
        "tax_rate": rate or tax(),
        **values,
    }
    product = create_product(values=columns, actor=SYSTEM, at=timezone.now())
    if price is not None:
        PriceListItem.objects.create(
            price_list=price_list or standard_list(), product=product, unit=product.default_unit, amount=D(price)
        )
    return publish_product(product_id=product.pk, actor=SYSTEM, at=timezone.now())


def row(product: Product | None = None, quantity: str = "1", **more: Any) -> LineRow:
    """A row of the grid: of a product at its list price, or a write-in with `name` and `price_per_unit`."""
    given: dict[str, Any] = {"quantity": D(quantity)}
    if product is None:
        given |= {"kind": "write_in", "name": "Write-in"}
    else:
        given |= {"product_id": product.pk, "unit_id": product.default_unit_id}
    for name in ("price_per_unit", "discount_amount", "discount_percent", "charge_amount"):
        if isinstance(more.get(name), str):
            more[name] = D(more[name])
    rate = more.pop("rate", None)
    if rate is not None:
        more["tax_rate_id"] = rate.pk
    return LineRow(**(given | more))


def write_in(price: str, quantity: str = "1", **more: Any) -> LineRow:
    return row(None, quantity, price_per_unit=price, **more)


def put_lines[R: PricedModel](record: R, *rows: LineRow, actor: Any = SYSTEM) -> R:
    return save_lines(model=type(record), document_id=record.pk, rows=rows, actor=actor, at=timezone.now())


def _values(owner: User | Team, values: dict[str, Any]) -> dict[str, Any]:
    if "customer_account" not in values and "customer_contact" not in values:
        values = {"customer_account": make_account(owner), **values}
    if isinstance(values.get("currency"), str):
        values["currency"] = Currency.objects.get(code=values["currency"])
    return values


def make_opportunity(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Opportunity:
    columns = {"topic": "Pasteuriser loop", **_values(owner, values)}
    opportunity = create_opportunity(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())
    return put_lines(opportunity, *rows) if rows else opportunity


def make_quote(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Quote:
    """A draft; without rows it has one write-in of 100."""
    columns = {"name": "Pasteuriser loop", **_values(owner, values)}
    quote = create_quote(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())
    return put_lines(quote, *(rows or [write_in("100")]))


def make_active_quote(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Quote:
    quote = make_quote(owner, rows, **values)
    return activate_quote(quote_id=quote.pk, actor=SYSTEM, at=timezone.now())


def make_order(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Order:
    """An active order that was made alone; without rows it has one write-in of 100."""
    columns = {"name": "Pasteuriser loop", **_values(owner, values)}
    order = create_order(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())
    return put_lines(order, *(rows or [write_in("100")]))


def make_order_of_quote(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Order:
    quote = make_active_quote(owner, rows, **values)
    return create_order_from_quote(quote_id=quote.pk, actor=SYSTEM, at=timezone.now())


def make_invoice(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Invoice:
    """A draft that was made alone; without rows it has one write-in of 100."""
    columns = {"name": "Pasteuriser loop", **_values(owner, values)}
    invoice = create_invoice(values=columns, owner=owner, actor=SYSTEM, at=timezone.now())
    return put_lines(invoice, *(rows or [write_in("100")]))


def make_invoice_of_order(order: Order) -> Invoice:
    return create_invoice_from_order(order_id=order.pk, actor=SYSTEM, at=timezone.now())


def make_issued_invoice(
    owner: User | Team, rows: Sequence[LineRow] = (), *, issued_on: dt.date | None = None, **values: Any
) -> Invoice:
    invoice = make_invoice(owner, rows, **values)
    return issue_invoice(invoice_id=invoice.pk, issued_on=issued_on, actor=SYSTEM, at=timezone.now())


def again[R: PricedModel](record: R) -> R:
    """The record as it stands in the database now."""
    rows: Any = type(record)._base_manager
    found: R = rows.get(pk=record.pk)
    return found


def figures(record: PricedModel, *names: str) -> dict[str, Decimal]:
    """Stored figures by name, for comparing whole."""
    fresh = again(record)
    return {name: getattr(fresh, name) for name in names}
