"""The fields of the catalogue where their columns do not say enough."""

from catalog.models import Competitor, PriceList, Product
from crm.core.fields import derived, register_fields


def register() -> None:
    for model in (Product, PriceList, Competitor):
        register_fields(model, derived(model, "name", sort="sort_key", folded="sort_key"))
