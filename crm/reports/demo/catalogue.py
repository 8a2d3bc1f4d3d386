"""What the invented company sells, at which prices."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from catalog.models import Competitor, DiscountList, PriceList, Product, TaxRate, Unit, UnitGroup
from catalog.models.taxes import TaxCategory
from catalog.services.discounts import set_tiers
from catalog.services.price_lists import add_item, create_price_list
from catalog.services.products import create_product, publish_product, retire_product
from catalog.services.units import create_unit, create_unit_group
from crm.core.folding import fold
from crm.core.models import Currency, ExchangeRate
from crm.reports.demo.story import Story
from crm.reports.demo.wares import COMPETITORS, DRAFT, RETIRED, UNIT_GROUPS, VOLUME_TIERS, WARES, Ware
from crm.users.models import User

_DOLLARS_PER_EURO = Decimal("1.08")


@dataclass(frozen=True)
class Catalogue:
    products: dict[str, Product]
    price_lists: dict[str, PriceList]
    taxes: dict[str, TaxRate]
    competitors: tuple[Competitor, ...]


def stock_catalogue(story: Story, keeper: User, at: dt.datetime) -> Catalogue:
    _enter_rates(story)
    groups = {name: _unit_group(name, base, others, keeper=keeper, at=at) for name, base, others in UNIT_GROUPS}
    products = {ware.number: _product(ware, groups[ware.group], keeper=keeper, at=at) for ware in WARES}
    lists = {"EUR": _base_list(), "USD": _dollar_list(keeper, at)}
    _price(products, lists, keeper=keeper, at=at)
    retire_product(product_id=products.pop(RETIRED).pk, actor=keeper, at=at)
    del products[DRAFT]
    return Catalogue(products, lists, _taxes(), _competitors())


def _enter_rates(story: Story) -> None:
    """One rate a month, each a little off the last one."""
    dollar = Currency.objects.get(code="USD")
    rate = _DOLLARS_PER_EURO
    for months in range(14, -1, -1):
        day = (story.now - dt.timedelta(days=30.5 * months)).date()
        ExchangeRate.objects.create(currency=dollar, valid_from=day, rate=rate)
        rate += story.share("-0.012", "0.013", "0.001")


def _unit_group(
    name: str, base: str, others: tuple[tuple[str, Decimal], ...], *, keeper: User, at: dt.datetime
) -> UnitGroup:
    group: UnitGroup = create_unit_group(name=name, base_unit=base, actor=keeper, at=at)
    base_unit = Unit.objects.get(group=group)
    for unit, factor in others:
        values = {"name": unit, "base_unit": base_unit, "factor": factor}
        create_unit(group_id=group.pk, values=values, actor=keeper, at=at)
    return group


def _product(ware: Ware, group: UnitGroup, *, keeper: User, at: dt.datetime) -> Product:
    values = {
        "number": ware.number,
        "name": ware.name,
        "type": ware.type,
        "unit_group": group,
        "list_price": ware.price,
        "standard_cost": ware.cost,
        "current_cost": ware.cost,
        "decimals": 0 if ware.group == "Pieces" else 2,
    }
    product = create_product(values=values, actor=keeper, at=at)
    return product if ware.number == DRAFT else publish_product(product_id=product.pk, actor=keeper, at=at)


def _base_list() -> PriceList:
    found: PriceList = PriceList.objects.get(is_default=True)
    return found


def _dollar_list(keeper: User, at: dt.datetime) -> PriceList:
    values = {"name": "North America", "currency": Currency.objects.get(code="USD")}
    return create_price_list(values=values, actor=keeper, at=at)


def _price(products: dict[str, Product], lists: dict[str, PriceList], *, keeper: User, at: dt.datetime) -> None:
    """Everything but what is retired stands in both lists."""
    volume = DiscountList.objects.create(name="Sensors by quantity", description="For probes and electrodes.")
    set_tiers(discount_list_id=volume.pk, tiers=VOLUME_TIERS, actor=keeper, at=at)
    for ware in WARES:
        if ware.number == RETIRED:
            continue
        product = products[ware.number]
        for code, price_list in lists.items():
            values = {
                "product": product,
                "unit": product.default_unit,
                "amount": ware.price if code == "EUR" else _in_dollars(ware.price),
                "discount_list": volume if ware.in_volume else None,
            }
            add_item(price_list_id=price_list.pk, values=values, actor=keeper, at=at)


def _in_dollars(price: Decimal) -> Decimal:
    """A price that looks like one: whole dollars from 100 on."""
    dollars = price * _DOLLARS_PER_EURO
    return dollars.quantize(Decimal(1) if dollars >= 100 else Decimal("0.01"), rounding=ROUND_HALF_UP)


def _taxes() -> dict[str, TaxRate]:
    """The usual rate of each category."""
    found = {rate.category: rate for rate in TaxRate.objects.order_by("rate", "pk")}
    found[TaxCategory.STANDARD] = TaxRate.objects.get(is_default=True)
    return found


def _competitors() -> tuple[Competitor, ...]:
    return tuple(
        Competitor.objects.create(
            name=name, sort_key=fold(name), key_product=product, strengths=strengths, weaknesses=weaknesses
        )
        for name, product, strengths, weaknesses in COMPETITORS
    )
