"""The catalogue: units, products, price lists, discount lists, tax rates, competitors."""

from catalog.models.competitors import Competitor
from catalog.models.discounts import DiscountList, DiscountTier
from catalog.models.price_lists import PriceList, PriceListItem, PriceListTerritory
from catalog.models.products import Product
from catalog.models.taxes import TaxRate
from catalog.models.units import Unit, UnitGroup

__all__ = [
    "Competitor",
    "DiscountList",
    "DiscountTier",
    "PriceList",
    "PriceListItem",
    "PriceListTerritory",
    "Product",
    "TaxRate",
    "Unit",
    "UnitGroup",
]
