"""Where the catalogue appears: search and navigation."""

from django.utils.translation import gettext_lazy as _

from catalog import importing
from catalog.models import PriceList, Product
from catalog.models.price_lists import PRICE_LIST_WORDS
from catalog.models.products import PRODUCT_WORDS
from crm.core.context import NavEntry, register_nav
from crm.core.search import SearchSource, register_search


def register() -> None:
    importing.register()
    register_search(
        SearchSource(
            model=Product,
            label=_("Products"),
            url_name="catalog:product_detail",
            subtitle="number",
            words=PRODUCT_WORDS,
            icon="package",
            position=90,
        ),
        SearchSource(
            model=PriceList,
            label=_("Price lists"),
            url_name="catalog:price_list_detail",
            words=PRICE_LIST_WORDS,
            icon="tag",
            position=95,
        ),
    )
    register_nav(
        NavEntry(
            _("Products"),
            "catalog:product_list",
            "package",
            "catalogue",
            "catalog.read_product",
            90,
            new_label=_("Product"),
            new_url_name="catalog:product_create",
        ),
        NavEntry(_("Price lists"), "catalog:price_list_list", "tag", "catalogue", "catalog.read_pricelist", 95),
    )
