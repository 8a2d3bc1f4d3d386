"""One row of the grid: the small form that checks it, and what the template draws of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.money import ZERO
from crm.core.typed import read_number
from crm.core.widgets import read_as_number
from sales.models import LineKind
from sales.models.columns import ONE
from sales.services.lines import LineRow

_FAR_BEHIND = 10**6


class RowForm(forms.Form):
    """What one row sends. `discount` is an amount, or a percentage with its sign."""

    id = forms.IntegerField(required=False)
    remove = forms.BooleanField(required=False)
    position = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    kind = forms.ChoiceField(required=False, choices=LineKind.choices)
    item = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Product"))
    quantity = forms.DecimalField(required=False, max_digits=16, decimal_places=5)
    unit = forms.IntegerField(required=False)
    price = forms.DecimalField(required=False, max_digits=20, decimal_places=5)
    discount = forms.CharField(required=False, max_length=30)
    tax = forms.IntegerField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("quantity", "price"):
            read_as_number(self.fields[name])  # type: ignore[arg-type]  # both are numbers

    def clean_discount(self) -> tuple[Decimal, Decimal | None]:
        """Amount and percentage, one of them at most."""
        text = str(self.cleaned_data["discount"]).strip()
        try:
            value = read_number(text.rstrip("%").strip() or "0")
        except ValidationError:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= 10**14:
            raise ValidationError(_("Enter an amount such as 30.00, or a percentage such as 5 %."))
        return (ZERO, value or None) if text.endswith("%") else (value, None)


NAMES = tuple(RowForm.base_fields)


@dataclass
class GridRow:
    """Raw texts, what is wrong with them, and the line behind the row.

    `added` are the raw texts of fields that administrators added, `custom` their values where they were changed.
    `product` is what the text of a new row names; `result` the line as it is stored, or as a preview computed it.
    """

    prefix: str
    line: Any = None
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    units: Sequence[tuple[int, str]] = ()
    added: dict[str, list[str]] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    product: Any = None
    result: Any = None

    @property
    def is_new(self) -> bool:
        return self.line is None

    @property
    def kind(self) -> str:
        return str(self.line.kind if self.line else self.values.get("kind") or LineKind.PRODUCT)

    @property
    def follows_order(self) -> bool:
        return bool(getattr(self.line, "order_line_id", None))

    @property
    def is_sold(self) -> bool:
        return self.kind in (LineKind.PRODUCT, LineKind.WRITE_IN)

    @property
    def is_removed(self) -> bool:
        return bool(self.values.get("remove"))

    @property
    def is_blank(self) -> bool:
        """A new row that nobody touched."""
        return self.is_new and not any(
            self.values.get(name, "").strip() for name in ("item", "quantity", "price", "discount")
        )

    @property
    def sentences(self) -> list[str]:
        return [sentence for sentences in self.errors.values() for sentence in sentences]

    def fault(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, []).append(sentence)

    def place(self) -> int:
        """Rows without a number of their own come last."""
        text = self.values.get("position", "")
        return int(text) if text.isdecimal() and len(text) < 7 else _FAR_BEHIND

    def check(self) -> RowForm:
        form = RowForm(self.values)
        for name, sentences in form.errors.items():
            self.errors.setdefault(name, []).extend(str(sentence) for sentence in sentences)
        return form

    def as_line_row(self, typed: Mapping[str, Any]) -> LineRow:
        """What the service is asked to do, of the checked values."""
        amount, percent = typed.get("discount") or (ZERO, None)
        line, text, is_note = self.line, typed.get("item", ""), self.kind == LineKind.NOTE
        product_id = line.product_id if line else getattr(self.product, "pk", None)
        return LineRow(
            line_id=line.pk if line else None,
            kind=self.kind,
            product_id=product_id if self.kind == LineKind.PRODUCT else None,
            name=(line.name if line else "") if is_note else text,
            description=text if is_note else (line.description if line else ""),
            unit_id=typed.get("unit"),
            quantity=ONE if typed.get("quantity") is None else typed["quantity"],
            price_per_unit=typed.get("price"),
            price_quantity=line.price_quantity if line else ONE,
            discount_amount=amount,
            discount_percent=percent,
            charge_amount=line.charge_amount if line else ZERO,
            charge_percent=line.charge_percent if line else None,
            tax_rate_id=typed.get("tax"),
            custom=self.custom,
        )

    def copy(self) -> "GridRow":
        """A new row that says the same; a price of the list is found anew."""
        values = dict(self.values) | {"id": "", "remove": "", "kind": self.kind}
        if self.line and self.kind == LineKind.PRODUCT:
            values["item"] = self.line.product_number
        return GridRow("", values=values, units=self.units, added=dict(self.added), product=self.product)


def texts_of(line: Any) -> dict[str, str]:
    """A stored line in the words in which it is typed. A price of the list is not typed, so its box is empty."""
    is_typed = line.is_price_overridden or line.kind != LineKind.PRODUCT or getattr(line, "order_line_id", None)
    return {
        "id": str(line.pk),
        "position": str(line.position),
        "kind": line.kind,
        "item": line.description if line.kind == LineKind.NOTE and not line.name else line.name,
        "quantity": shown.typed(line.quantity),
        "unit": str(line.unit_id or ""),
        "price": _price(line) if is_typed else "",
        "discount": _discount(line),
        "tax": str(line.tax_rate_id or ""),
    }


def _price(line: Any) -> str:
    """With two decimals at least, as prices are written."""
    return shown.typed(line.price_per_unit, digits=2)


def _discount(line: Any) -> str:
    if line.discount_percent:
        return f"{shown.typed(line.discount_percent)} %"
    return shown.typed(line.discount_amount) if line.discount_amount else ""
