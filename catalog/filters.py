"""The filters of products and price lists."""

from catalog.models import PriceList, Product
from catalog.models.price_lists import PRICE_LIST_WORDS
from catalog.models.products import PRODUCT_WORDS
from crm.core.filters import RecordFilter


class ProductFilter(RecordFilter):
    search_fields = (PRODUCT_WORDS,)

    class Meta:
        model = Product
        fields = {"type": ["exact"], "unit_group": ["exact"], "tax_rate": ["exact"]}


class PriceListFilter(RecordFilter):
    search_fields = (PRICE_LIST_WORDS,)

    class Meta:
        model = PriceList
        fields = {"currency": ["exact"]}
