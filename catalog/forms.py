"""Forms of products, price lists and prices."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, PriceListItem, Product, Unit
from catalog.price_terms import PriceMethod
from catalog.services.price_lists import PRICE_LIST_FIELDS
from catalog.services.products import PRODUCT_FIELDS
from crm.core.record_names import NamingForm, RecordNameField


class UnitField(forms.ModelChoiceField[Unit]):
    """Units with their group, since every group may have an *each*."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Unit.objects.select_related("group").order_by("group__name", "name"), **options)

    def label_from_instance(self, obj: Unit) -> str:
        return f"{obj.name} ({obj.group.name})"


class ProductForm(NamingForm[Product]):
    default_unit = UnitField(label=_("Default unit"))

    sections = (
        (_("Product"), ("number", "name", "type", "description", "website")),
        (_("Units"), ("unit_group", "default_unit", "decimals")),
        (
            _("Prices"),
            ("list_price", "standard_cost", "current_cost", "currency", "tax_rate", "default_price_list"),
        ),
        (_("Validity"), ("valid_from", "valid_to")),
        (_("Supplier"), ("supplier", "supplier_number")),
    )

    alone = frozenset(
        {
            "description",
            "website",
            "supplier",
            "supplier_number",
            "list_price",
            "standard_cost",
            "current_cost",
            "tax_rate",
            "default_price_list",
        }
    )

    class Meta:
        model = Product
        fields = PRODUCT_FIELDS

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self._offer("tax_rate", Q(is_active=True))
        self._offer("default_price_list", Q(state="active"))
        self._offer("currency", Q(is_active=True))

    def _offer(self, name: str, condition: Q) -> None:
        """What may be chosen anew, and what is chosen already."""
        field: Any = self.fields[name]
        field.queryset = field.queryset.filter(condition | Q(pk=getattr(self.instance, f"{name}_id")))


class PriceListForm(NamingForm[PriceList]):
    class Meta:
        model = PriceList
        fields = PRICE_LIST_FIELDS

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        field: Any = self.fields["currency"]
        field.queryset = field.queryset.filter(Q(is_active=True) | Q(pk=self.instance.currency_id))


class NewItemForm(NamingForm[PriceListItem]):
    """A price for a product in a unit; without a unit the product's own."""

    product = RecordNameField(
        Product.objects.all(),
        narrow=lambda rows: rows.exclude(state="retired"),
        order="sort_key",
        label=_("Product"),
        help_text=_("A name or a number."),
    )
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Default unit"))

    class Meta:
        model = PriceListItem
        fields = ("product", "unit", "amount")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.fields["amount"].required = True

    @property
    def values(self) -> dict[str, Any]:
        chosen = dict(self.cleaned_data)
        chosen["unit"] = chosen.get("unit") or chosen["product"].default_unit
        return chosen


class ItemForm(NamingForm[PriceListItem]):
    unit = UnitField(label=_("Unit"))

    class Meta:
        model = PriceListItem
        fields = ("unit", "amount")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.fields["amount"].required = self.instance.method == PriceMethod.AMOUNT
