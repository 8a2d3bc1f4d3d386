"""The grid of lines: all rows of a document in one form, saved at once.

Rows are checked by one small form each, but drawn by a plain template: a document may have 500 of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product, TaxRate, Unit
from crm.core import format as shown
from crm.core.models import Organisation
from crm.core.money import ZERO
from crm.core.record_names import RecordNameField
from crm.core.widgets import plain_decimal
from crm.users.access import may
from sales.models import LineKind, PricedModel
from sales.models.columns import ONE
from sales.services.documents import InvalidLine
from sales.services.line_checks import OVERRIDE_PRICE
from sales.services.lines import LineRow

PREFIX = "line"
NEW_ROWS = 3
MOST_ROWS = 1000
_SUGGESTED = 200


class _RowForm(forms.Form):
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

    def clean_discount(self) -> tuple[Decimal, Decimal | None]:
        """Amount and percentage, one of them at most."""
        text = str(self.cleaned_data["discount"]).strip().replace("\N{MINUS SIGN}", "-")
        try:
            value = Decimal(text.rstrip("%").strip() or 0)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= 10**14:
            raise ValidationError(_("Enter an amount such as 30.00, or a percentage such as 5 %."))
        return (ZERO, value or None) if text.endswith("%") else (value, None)


@dataclass
class GridRow:
    """One row as the template draws it: raw texts, what is wrong with them, and the line behind it."""

    prefix: str
    line: Any = None
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    units: list[tuple[int, str]] = field(default_factory=list)

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
    def sentences(self) -> list[str]:
        return [sentence for sentences in self.errors.values() for sentence in sentences]

    def fault(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, []).append(sentence)


class LineGrid:
    """`LineGrid(document, actor)` shows the lines; with `data` it reads what was typed over them."""

    def __init__(self, document: PricedModel, actor: Any, data: Mapping[str, Any] | None = None) -> None:
        self.document, self.actor, self.data = document, actor, data
        related = ("product", "unit", "tax_rate")
        self.lines: list[Any] = list(document.lines.select_related(*related).order_by("position", "pk"))
        self.rows = list(self._typed_rows(data) if data is not None else self._shown_rows())
        self.general: list[str] = []
        self.removed: list[int] = []
        self.may_type_prices = may(actor, OVERRIDE_PRICE)
        self._sent: list[GridRow] = []

    # What the template offers.

    @property
    def total(self) -> int:
        return len(self.rows)

    @cached_property
    def taxes(self) -> list[tuple[int, str]]:
        rates = TaxRate.objects.visible_to(self.actor).filter(is_active=True)
        offered = {rate.pk: rate for rate in rates}
        offered |= {line.tax_rate_id: line.tax_rate for line in self.lines if line.tax_rate_id}
        ordered = sorted(offered.values(), key=lambda rate: (-rate.rate, rate.name))
        return [(rate.pk, _tax_label(rate)) for rate in ordered]

    @cached_property
    def suggestions(self) -> list[tuple[str, str]]:
        """Number and name of products that are sold today."""
        rows = self._sellable(Product.objects.visible_to(self.actor)).order_by("sort_key")
        return list(rows.values_list("number", "name")[:_SUGGESTED])

    @cached_property
    def all_units(self) -> list[tuple[int, str]]:
        return list(Unit.objects.order_by("name").values_list("pk", "name"))

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return list(LineKind.choices)

    def _sellable(self, rows: Any) -> Any:
        return rows.sellable_on(Organisation.load().today(timezone.now()))

    # From stored lines to rows.

    def _shown_rows(self) -> Iterator[GridRow]:
        for number, line in enumerate(self.lines):
            yield self._row_of(f"{PREFIX}-{number}", line)
        if not getattr(self.document, "order_id", None):
            for number in range(len(self.lines), len(self.lines) + NEW_ROWS):
                yield GridRow(f"{PREFIX}-{number}", values={"kind": LineKind.PRODUCT})

    def _row_of(self, prefix: str, line: Any) -> GridRow:
        return GridRow(prefix, line, _texts(line), units=self._units_of(line))

    def _units_of(self, line: Any) -> list[tuple[int, str]]:
        if line.product_id is None:
            return self.all_units
        return self._units_by_group.get(line.product.unit_group_id, [])

    @cached_property
    def _units_by_group(self) -> dict[int, list[tuple[int, str]]]:
        groups = {line.product.unit_group_id for line in self.lines if line.product_id}
        found: dict[int, list[tuple[int, str]]] = {}
        for group, pk, name in Unit.objects.filter(group__in=groups).values_list("group_id", "pk", "name"):
            found.setdefault(group, []).append((pk, name))
        return found

    # From what was typed to rows.

    def _typed_rows(self, data: Mapping[str, Any]) -> Iterator[GridRow]:
        known = {str(line.pk): line for line in self.lines}
        for number in range(_count(data)):
            prefix = f"{PREFIX}-{number}"
            values = {name: str(data.get(f"{prefix}-{name}", "")) for name in _RowForm.base_fields}
            line = known.pop(values["id"], None)
            row = GridRow(prefix, line, values, units=self._units_of(line) if line else [])
            if values["id"] and line is None:
                row.fault("item", _("This line is no longer there. Reload the page."))
            yield row
        self._unmentioned = list(known.values())

    def is_valid(self) -> bool:
        """Reads every row; what is wrong stands in the rows."""
        typed = [(row, form) for row in self.rows if (form := self._checked(row)) is not None]
        self.removed = [row.line.pk for row, form in typed if row.line and form.cleaned_data.get("remove")]
        kept = [(row, form) for row, form in typed if not form.cleaned_data.get("remove")]
        kept.sort(key=lambda pair: _place(pair[1]))
        self._sent = [row for row, _form in kept]
        self.cleaned = [self._line_row(row, form) for row, form in kept]
        return not any(row.errors for row in self.rows)

    def _checked(self, row: GridRow) -> _RowForm | None:
        """None for a new row that nobody touched."""
        if row.is_new and not any(row.values[name].strip() for name in ("item", "quantity", "price", "discount")):
            return None
        form = _RowForm(self.data, prefix=row.prefix)
        for name, sentences in form.errors.items():
            row.errors.setdefault(name, []).extend(str(sentence) for sentence in sentences)
        return form

    def _line_row(self, row: GridRow, form: _RowForm) -> LineRow:
        typed = form.cleaned_data
        kind = row.kind if row.line else typed.get("kind") or LineKind.PRODUCT
        amount, percent = typed.get("discount") or (ZERO, None)
        line = row.line
        return LineRow(
            line_id=line.pk if line else None,
            kind=kind,
            product_id=line.product_id if line else self._product_id(row, kind),
            name=typed.get("item", "") if kind != LineKind.NOTE else (line.name if line else ""),
            description=typed.get("item", "") if kind == LineKind.NOTE else (line.description if line else ""),
            unit_id=typed.get("unit"),
            quantity=ONE if typed.get("quantity") is None else typed["quantity"],
            price_per_unit=typed.get("price"),
            price_quantity=line.price_quantity if line else ONE,
            discount_amount=amount,
            discount_percent=percent,
            charge_amount=line.charge_amount if line else ZERO,
            charge_percent=line.charge_percent if line else None,
            tax_rate_id=typed.get("tax"),
        )

    def _product_id(self, row: GridRow, kind: str) -> int | None:
        if kind != LineKind.PRODUCT or row.errors.get("item"):
            return None
        choice = RecordNameField(Product.objects.visible_to(self.actor), narrow=self._sellable)
        try:
            product = choice.clean(row.values["item"])
        except ValidationError as error:
            row.errors.setdefault("item", []).extend(error.messages)
            return None
        return int(product.pk)

    # What the service refused.

    def take(self, refusal: InvalidLine) -> None:
        """Put the sentence into the row that the position names."""
        if 1 <= refusal.position <= len(self._sent):
            self._sent[refusal.position - 1].fault(refusal.field, refusal.bare_sentence)
        else:
            self.general.append(refusal.sentence)

    @property
    def has_errors(self) -> bool:
        return bool(self.general) or any(row.errors for row in self.rows)


def _tax_label(rate: TaxRate) -> str:
    """Short enough for a column: the percentage says it all where there is one."""
    return shown.percent(rate.rate) if rate.rate else rate.name


def _count(data: Mapping[str, Any]) -> int:
    text = str(data.get(f"{PREFIX}s-total", ""))
    return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < 6 else 0


def _place(form: _RowForm) -> float:
    position = form.cleaned_data.get("position")
    return float("inf") if position is None else position


def _texts(line: Any) -> dict[str, str]:
    """A stored line in the words in which it is typed."""
    is_priceless = bool(line.pricing_error) and not line.is_price_overridden
    return {
        "id": str(line.pk),
        "position": str(line.position),
        "kind": line.kind,
        "item": line.description if line.kind == LineKind.NOTE and not line.name else line.name,
        "quantity": str(plain_decimal(line.quantity)),
        "unit": str(line.unit_id or ""),
        "price": "" if is_priceless else str(plain_decimal(line.price_per_unit)),
        "discount": _discount(line),
        "tax": str(line.tax_rate_id or ""),
    }


def _discount(line: Any) -> str:
    if line.discount_percent:
        return f"{plain_decimal(line.discount_percent)} %"
    return str(plain_decimal(line.discount_amount)) if line.discount_amount else ""
