"""The pages of products."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.filters import ProductFilter
from catalog.forms import ProductForm
from catalog.models import Product, UnitGroup
from catalog.services.products import create_product, update_product
from catalog.services.taxes import default_tax_rate
from catalog.states import PRODUCT_MACHINE
from catalog.tables import ProductTable
from crm.core import format as shown
from crm.core.models import Organisation
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Stage
from crm.core.tables import base_currency_code


class ProductListView(ListView):
    model, table, filterset = Product, ProductTable, ProductFilter
    create_url_name = "catalog:product_create"
    system_views = (
        SystemView("active", gettext_lazy("Active"), "state:active", default=True),
        SystemView("draft", gettext_lazy("Drafts"), "state:draft"),
        SystemView("under-revision", gettext_lazy("Under revision"), "state:under_revision"),
        SystemView("retired", gettext_lazy("Retired"), "state:retired"),
        SystemView("all", gettext_lazy("All products")),
    )


class ProductDetailView(DetailView[Product]):
    model = Product

    def subtitle(self, record: Product) -> str:
        return record.number

    def facts(self, record: Product) -> list[Fact]:
        return [
            (_("List price"), self._price(record, record.list_price)),
            (_("Type"), record.get_type_display()),
            (_("Unit"), record.default_unit),
            (_("Tax"), record.tax_rate),
        ]

    def key_facts(self, record: Product) -> list[Fact | KeyFact]:
        return [
            KeyFact(_("Default price list"), record.default_price_list, "default_price_list"),
            KeyFact(_("Standard cost"), self._price(record, record.standard_cost), "standard_cost"),
            KeyFact(_("Current cost"), self._price(record, record.current_cost), "current_cost"),
            KeyFact(_("Supplier"), record.supplier, "supplier"),
            KeyFact(_("Valid from"), shown.day(record.valid_from), "valid_from"),
            KeyFact(_("Valid to"), shown.day(record.valid_to), "valid_to"),
        ]

    def details(self, record: Product) -> list[Fact]:
        return [
            (_("Number"), record.number),
            (_("Type"), record.get_type_display()),
            (_("Description"), record.description),
            (_("Unit group"), record.unit_group),
            (_("Decimals"), str(record.decimals)),
            (_("Currency"), record.currency),
            (_("Number at the supplier"), record.supplier_number),
            (_("Web page"), _page(record.website)),
            (_("Revision"), str(record.revision or "")),
        ]

    def stages(self, record: Product) -> list[Stage]:
        """A product that is revised goes back before it goes on."""
        at = {"draft": 0, "under_revision": 0, "active": 1, "retired": 2}[record.state]
        first = "under_revision" if record.state == "under_revision" else "draft"
        return [
            Stage(PRODUCT_MACHINE.label(state), "done" if place < at else "current" if place == at else "next")
            for place, state in enumerate((first, "active", "retired"))
        ]

    def edit_obstacle(self, record: Product) -> str:
        return _edit_obstacle(record)

    def _price(self, record: Product, amount: Any) -> str:
        """With its code only where that is not the base currency, and with as many decimals as a price has."""
        if amount is None:
            return ""
        code = record.currency.code
        figure = shown.price(amount, record.currency.digits)
        return figure if code == base_currency_code(self.request.user) else f"{code} {figure}"


def _page(website: str) -> str:
    if not website:
        return ""
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', website, website)


def _edit_obstacle(record: Product) -> str:
    return _("A retired product cannot be changed. Reactivate it first.") if record.state == "retired" else ""


class ProductEditView(EditView[Product]):
    model, form_class = Product, ProductForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        group = UnitGroup.objects.visible_to(request.user).order_by("pk").first()
        return {
            "unit_group": group,
            "default_unit": group and group.units.filter(base_unit__isnull=True).first(),
            "currency": Organisation.load().base_currency,
            "tax_rate": default_tax_rate(),
        }

    def create(self, form: ProductForm, actor: Any) -> Product:
        return create_product(values=form.values, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: ProductForm, actor: Any) -> Product:
        return update_product(product_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Product) -> str:
        return _edit_obstacle(record)


class ProductDeleteView(DeleteView):
    model = Product
