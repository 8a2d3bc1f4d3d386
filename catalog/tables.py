"""The lists of products and price lists."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, Product
from catalog.states import PRICE_LIST_MACHINE, PRODUCT_MACHINE
from crm.core.tables import (
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    StateColumn,
    Table,
    TextColumn,
)


def _yes(value: bool) -> str:
    return gettext("yes") if value else ""


class ProductTable(Table):
    model = Product
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        TextColumn(_("Number"), "number", sort="number", place="sub"),
        StateColumn(_("State"), PRODUCT_MACHINE),
        ChoiceColumn(_("Type"), "type", Product.Type.choices),
        TextColumn(_("Unit"), "default_unit__name"),
        TextColumn(_("Tax"), "tax_rate__name"),
        MoneyColumn(_("List price"), "list_price", currency="currency__code", digits=None),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
    )
    default_sort = "sort_key"


class PriceListTable(Table):
    model = PriceList
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        StateColumn(_("State"), PRICE_LIST_MACHINE),
        TextColumn(_("Currency"), "currency__code", place="sub"),
        Column(_("Default"), "is_default", render=_yes),
        Column(_("With tax"), "prices_include_tax", render=_yes),
        DateColumn(_("Valid from"), "valid_from"),
        DateColumn(_("Valid to"), "valid_to"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
    )
    default_sort = "sort_key"
