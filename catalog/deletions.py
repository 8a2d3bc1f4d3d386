"""What holds the records of the catalogue. Items follow their product or list: they stay, but nobody sees them."""

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import DiscountList, PriceList, PriceListItem, Product, TaxRate, Unit, UnitGroup
from crm.core.deletion import holds, refuses


def register() -> None:
    holds(UnitGroup, lambda group: Product.objects.filter(unit_group=group))
    holds(Unit, lambda unit: Product.objects.filter(default_unit=unit))
    holds(Unit, lambda unit: Unit.objects.filter(base_unit=unit))
    holds(Unit, lambda unit: live_items().filter(unit=unit))
    holds(TaxRate, lambda rate: Product.objects.filter(tax_rate=rate))
    holds(DiscountList, lambda discounts: live_items().filter(discount_list=discounts))
    holds(PriceList, lambda price_list: Product.objects.filter(default_price_list=price_list))
    refuses(PriceList, _is_default)
    refuses(TaxRate, _is_default)
    refuses(Unit, _is_base)


def live_items() -> Any:
    """The prices of what is not in the bin."""
    return PriceListItem.objects.filter(product__deleted_at__isnull=True, price_list__deleted_at__isnull=True)


def _is_default(record: Any) -> str:
    return _("It is the default. Make another one the default first.") if record.is_default else ""


def _is_base(unit: Unit) -> str:
    return "" if unit.base_unit_id else _("It is the base unit of its group.")
