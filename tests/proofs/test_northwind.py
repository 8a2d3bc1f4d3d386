"""The orders of a well-known company, written by our services, come to the sums that its own files give.

Northwind's 830 orders of 1996 to 1998 lie outside the project. What they ought to come to is computed here from
the files alone: line base = round(price × quantity), discount = round(base × fraction), net = base − discount.
"""

import csv
import datetime as dt
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from pytest_django import DjangoDbBlocker

from catalog.models import PriceList, Product, Unit
from catalog.services.price_lists import add_item, remove_item
from catalog.services.products import create_product, publish_product, retire_product
from crm.core.models import Organisation
from crm.customers.models import Account
from crm.customers.services.accounts import create_account
from crm.customers.services.addresses import add_address
from crm.users.models import User
from sales.models import Order, OrderLine
from sales.services.lines import LineRow
from sales.services.orders import create_order
from tests.factories.cast import make_cast

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "northwind"
CENT = Decimal("0.01")
OPENING = dt.datetime(1996, 7, 1, 8, tzinfo=dt.UTC)

type Fields = Mapping[str, str]
type Sums = dict[str, Decimal]


def _rows(name: str) -> list[Fields]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _net(line: Fields) -> Decimal:
    base = (Decimal(line["unit_price"]) * Decimal(line["quantity"])).quantize(CENT, ROUND_HALF_UP)
    return base - (base * Decimal(line["discount"])).quantize(CENT, ROUND_HALF_UP)


def _sums_of_the_files(key: Callable[[Fields], str]) -> Sums:
    orders = {order["order_id"]: order for order in _rows("orders")}
    sums: Sums = defaultdict(Decimal)
    for line in _rows("order_details"):
        sums[key(orders[line["order_id"]])] += _net(line)
    return dict(sums)


class _Company:
    """Writes the files through the services, as `keeper`, each order on its day."""

    def __init__(self, keeper: User) -> None:
        self._keeper = keeper
        self._customers: dict[str, Account] = {}
        self._products: dict[str, Product] = {}

    def write(self) -> None:
        items = self._stock()
        for customer in _rows("customers"):
            self._customers[customer["customer_id"]] = self._enter(customer)
        lines = {
            number: list(found) for number, found in groupby(_rows("order_details"), lambda line: line["order_id"])
        }
        for order in _rows("orders"):
            self._order(order, lines[order["order_id"]])
        for number in [row["product_id"] for row in _rows("products") if row["discontinued"] == "1"]:
            remove_item(item_id=items[number], actor=self._keeper, at=OPENING)
            retire_product(product_id=self._products[number].pk, actor=self._keeper, at=OPENING)

    def _stock(self) -> dict[str, int]:
        """The items of the price list by the number of their product."""
        unit = Unit.objects.get(name="each")
        suppliers = {row["supplier_id"]: row["company_name"] for row in _rows("suppliers")}
        standard = PriceList.objects.get(is_default=True)
        items = {}
        for row in _rows("products"):
            price = Decimal(row["unit_price"])
            values = {
                "number": f"NW-{row['product_id']}",
                "name": row["product_name"],
                "description": row["quantity_per_unit"],
                "supplier": suppliers[row["supplier_id"]],
                "unit_group": unit.group,
                "decimals": 0,
                "list_price": price,
            }
            product = create_product(values=values, actor=self._keeper, at=OPENING)
            terms = {"product": product, "unit": product.default_unit, "amount": price}
            item = add_item(price_list_id=standard.pk, values=terms, actor=self._keeper, at=OPENING)
            items[row["product_id"]] = item.pk
            published = publish_product(product_id=product.pk, actor=self._keeper, at=OPENING)
            self._products[row["product_id"]] = published
        return items

    def _enter(self, row: Fields) -> Account:
        who: dict[str, Any] = {"actor": self._keeper, "at": OPENING}
        values = {"name": row["company_name"], "number": row["customer_id"]}
        account = create_account(values=values, owner=self._keeper, **who)
        place = {
            "street": row["address"],
            "city": row["city"],
            "state_or_province": row["region"],
            "postal_code": row["postal_code"],
            "country": row["country"],
        }
        add_address(model=Account, customer_id=account.pk, values=place, **who)
        return account

    def _order(self, row: Fields, lines: list[Fields]) -> None:
        at = dt.datetime.combine(dt.date.fromisoformat(row["order_date"]), dt.time(12), dt.UTC)
        values = {
            "name": f"Northwind {row['order_id']}",
            "external_number": row["order_id"],
            "customer_account": self._customers[row["customer_id"]],
            "requested_delivery_on": dt.date.fromisoformat(row["required_date"]),
            "freight_amount": Decimal(row["freight"]),
            "ship_to_name": row["ship_name"],
            "ship_to_city": row["ship_city"],
            "ship_to_country": row["ship_country"],
        }
        rows = [self._line(line) for line in lines]
        create_order(values=values, rows=rows, owner=self._keeper, actor=self._keeper, at=at)

    def _line(self, line: Fields) -> LineRow:
        """The price of the day is typed where it is not the one of the list."""
        return LineRow(
            product_id=self._products[line["product_id"]].pk,
            quantity=Decimal(line["quantity"]),
            price_per_unit=Decimal(line["unit_price"]),
            discount_percent=Decimal(line["discount"]) * 100 or None,
        )


