"""Products and their life."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import PriceListItem, Product
from catalog.services.taxes import default_tax_rate
from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.deletion import dependents
from crm.core.errors import Conflict, Invalid
from crm.core.history import events_of
from crm.core.models import Organisation
from crm.core.transactions import service
from crm.core.values import refuse_closed, save, set_values

PRODUCT_FIELDS = (
    "number",
    "name",
    "type",
    "description",
    "unit_group",
    "default_unit",
    "decimals",
    "currency",
    "list_price",
    "standard_cost",
    "current_cost",
    "tax_rate",
    "default_price_list",
    "valid_from",
    "valid_to",
    "supplier",
    "supplier_number",
    "website",
)
_FIELDS = {
    "product_number_once_in_any_case": "number",
    "product_has_a_number": "number",
    "product_decimals_up_to_5": "decimals",
    "product_ends_after_start": "valid_to",
}


@service("product.created")
def create_product(*, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Product:
    """A draft. Currency and tax rate default to those of the organisation, the unit to the group's base unit."""
    check_create(actor, Product)
    product = Product()
    set_values(product, _with_defaults(values), PRODUCT_FIELDS)
    set_custom(product, values, actor)
    _check_and_save(product)
    return product


def _with_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    filled = {name: value for name, value in values.items() if value is not None}
    if "unit_group" not in filled:
        raise Invalid(_("Choose a unit group."), field="unit_group")
    if "default_unit" not in filled:
        filled["default_unit"] = filled["unit_group"].units.filter(base_unit__isnull=True).first()
    filled.setdefault("currency", Organisation.load().base_currency)
    filled.setdefault("tax_rate", default_tax_rate())
    if filled["tax_rate"] is None:
        raise Invalid(_("Choose a tax rate."), field="tax_rate")
    return filled


@service("product.changed")
def update_product(*, product_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Product:
    """Retired products are read-only; a product in use stays in its unit group."""
    product = lock_for(Product, product_id, actor, WRITE)
    refuse_closed(product, ("retired",))
    group_id, currency_id = product.unit_group_id, product.currency_id
    set_values(product, values, PRODUCT_FIELDS)
    set_custom(product, values, actor)
    items = PriceListItem.objects.filter(product=product)
    if product.unit_group_id != group_id and (items.exists() or dependents(product)):
        raise Invalid(_("The unit group stays, because prices or documents use its units."), field="unit_group")
    if product.currency_id != currency_id and items.exclude(method="amount").exists():
        raise Invalid(_("The currency stays, because price lists compute from the list price."), field="currency")
    _check_and_save(product)
    return product


def _check_and_save(product: Product) -> None:
    if product.default_unit is None or product.default_unit.group_id != product.unit_group_id:
        raise Invalid(_("Choose a unit of the product's unit group."), field="default_unit")
    product.set_sort_key()
    save(product, fields=_FIELDS)


@service("product.published")
def publish_product(*, product_id: int, actor: Actor, at: dt.datetime) -> Product:
    """A draft or a revision becomes what is sold from now on."""
    product = lock_for(Product, product_id, actor, "publish")
    product.publish()
    product.save()
    return product


@service("product.revision_started")
def revise_product(*, product_id: int, actor: Actor, at: dt.datetime) -> Product:
    """The product is worked on and put on no new line; documents keep what they sell."""
    product = lock_for(Product, product_id, actor, "revise")
    product.revise()
    product.save()
    return product


@service("product.reverted")
def revert_product(*, product_id: int, actor: Actor, at: dt.datetime) -> Product:
    """Back to what was published last: the values come from the record's own history."""
    product = lock_for(Product, product_id, actor, "revert")
    product.revert()
    published: Any = events_of(product).filter(state="active").first()
    for name in PRODUCT_FIELDS:
        attribute = Product._meta.get_field(name).attname  # type: ignore[union-attr]  # concrete fields only
        setattr(product, attribute, getattr(published, attribute))
    product.custom = published.custom
    _check_and_save(product)
    return product


@service("product.retired")
def retire_product(*, product_id: int, actor: Actor, at: dt.datetime) -> Product:
    """Refused while active price lists offer the product."""
    product = lock_for(Product, product_id, actor, "retire")
    product.retire()
    offering = [
        str(item.price_list)
        for item in PriceListItem.objects.filter(
            product=product, price_list__state="active", price_list__deleted_at__isnull=True
        )
        .select_related("price_list")
        .order_by("price_list__sort_key", "pk")
        .distinct()
    ]
    if offering:
        raise Conflict(
            _("Remove this product from the active price lists first."), details=list(dict.fromkeys(offering))
        )
    product.save()
    return product


@service("product.reactivated")
def reactivate_product(*, product_id: int, actor: Actor, at: dt.datetime) -> Product:
    product = lock_for(Product, product_id, actor, "reactivate")
    product.reactivate()
    product.save()
    return product
