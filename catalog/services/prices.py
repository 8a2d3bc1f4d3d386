"""The price engine with the catalogue's rows: what does a product cost, and from which list?"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog import price_terms as terms
from catalog.models import PriceList, PriceListItem, Product, Unit
from catalog.pricing import PriceFound, find_price
from catalog.unit_factors import UnitRow, factors_to_base
from crm.core.models import Currency
from crm.users.models import Territory


@dataclass(frozen=True, slots=True)
class PriceBook:
    """What the engine needs to know of some products, read in a constant number of queries.

    `load` it once for all lines of a document, then ask for one `request` a line.
    """

    price_list: PriceList | None
    products: dict[int, Product]
    units: dict[int, tuple[terms.Unit, ...]]
    items: dict[tuple[int, int], tuple[terms.PriceItem, ...]]

    @classmethod
    def load(cls, products: Iterable[Product], price_list: PriceList | None) -> "PriceBook":
        """Three queries, and one more where a price list item has a volume discount."""
        by_id = {
            product.pk: product
            for product in Product.with_bin.select_related("currency", "default_price_list__currency").filter(
                pk__in={product.pk for product in products}
            )
        }
        lists = {product.default_price_list_id for product in by_id.values()} - {None}
        if price_list is not None:
            lists.add(price_list.pk)
        return cls(
            price_list=price_list,
            products=by_id,
            units=_units({product.unit_group_id for product in by_id.values()}),
            items=_items(set(by_id), lists),
        )

    def request(
        self,
        *,
        product_id: int,
        unit_id: int,
        quantity: Decimal,
        currency: str,
        on: dt.date,
        prices_include_tax: bool = False,
    ) -> terms.PriceRequest:
        """The question for `find_price` or `override_price`; `currency` is the document's code."""
        product = self.products[product_id]
        return terms.PriceRequest(
            product=terms.ProductPrices(
                default_unit_id=product.default_unit_id,
                currency=product.currency.code,
                list_price=product.list_price,
                current_cost=product.current_cost,
                standard_cost=product.standard_cost,
            ),
            units=self.units[product.unit_group_id],
            unit_id=unit_id,
            quantity=quantity,
            currency=currency,
            priced_on=on,
            price_list=self._list(self.price_list, product_id),
            default_list=self._list(product.default_price_list, product_id),
            prices_include_tax=prices_include_tax,
        )

    def _list(self, price_list: Any, product_id: int) -> terms.PriceList | None:
        if price_list is None:
            return None
        return terms.PriceList(
            id=price_list.pk,
            name=price_list.name,
            currency=price_list.currency.code,
            items=self.items.get((price_list.pk, product_id), ()),
            is_active=price_list.state == "active" and price_list.deleted_at is None,
            valid_from=price_list.valid_from,
            valid_to=price_list.valid_to,
            prices_include_tax=price_list.prices_include_tax,
        )


def price_for(
    *,
    product: Product,
    unit: Unit,
    quantity: Decimal,
    price_list: PriceList | None,
    currency: Currency,
    on: dt.date,
    prices_include_tax: bool = False,
) -> PriceFound | terms.PricingError:
    """The price of one line, or why there is none."""
    return find_price(
        PriceBook.load([product], price_list).request(
            product_id=product.pk,
            unit_id=unit.pk,
            quantity=quantity,
            currency=currency.code,
            on=on,
            prices_include_tax=prices_include_tax,
        )
    )


def default_price_list(
    *, customer_list: PriceList | None, territory: Territory | None, currency: Currency | None, on: dt.date
) -> PriceList | None:
    """The customer's list, else the only one of the territory, else the organisation's.

    Each only if it is active, valid on the day and in the currency; without a currency any will do.
    """
    usable: Any = PriceList.objects.usable_on(on).select_related("currency")
    if currency is not None:
        usable = usable.filter(currency=currency)
    found: PriceList | None = usable.filter(pk=customer_list.pk).first() if customer_list else None
    if found is None and territory is not None:
        of_territory = list(usable.filter(territories__territory=territory)[:2])
        found = of_territory[0] if len(of_territory) == 1 else None
    if found is None:
        found = usable.filter(is_default=True).first()
    return found


def _units(group_ids: Iterable[int]) -> dict[int, tuple[terms.Unit, ...]]:
    rows = list(Unit.with_bin.filter(group__in=group_ids).order_by("pk"))
    factors = factors_to_base(UnitRow(row.pk, row.base_unit_id, row.factor) for row in rows)
    found: dict[int, tuple[terms.Unit, ...]] = dict.fromkeys(group_ids, ())
    for row in rows:
        found[row.group_id] += (terms.Unit(id=row.pk, name=row.name, factor=factors[row.pk]),)
    return found


def _items(product_ids: Iterable[int], list_ids: Iterable[int]) -> dict[tuple[int, int], tuple[terms.PriceItem, ...]]:
    rows = (
        PriceListItem.objects.filter(product__in=product_ids, price_list__in=list_ids)
        .select_related("discount_list__currency")
        .prefetch_related("discount_list__tiers")
        .order_by("pk")
    )
    found: dict[tuple[int, int], tuple[terms.PriceItem, ...]] = {}
    for row in rows:
        key = (row.price_list_id, row.product_id)
        found[key] = (*found.get(key, ()), _item(row))
    return found


def _item(row: PriceListItem) -> terms.PriceItem:
    return terms.PriceItem(
        id=row.pk,
        unit_id=row.unit_id,
        method=terms.PriceMethod(row.method),
        amount=row.amount,
        percentage=row.percentage,
        rounding=terms.RoundingPolicy(row.rounding),
        rounding_option=terms.RoundingOption(row.rounding_option) if row.rounding_option else None,
        rounding_amount=row.rounding_amount,
        selling_rule=terms.SellingRule(row.selling_rule),
        discount_list=_discounts(row.discount_list),
    )


def _discounts(found: Any) -> terms.DiscountList | None:
    if found is None:
        return None
    return terms.DiscountList(
        id=found.pk,
        name=found.name,
        kind=terms.DiscountKind(found.kind),
        tiers=tuple(terms.VolumeTier(low=tier.low, high=tier.high, value=tier.value) for tier in found.tiers.all()),
        currency=found.currency.code if found.currency else None,
        is_active=found.is_active and found.deleted_at is None,
    )
