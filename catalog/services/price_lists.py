"""Price lists and their items."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import PriceList, PriceListItem, Product
from catalog.price_terms import PriceMethod
from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.reactions import Reaction
from crm.core.transactions import service
from crm.core.values import refuse_closed, save, set_values

PRICE_LIST_FIELDS = ("name", "currency", "valid_from", "valid_to", "prices_include_tax", "is_default", "description")
ITEM_FIELDS = (
    "product",
    "unit",
    "method",
    "amount",
    "percentage",
    "rounding",
    "rounding_option",
    "rounding_amount",
    "selling_rule",
    "discount_list",
)
_FIELDS = {
    "price_list_name_once": "name",
    "one_default_price_list": "is_default",
    "default_list_is_active": "is_default",
    "price_list_ends_after_start": "valid_to",
    "one_item_per_list_product_unit": "unit",
    "item_has_what_its_method_needs": "amount",
    "item_rounds_to_something": "rounding_amount",
}

deactivating = Reaction[[PriceList]]("price_list.deactivating")
"""Apps above refuse here while their records have the list as their default."""


@service("price_list.created")
def create_price_list(*, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> PriceList:
    check_create(actor, PriceList)
    price_list = PriceList()
    set_values(price_list, values, PRICE_LIST_FIELDS)
    _save(price_list)
    return price_list


@service("price_list.changed")
def update_price_list(*, price_list_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> PriceList:
    """The currency and whether prices include tax stay as they are while the list has items."""
    price_list = lock_for(PriceList, price_list_id, actor, WRITE)
    refuse_closed(price_list, ("inactive",))
    before = {"currency": price_list.currency_id, "prices_include_tax": price_list.prices_include_tax}
    set_values(price_list, values, PRICE_LIST_FIELDS)
    after = {"currency": price_list.currency_id, "prices_include_tax": price_list.prices_include_tax}
    changed = [name for name in before if before[name] != after[name]]
    if changed and price_list.items.exists():
        raise Invalid(_("This stays as it is while the list has prices."), field=changed[0])
    _save(price_list)
    return price_list


def _save(price_list: PriceList) -> None:
    """The default flag moves here from whichever list had it."""
    if price_list.is_default:
        PriceList.objects.filter(is_default=True).exclude(pk=price_list.pk).update(is_default=False)
    price_list.set_sort_key()
    save(price_list, fields=_FIELDS)


@service("price_list.deactivated")
def deactivate_price_list(*, price_list_id: int, actor: Actor, at: dt.datetime) -> PriceList:
    """Refused while the list is the default of the organisation, of a product or of a customer."""
    price_list = lock_for(PriceList, price_list_id, actor, "deactivate")
    price_list.deactivate()
    if price_list.is_default:
        raise Conflict(_("This is the default price list. Make another list the default first."))
    products = Product.objects.filter(default_price_list=price_list).exclude(state="retired").order_by("sort_key")
    if names := [str(product) for product in products[:10]]:
        raise Conflict(_("This is the default price list of products. Change them first."), details=names)
    deactivating.run(price_list)
    price_list.save()
    return price_list


@service("price_list.activated")
def activate_price_list(*, price_list_id: int, actor: Actor, at: dt.datetime) -> PriceList:
    price_list = lock_for(PriceList, price_list_id, actor, "activate")
    price_list.activate()
    price_list.save()
    return price_list


@service("price_list.item_added")
def add_item(*, price_list_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> PriceListItem:
    item = PriceListItem(price_list=_open_list(price_list_id, actor))
    _set_item(item, values)
    return item


@service("price_list.item_changed")
def update_item(*, item_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> PriceListItem:
    item = _item(item_id, actor)
    _set_item(item, values)
    return item


@service("price_list.item_removed")
def remove_item(*, item_id: int, actor: Actor, at: dt.datetime) -> PriceList:
    item = _item(item_id, actor)
    item.delete()
    price_list: PriceList = item.price_list
    return price_list


def _open_list(price_list_id: int, actor: Actor) -> PriceList:
    price_list = lock_for(PriceList, price_list_id, actor, WRITE)
    refuse_closed(price_list, ("inactive",))
    return price_list


def _item(item_id: int, actor: Actor) -> PriceListItem:
    """The item as it is once its list is locked."""
    list_id = PriceListItem.objects.filter(pk=item_id).values_list("price_list", flat=True).first()
    price_list = _open_list(list_id or 0, actor)
    item = PriceListItem.objects.filter(pk=item_id).select_related("product", "unit").first()
    if item is None:
        raise NotFound(_("This price has been removed."))
    item.price_list = price_list
    return item


def _set_item(item: PriceListItem, values: Mapping[str, Any]) -> None:
    set_values(item, values, ITEM_FIELDS)
    if item.unit.group_id != item.product.unit_group_id:
        raise Invalid(_("Choose a unit of the product's unit group."), field="unit")
    if item.method == PriceMethod.AMOUNT and item.amount is None:
        raise Invalid(_("Enter a price."), field="amount")
    if item.method != PriceMethod.AMOUNT and item.product.currency_id != item.price_list.currency_id:
        raise Invalid(_("The product's own prices are in another currency. Enter an amount instead."), field="method")
    if item.discount_list and item.discount_list.currency_id not in (None, item.price_list.currency_id):
        raise Invalid(_("The volume discount is in another currency. Choose another one."), field="discount_list")
    save(item, fields=_FIELDS)
