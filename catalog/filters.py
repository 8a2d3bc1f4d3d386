"""The filters of products and price lists."""

from catalog.models import PriceList, Product
from crm.core.filters import RecordFilter


class ProductFilter(RecordFilter):
    search_fields = ("sort_key__contains", "number")

    class Meta:
        model = Product
        fields = {"type": ["exact"], "unit_group": ["exact"], "tax_rate": ["exact"]}


class PriceListFilter(RecordFilter):
    class Meta:
        model = PriceList
        fields = {"currency": ["exact"]}
