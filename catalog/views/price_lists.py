"""The pages of price lists and of the prices in them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.filters import PriceListFilter
from catalog.forms import ItemForm, NewItemForm, PriceListForm
from catalog.models import PriceList, PriceListItem
from catalog.services.price_lists import add_item, create_price_list, remove_item, update_item, update_price_list
from catalog.tables import PriceListTable
from crm.core import format as shown
from crm.core.models import Organisation
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact
from crm.core.screens.parts import PartDeleteView, PartEditView


class PriceListListView(ListView):
    model, table, filterset = PriceList, PriceListTable, PriceListFilter
    create_url_name = "catalog:price_list_create"
    system_views = (
        SystemView("active", gettext_lazy("Active"), "state:active", default=True),
        SystemView("inactive", gettext_lazy("Inactive"), "state:inactive"),
        SystemView("all", gettext_lazy("All price lists")),
    )


class PriceListDetailView(DetailView[PriceList]):
    model = PriceList
    first_tab = "lines"

    def facts(self, record: PriceList) -> list[Fact]:
        return [
            (_("Currency"), record.currency),
            (_("Prices"), _("include tax") if record.prices_include_tax else _("without tax")),
            (_("Default"), _("yes") if record.is_default else ""),
        ]

    def key_facts(self, record: PriceList) -> list[Fact | KeyFact]:
        return [
            KeyFact(_("Valid from"), shown.day(record.valid_from), "valid_from"),
            KeyFact(_("Valid to"), shown.day(record.valid_to), "valid_to"),
            KeyFact(_("Description"), record.description, "description"),
        ]

    def details(self, record: PriceList) -> list[Fact]:
        return [
            (_("Name"), record.name),
            (_("Currency"), record.currency),
            (_("Prices"), _("include tax") if record.prices_include_tax else _("without tax")),
            (_("Default"), _("yes") if record.is_default else ""),
            (_("Valid from"), shown.day(record.valid_from)),
            (_("Valid to"), shown.day(record.valid_to)),
            (_("Description"), record.description),
        ]

    def edit_obstacle(self, record: PriceList) -> str:
        return _obstacle(record)


def _obstacle(record: PriceList) -> str:
    return _("An inactive price list cannot be changed. Activate it first.") if record.state == "inactive" else ""


class PriceListEditView(EditView[PriceList]):
    model, form_class = PriceList, PriceListForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"currency": Organisation.load().base_currency}

    def create(self, form: PriceListForm, actor: Any) -> PriceList:
        return create_price_list(values=form.values, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: PriceListForm, actor: Any) -> PriceList:
        return update_price_list(price_list_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: PriceList) -> str:
        return _obstacle(record)


class PriceListDeleteView(DeleteView):
    model = PriceList


class ItemEditView(PartEditView[PriceListItem]):
    parent = PriceList
    form_class, edit_form_class = NewItemForm, ItemForm
    title = gettext_lazy("Price")
    submit_label = gettext_lazy("Save price")
    saved = gettext_lazy("Price saved")

    def parts(self, record: PriceList) -> Any:
        return record.items.select_related("product")

    def obstacle(self, record: PriceList) -> str:
        return _obstacle(record)

    def add(self, pk: int, form: NewItemForm, actor: Any) -> PriceListItem:
        return add_item(price_list_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: ItemForm, actor: Any) -> PriceListItem:
        return update_item(item_id=part_id, values=form.values, actor=actor, at=timezone.now())


class ItemDeleteView(PartDeleteView[PriceListItem]):
    parent = PriceList
    title = gettext_lazy("Remove price")
    removed = gettext_lazy("Price removed")

    def parts(self, record: PriceList) -> Any:
        return record.items.select_related("product", "unit")

    def obstacle(self, record: PriceList) -> str:
        return _obstacle(record)

    def remove(self, part_id: int, actor: Any) -> PriceList:
        return remove_item(item_id=part_id, actor=actor, at=timezone.now())