@pytest.fixture(scope="module")
def northwind(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Written once for all tests of this module, and taken back at the end."""
    if not FOLDER.is_dir():
        reason = "the files of Northwind lie in ../shared/data, which a plain clone does not have"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    with django_db_blocker.unblock(), transaction.atomic():
        _Company(make_cast().administrator).write()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("northwind")


def test_the_catalogue_and_all_orders_are_there() -> None:
    counts = (Account.objects.count(), Order.objects.count(), OrderLine.objects.count())

    assert counts == (91, 830, 2155)
    assert Product.objects.filter(state="active").count() == 67
    assert Product.objects.filter(state="retired").count() == 10
    assert not Order.objects.exclude(pricing_error="").exists()


def test_the_goods_of_all_orders_come_to_the_known_total() -> None:
    total = Order.objects.aggregate(goods=Sum("detail_amount"), lines=Sum("pre_freight_amount"))

    assert total == {"goods": Decimal("1265792.76"), "lines": Decimal("1265792.76")}
    assert OrderLine.objects.aggregate(net=Sum("net_amount")) == {"net": Decimal("1265792.76")}
    assert sum(_sums_of_the_files(lambda _order: "all").values()) == Decimal("1265792.76")


def test_each_year_comes_to_the_sum_of_its_files() -> None:
    rows = Order.objects.values_list("ordered_on__year").annotate(goods=Sum("detail_amount")).order_by()

    assert {str(year): goods for year, goods in rows} == _sums_of_the_files(lambda order: order["order_date"][:4])


def test_each_customer_comes_to_the_sum_of_its_files() -> None:
    rows = Order.objects.values_list("customer_account__number").annotate(goods=Sum("detail_amount")).order_by()

    found = dict(rows)
    assert found == _sums_of_the_files(lambda order: order["customer_id"])
    assert len(found) == 89


def test_each_order_comes_to_the_sum_of_its_own_lines() -> None:
    found = dict(Order.objects.values_list("external_number", "detail_amount"))

    assert found == _sums_of_the_files(lambda order: order["order_id"])


def test_freight_is_no_goods_and_is_in_the_total_with_its_tax() -> None:
    total = Order.objects.aggregate(
        freight=Sum("freight_amount"), taxable=Sum("taxable_amount"), tax=Sum("tax_amount"), total=Sum("total_amount")
    )

    freight = sum((Decimal(order["freight"]) for order in _rows("orders")), Decimal(0))
    assert total["freight"] == freight == Decimal("64942.69")
    assert total["taxable"] == Decimal("1265792.76") + freight
    assert total["total"] == total["taxable"] + total["tax"]


def test_orders_bear_the_day_on_which_they_were_placed() -> None:
    first = Order.objects.order_by("pk").first()

    assert first is not None
    assert (first.number, first.ordered_on, first.external_number) == ("ORD-1996-00001", dt.date(1996, 7, 4), "10248")
    assert Organisation.load().today(OPENING) == dt.date(1996, 7, 1)
    assert list(Order.objects.dates("ordered_on", "year")) == [dt.date(year, 1, 1) for year in (1996, 1997, 1998)]
