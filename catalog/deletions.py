"""What holds the records of the catalogue. Items follow their product or list: they stay, but nobody sees them."""

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import DiscountList, PriceList, PriceListItem, Product, TaxRate, Unit, UnitGroup
from crm.core.deletion import holds, refuses


def register() -> None:
    holds(UnitGroup, lambda groups: Product.objects.filter(unit_group__in=groups))
    holds(Unit, lambda units: Product.objects.filter(default_unit__in=units))
    holds(Unit, lambda units: Unit.objects.filter(base_unit__in=units))
    holds(Unit, lambda units: live_items().filter(unit__in=units))
    holds(TaxRate, lambda rates: Product.objects.filter(tax_rate__in=rates))
    holds(DiscountList, lambda discounts: live_items().filter(discount_list__in=discounts))
    holds(PriceList, lambda price_lists: Product.objects.filter(default_price_list__in=price_lists))
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
