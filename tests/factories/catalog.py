"""Units, products and price lists. The foundations have laid a unit group, tax rates and a default price list."""

from decimal import Decimal
from typing import Any

from django.db import models
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Competitor, DiscountList, PriceList, PriceListItem, Product, TaxRate, Unit, UnitGroup
from crm.core.folding import fold
from crm.core.models import Currency


def currency(code: str = "EUR") -> Currency:
    return Currency.objects.get(code=code)


def _first(rows: Any) -> models.Model:
    found: models.Model = rows.order_by("pk")[0]
    return found


class UnitGroupFactory(DjangoModelFactory[UnitGroup]):
    class Meta:
        model = UnitGroup

    name = Sequence(lambda number: f"Group {number}")


class UnitFactory(DjangoModelFactory[Unit]):
    """A base unit of a group of its own; `UnitFactory.create(group=…, base_unit=each, factor=12)` for others."""

    class Meta:
        model = Unit

    group = SubFactory(UnitGroupFactory)
    name = Sequence(lambda number: f"unit {number}")


class ProductFactory(DjangoModelFactory[Product]):
    """Active, sold by *each* at 100 EUR with the standard tax rate. `state="draft", status_reason="draft"` …"""

    class Meta:
        model = Product

    number = Sequence(lambda number: f"P-{number:04d}")
    name = Sequence(lambda number: f"Product {number}")
    sort_key = LazyAttribute(lambda product: fold(product.name))
    unit_group = LazyFunction(lambda: _first(UnitGroup.objects))
    default_unit = LazyAttribute(lambda product: product.unit_group.units.get(base_unit__isnull=True))
    currency = LazyFunction(currency)
    list_price = Decimal(100)
    tax_rate = LazyFunction(lambda: _first(TaxRate.objects.filter(is_default=True)))
    state = "active"
    status_reason = "active"
    revision = 1


class PriceListFactory(DjangoModelFactory[PriceList]):
    """An active list in EUR which is nobody's default."""

    class Meta:
        model = PriceList

    name = Sequence(lambda number: f"Price list {number}")
    sort_key = LazyAttribute(lambda price_list: fold(price_list.name))
    currency = LazyFunction(currency)


class PriceListItemFactory(DjangoModelFactory[PriceListItem]):
    """80 per default unit of a product of its own."""

    class Meta:
        model = PriceListItem

    price_list = SubFactory(PriceListFactory)
    product = SubFactory(ProductFactory)
    unit = SelfAttribute("product.default_unit")
    amount = Decimal(80)


class DiscountListFactory(DjangoModelFactory[DiscountList]):
    class Meta:
        model = DiscountList

    name = Sequence(lambda number: f"Discounts {number}")


class CompetitorFactory(DjangoModelFactory[Competitor]):
    class Meta:
        model = Competitor

    name = Sequence(lambda number: f"Competitor {number}")
    sort_key = LazyAttribute(lambda competitor: fold(competitor.name))
