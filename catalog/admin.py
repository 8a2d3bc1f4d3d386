"""The catalogue in the administration. Unit groups, tax rates and discount lists have their pages only here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from catalog.models import (
    Competitor,
    DiscountList,
    DiscountTier,
    PriceList,
    PriceListItem,
    PriceListTerritory,
    Product,
    TaxRate,
    Unit,
    UnitGroup,
)
from catalog.services.price_lists import PRICE_LIST_FIELDS, create_price_list, update_price_list
from catalog.services.products import PRODUCT_FIELDS, create_product, update_product
from crm.core.admin_base import RecordAdmin, RowsInline
from crm.core.admin_custom import added_values


class UnitInline(RowsInline):
    model = Unit
    fk_name = "group"
    fields = ("name", "base_unit", "factor")
    extra = 0
    can_delete = False


@admin.register(UnitGroup)
class UnitGroupAdmin(RecordAdmin):
    list_display = ("name", "updated_at")
    search_fields = ("name",)
    inlines = (UnitInline,)


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    list_display = ("name", "group", "factor", "base_unit")
    list_filter = ("group",)
    search_fields = ("name", "group__name")


@admin.register(TaxRate)
class TaxRateAdmin(RecordAdmin):
    list_display = ("name", "category", "rate", "is_default", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("name",)


@admin.register(Product)
class ProductAdmin(RecordAdmin):
    list_display = ("name", "number", "state", "list_price", "currency", "updated_at")
    list_filter = ("type", "unit_group")
    search_fields = ("sort_key", "number")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service decides, as everywhere: units, currencies and retired products."""
        actor: Any = request.user
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in PRODUCT_FIELDS}
        values |= added_values(form)
        if change:
            update_product(product_id=obj.pk, values=values, actor=actor, at=timezone.now())
        else:
            values |= {name: form.cleaned_data.get(name) for name in ("unit_group", "default_unit", "decimals")}
            obj.pk = create_product(values=values, actor=actor, at=timezone.now()).pk


class PriceListTerritoryInline(RowsInline):
    model = PriceListTerritory
    fields = ("territory",)
    extra = 0


@admin.register(PriceList)
class PriceListAdmin(RecordAdmin):
    list_display = ("name", "currency", "state", "is_default", "valid_from", "valid_to")
    list_filter = ("currency",)
    search_fields = ("sort_key",)
    inlines = (PriceListTerritoryInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service decides, as everywhere: the currency stays while there are prices."""
        actor: Any = request.user
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in PRICE_LIST_FIELDS}
        if change:
            update_price_list(price_list_id=obj.pk, values=values, actor=actor, at=timezone.now())
        else:
            values["currency"] = form.cleaned_data["currency"]
            obj.pk = create_price_list(values=values, actor=actor, at=timezone.now()).pk


@admin.register(PriceListItem)
class PriceListItemAdmin(RecordAdmin):
    list_display = ("product", "price_list", "unit", "method", "amount", "percentage")
    list_filter = ("method",)
    search_fields = ("product__sort_key", "product__number")


class DiscountTierInline(RowsInline):
    model = DiscountTier
    fields = ("low", "high", "value")
    extra = 0


@admin.register(DiscountList)
class DiscountListAdmin(RecordAdmin):
    list_display = ("name", "kind", "currency", "is_active")
    search_fields = ("name",)
    inlines = (DiscountTierInline,)


@admin.register(Competitor)
class CompetitorAdmin(RecordAdmin):
    list_display = ("name", "website", "updated_at")
    search_fields = ("sort_key",)


@admin.register(DiscountTier)
class DiscountTierAdmin(RecordAdmin):
    list_display = ("discount_list", "low", "high", "value")
    list_filter = ("discount_list",)


@admin.register(PriceListTerritory)
class PriceListTerritoryAdmin(RecordAdmin):
    list_display = ("price_list", "territory")
    list_filter = ("territory",)
