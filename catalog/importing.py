"""Products from files."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product, Unit, UnitGroup
from catalog.services.products import PRODUCT_FIELDS, update_product
from catalog.services.taxes import default_tax_rate
from crm.core.errors import Invalid
from crm.data.importing.building import built
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.registry import Importer, Key, Same, Values, register_importer
from crm.users.models import User

_LEFT_OUT = {"unit_group", "default_price_list"}


def register() -> None:
    register_importer(PRODUCTS)


def _build(draft: Draft, work: Work) -> Product:
    """A product without a number is known by its name. For those who may publish it is sold from now on."""
    product = built(Product, draft, work)
    product.number = product.number or product.name[:100]
    product.name = product.name or product.number
    if not product.number:
        raise Invalid(_("Enter a number."), field="number")
    _fill(product, work)
    product.set_sort_key()
    if work.actor.has_perm("catalog.publish_product"):
        product.__dict__["state"] = "active"  # protected against moves, and this row is none
        product.status_reason, product.revision = "active", 1
    return product


def _fill(product: Any, work: Work) -> None:
    """What the service fills in where a form leaves it open."""
    if product.default_unit_id is None:
        product.default_unit_id = work.once("first unit", _first_unit)
    units = work.fetch(Unit, [product.default_unit_id])
    unit = units.get(product.default_unit_id)
    if unit is None:
        raise Invalid(_("Choose a unit group."), field="default_unit")
    product.unit_group_id = unit.group_id
    product.currency_id = product.currency_id or work.organisation.base_currency_id
    default = work.once("default tax", default_tax_rate)
    product.tax_rate_id = product.tax_rate_id or getattr(default, "pk", None)
    if product.tax_rate_id is None:
        raise Invalid(_("Choose a tax rate."), field="tax_rate")


def _first_unit() -> int | None:
    group = UnitGroup.objects.order_by("pk").first()
    unit = group.units.filter(base_unit__isnull=True).first() if group else None
    return unit.pk if unit else None


def _update(pk: int, values: Values, actor: User, at: dt.datetime) -> Product:
    return update_product(product_id=pk, values=values, actor=actor, at=at)


PRODUCTS = Importer(
    model=Product,
    columns=tuple(name for name in PRODUCT_FIELDS if name not in _LEFT_OUT),
    build=_build,
    update=_update,
    keys=(Key("number", "number"), Key("name", "name")),
    same=(Same(("number",), gettext_lazy("Same number")), Same(("sort_key",), gettext_lazy("Same name"))),
    is_owned=False,
    names={
        "external_id": "productid id",
        "number": "number productnumber productcode productproductcode sku code artikelnummer itemnumber",
        "name": "name product productname artikel bezeichnung",
        "list_price": "listprice price salesprice unitprice productprice preis",
        "standard_cost": "standardcost cost unitcost",
        "default_unit": "unit productunit defaultunit einheit",
        "currency": "currency productcurrency currencycode",
        "supplier": "supplier vendor vendorname suppliername",
    },
)
