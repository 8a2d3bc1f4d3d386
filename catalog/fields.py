"""The fields of the catalogue where their columns do not say enough."""

from catalog.models import Product
from crm.core.fields import derived, register_fields


def register() -> None:
    register_fields(Product, derived(Product, "name", sort="sort_key"))
