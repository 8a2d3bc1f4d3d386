"""The grid of lines: all rows of a document in one form, saved at once.

Rows are checked by one small form each, but drawn by a plain template: a document may have 500 of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.models import TaxRate, Unit
from crm.core import format as shown
from crm.users.access import may
from sales.forms.line_added import AddedFields
from sales.forms.line_paste import pasted_rows
from sales.forms.line_products import ProductNames
from sales.forms.line_rows import NAMES, GridRow, texts_of
from sales.models import LineKind, PricedModel
from sales.services.documents import InvalidLine
from sales.services.line_checks import OVERRIDE_PRICE
from sales.services.line_preview import LinesPreview, preview_lines
from sales.services.lines import LineRow

PREFIX = "line"
NEW_ROWS = 3
MOST_ROWS = 1000


class LineGrid:
    """`LineGrid(document, actor)` shows the lines; with `data` it reads what was typed over them."""

    def __init__(self, document: PricedModel, actor: Any, data: Mapping[str, Any] | None = None) -> None:
        self.document, self.actor = document, actor
        related = ("product", "unit", "tax_rate")
        self.lines: list[Any] = list(document.lines.select_related(*related).order_by("position", "pk"))
        self.added = AddedFields(document.line_model(), self.lines, actor)
        self.rows = [self._row_of(line) for line in self.lines] if data is None else self._typed_rows(data)
        self.general: list[str] = []
        self.removed: list[int] = []
        self.may_type_prices = may(actor, OVERRIDE_PRICE)
        self._sent: list[GridRow] = []
        if data is None:
            self._number_rows()

    # What the template offers.

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def takes_new_rows(self) -> bool:
        """The invoice of an order has the lines of its order and no others."""
        return not getattr(self.document, "order_id", None)

    @cached_property
    def taxes(self) -> list[tuple[int, str]]:
        rates = TaxRate.objects.visible_to(self.actor).filter(is_active=True)
        offered = {rate.pk: rate for rate in rates}
        offered |= {line.tax_rate_id: line.tax_rate for line in self.lines if line.tax_rate_id}
        ordered = sorted(offered.values(), key=lambda rate: (-rate.rate, rate.name))
        return [(rate.pk, _tax_label(rate)) for rate in ordered]

    @cached_property
    def _units(self) -> list[Any]:
        return list(Unit.objects.order_by("name"))

    @property
    def all_units(self) -> list[tuple[int, str]]:
        return [(unit.pk, unit.name) for unit in self._units]

    def _units_of(self, product: Any) -> list[tuple[int, str]]:
        if product is None:
            return self.all_units
        return [(unit.pk, unit.name) for unit in self._units if unit.group_id == product.unit_group_id]

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return list(LineKind.choices)

    # From stored lines and from what was typed to rows.

    def _row_of(self, line: Any) -> GridRow:
        return GridRow("", line, texts_of(line), result=line)

    def _typed_rows(self, data: Mapping[str, Any]) -> list[GridRow]:
        """In the order of their places."""
        known = {str(line.pk): line for line in self.lines}
        rows = []
        for number in range(_count(data)):
            values = {name: str(data.get(f"{PREFIX}-{number}-{name}", "")) for name in NAMES}
            line = known.pop(values["id"], None)
            prefix = f"{PREFIX}-{number}"
            row = GridRow(prefix, line, values, added=self.added.sent(data, prefix), result=line)
            if values["id"] and line is None:
                row.fault("item", _("This line is no longer there. Reload the page."))
            rows.append(row)
        return sorted(rows, key=GridRow.place)

    def _number_rows(self) -> None:
        """Name the rows in the order in which they are drawn, with empty ones behind them."""
        filled = [row for row in self.rows if not row.is_blank]
        blank = [GridRow("", values={"kind": str(LineKind.PRODUCT)}) for _number in range(NEW_ROWS)]
        self.rows = filled + (blank if self.takes_new_rows else [])
        for number, row in enumerate(self.rows):
            row.prefix = f"{PREFIX}-{number}"
        for number, row in enumerate(filled, start=1):
            row.values["position"] = str(number)
        self._find_units()

    def _find_units(self) -> None:
        for row in self.rows:
            row.units = self._units_of(row.line.product if row.line else row.product)

    def redraw(self) -> None:
        """After rows have come, gone or moved."""
        self._number_rows()

    def more_rows(self) -> list[GridRow]:
        """Further empty rows where the last one is no longer empty; they are added to the grid."""
        if not self.takes_new_rows or any(row.is_blank for row in self.rows) or self.total >= MOST_ROWS:
            return []
        more = [
            GridRow(f"{PREFIX}-{self.total + number}", values={"kind": str(LineKind.PRODUCT)}, units=self.all_units)
            for number in range(NEW_ROWS)
        ]
        self.rows += more
        return more

    # Reading.

    def is_valid(self) -> bool:
        """Reads every row; what is wrong stands in the rows."""
        self.cleaned = self._read()
        return not any(row.errors for row in self.rows)

    def _read(self) -> list[LineRow]:
        touched = [row for row in self.rows if not row.is_blank]
        checked = [(row, row.check()) for row in touched]
        self.removed = [row.line.pk for row, form in checked if row.line and form.cleaned_data.get("remove")]
        kept = [(row, form) for row, form in checked if not form.cleaned_data.get("remove")]
        self._find_products(row for row, _form in kept)
        self._sent = [row for row, _form in kept]
        for row in self._sent:
            row.custom = self.added.changes(row) if row.is_sold else {}
        return [row.as_line_row(form.cleaned_data) for row, form in kept]

    def _find_products(self, rows: Iterable[GridRow]) -> None:
        new = [row for row in rows if row.is_new and row.kind == LineKind.PRODUCT and not row.errors.get("item")]
        names = ProductNames((row.values["item"] for row in new), self.actor)
        for row in new:
            try:
                row.product = names.find(row.values["item"])
            except ValidationError as error:
                row.errors.setdefault("item", []).extend(error.messages)

    # What the service says.

    def take(self, refusal: InvalidLine) -> None:
        """Put the sentence into the row that the position names."""
        if 1 <= refusal.position <= len(self._sent):
            self._sent[refusal.position - 1].fault(refusal.field, refusal.bare_sentence)
        else:
            self.general.append(refusal.sentence)

    def preview(self) -> LinesPreview:
        """Price and add up what can be accepted, in memory; what cannot says so in its row."""
        read = self._read()
        places = [place for place, row in enumerate(self._sent) if not row.errors]
        preview = preview_lines(
            document=self.document,
            rows=[read[place] for place in places],
            removed=self.removed,
            actor=self.actor,
            at=timezone.now(),
        )
        for number, place in enumerate(places):
            self._sent[place].result = preview.lines.get(number)
            if refusal := preview.refusals.get(number):
                self._sent[place].fault(refusal.field, refusal.bare_sentence)
        self._find_units()
        if preview.problem:
            self.general.append(preview.problem)
        return preview

    # What buttons do to the rows before they are shown again.

    def duplicate(self, prefix: str) -> None:
        place = next((place for place, row in enumerate(self.rows) if row.prefix == prefix), None)
        if place is not None and not self.rows[place].is_blank and self.takes_new_rows:
            self.rows.insert(place + 1, self.rows[place].copy())

    def paste(self, text: str) -> None:
        if not self.takes_new_rows:
            return
        units = {unit.name.casefold(): unit.pk for unit in self._units}
        filled = [row for row in self.rows if not row.is_blank]
        pasted = [GridRow("", values=dict.fromkeys(NAMES, "") | values) for values in pasted_rows(text, units)]
        self.rows = [*filled, *pasted][:MOST_ROWS]

    @property
    def has_errors(self) -> bool:
        return bool(self.general) or any(row.errors for row in self.rows)

    def sections(self) -> Iterator[tuple[GridRow, Sequence[Any]]]:
        """Each section with the lines under it."""
        heads = [place for place, row in enumerate(self.rows) if row.kind == LineKind.SECTION and not row.is_removed]
        for place, following in zip(heads, [*heads[1:], len(self.rows)], strict=False):
            under = [row.result for row in self.rows[place + 1 : following] if row.result and not row.is_removed]
            yield self.rows[place], under


def _tax_label(rate: TaxRate) -> str:
    """Short enough for a column: the percentage says it all where there is one."""
    return shown.percent(rate.rate) if rate.rate else rate.name


def _count(data: Mapping[str, Any]) -> int:
    text = str(data.get(f"{PREFIX}s-total", ""))
    return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < 6 else 0
