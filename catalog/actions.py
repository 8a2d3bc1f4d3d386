"""The moves of products and price lists."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, Product
from catalog.services import price_lists, products
from crm.core.actions import Action, register

type Perform = Callable[[int, Mapping[str, Any], Any], str]


def _of_product(service: Callable[..., Product]) -> Perform:
    def perform(pk: int, _data: Mapping[str, Any], actor: Any) -> str:
        service(product_id=pk, actor=actor, at=timezone.now())
        return reverse("catalog:product_detail", args=[pk])

    return perform


def _of_price_list(service: Callable[..., PriceList]) -> Perform:
    def perform(pk: int, _data: Mapping[str, Any], actor: Any) -> str:
        service(price_list_id=pk, actor=actor, at=timezone.now())
        return reverse("catalog:price_list_detail", args=[pk])

    return perform


PUBLISH = Action(
    name="publish",
    label=_("Publish"),
    model=Product,
    right="publish",
    move="publish",
    url_name="catalog:product_publish",
    perform=_of_product(products.publish_product),
    confirm=_("Sell this product as it is described now?"),
    done=_("Product published"),
    position=10,
)
REVISE = Action(
    name="revise",
    label=_("Revise"),
    model=Product,
    right="revise",
    move="revise",
    url_name="catalog:product_revise",
    perform=_of_product(products.revise_product),
    confirm=_("Take this product back to work on it? Until it is published again nobody can sell it anew."),
    done=_("Product under revision"),
    position=20,
)
REVERT = Action(
    name="revert",
    label=_("Revert"),
    model=Product,
    right="revert",
    move="revert",
    url_name="catalog:product_revert",
    perform=_of_product(products.revert_product),
    confirm=_("Drop all changes since the product was published last?"),
    done=_("Changes dropped"),
    danger=True,
    position=30,
)
REACTIVATE = Action(
    name="reactivate",
    label=_("Reactivate"),
    model=Product,
    right="reactivate",
    move="reactivate",
    url_name="catalog:product_reactivate",
    perform=_of_product(products.reactivate_product),
    confirm=_("Sell this product again?"),
    done=_("Product reactivated"),
    position=40,
)
RETIRE = Action(
    name="retire",
    label=_("Retire"),
    model=Product,
    right="retire",
    move="retire",
    url_name="catalog:product_retire",
    perform=_of_product(products.retire_product),
    confirm=_("Stop selling this product? Documents keep what they sold."),
    done=_("Product retired"),
    danger=True,
    position=50,
)
ACTIVATE_LIST = Action(
    name="activate",
    label=_("Activate"),
    model=PriceList,
    right="activate",
    move="activate",
    url_name="catalog:price_list_activate",
    perform=_of_price_list(price_lists.activate_price_list),
    confirm=_("Use this price list again?"),
    done=_("Price list activated"),
    position=10,
)
DEACTIVATE_LIST = Action(
    name="deactivate",
    label=_("Deactivate"),
    model=PriceList,
    right="deactivate",
    move="deactivate",
    url_name="catalog:price_list_deactivate",
    perform=_of_price_list(price_lists.deactivate_price_list),
    confirm=_("Stop using this price list? Documents that were priced from it keep their prices."),
    done=_("Price list deactivated"),
    danger=True,
    position=20,
)


def register_actions() -> None:
    register(PUBLISH, REVISE, REVERT, REACTIVATE, RETIRE, ACTIVATE_LIST, DEACTIVATE_LIST)
