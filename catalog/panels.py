"""The prices of a price list as a grid, and the prices of a product in all lists."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.forms import NewItemForm
from catalog.models import PriceList, PriceListItem, Product
from crm.core import format as shown
from crm.core.access import WRITE
from crm.core.idempotency import new_key
from crm.core.panels import Panel, register_panels

PAGE_SIZE = 50


def items_of_list(price_list: PriceList, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
    """One page in the order of the products' names, after the item that `after` names."""
    found = list(_items_after(price_list, parameters.get("after", ""))[: PAGE_SIZE + 1])
    more, items = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    editable = price_list.state == "active" and _may_write(price_list, user)
    return {
        "items": [(item, _typed(item), new_key()) for item in items],
        "following": items[-1].pk if more else "",
        "editable": editable,
        "form": NewItemForm(actor=user) if editable else None,
        "idempotency_key": new_key(),
    }


def _items_after(price_list: PriceList, token: str) -> Any:
    rows = PriceListItem.objects.filter(price_list=price_list, product__deleted_at__isnull=True)
    mark = None
    if token.isdecimal() and len(token) <= 18:
        mark = rows.filter(pk=int(token)).values_list("product__sort_key", "pk").first()
    if mark:
        rows = rows.filter(Q(product__sort_key__gt=mark[0]) | Q(product__sort_key=mark[0], pk__gt=mark[1]))
    return rows.select_related("product", "unit", "discount_list").order_by("product__sort_key", "pk")


def _typed(item: PriceListItem) -> str:
    """The amount as it is typed: no grouping, no needless zeros."""
    return shown.typed(item.amount)


def _may_write(price_list: PriceList, user: Any) -> bool:
    return bool(PriceList.objects.for_action(user, WRITE).filter(pk=price_list.pk).exists())


def prices_of_product(product: Product, user: Any) -> Mapping[str, Any]:
    """Where the product has a price, live lists only; as many as fit on a page."""
    lists = PriceList.objects.visible_to(user)
    items = (
        PriceListItem.objects.filter(product=product, price_list__in=lists)
        .select_related("price_list__currency", "unit")
        .order_by("price_list__sort_key", "pk")[: PAGE_SIZE + 1]
    )
    found = list(items)
    return {"items": found[:PAGE_SIZE], "more": len(found) > PAGE_SIZE}


def register() -> None:
    register_panels(
        PriceList,
        Panel(
            name="lines",
            title=_("Prices"),
            template="catalog/panels/price_list_items.html",
            paged=items_of_list,
            position=10,
            tab="lines",
        ),
    )
    register_panels(
        Product,
        Panel(
            name="prices",
            title="",
            template="catalog/panels/product_prices.html",
            context=prices_of_product,
            position=60,
            tab="details",
        ),
    )
