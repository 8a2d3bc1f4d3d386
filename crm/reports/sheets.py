"""What a report gives: a table of figures, each with the list that it counts, and a chart of some of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

from crm.core import format as shown
from crm.core.fields import Kind
from crm.data.export.columns import FileColumn

type CellKind = Literal["count", "money", "percent"]
type Value = int | Decimal | None

_KINDS = {"count": Kind.WHOLE, "money": Kind.MONEY, "percent": Kind.DECIMAL}


@dataclass(frozen=True, slots=True)
class Head:
    label: str | Promise
    kind: CellKind = "count"


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` None where there is none, or where the reader may not see the table. `url` leads to what is counted."""

    value: Value
    kind: CellKind = "count"
    url: str = ""

    @property
    def words(self) -> str:
        if self.value is None:
            return "–"
        if self.kind == "money":
            return shown.money(self.value)
        return shown.percent(self.value) if self.kind == "percent" else shown.quantity(self.value)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cells: Sequence[Cell]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label of the chart; `urls` as the cells have them."""

    label: str
    values: Sequence[Value]
    urls: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars: beside each other, or `stacked` upon each other."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    stacked: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    @property
    def data(self) -> str:
        """As the script reads it. Amounts become numbers there: a bar needs no more."""
        series: list[dict[str, Any]] = [
            {"label": one.label, "values": [float(value or 0) for value in one.values], "urls": list(one.urls)}
            for one in self.series
        ]
        return json.dumps({"labels": list(self.labels), "series": series, "stacked": self.stacked})


@dataclass(frozen=True, slots=True)
class Report:
    """`first` is the head of the names; `total` the last line."""

    first: str | Promise
    heads: Sequence[Head]
    lines: Sequence[Line]
    total: Line | None = None
    chart: Chart | None = None
    notices: Sequence[str] = field(default_factory=tuple)

    def file_columns(self) -> list[FileColumn]:
        numbers = [FileColumn(label=str(head.label), kind=_KINDS[head.kind]) for head in self.heads]
        return [FileColumn(label=str(self.first), kind=Kind.TEXT), *numbers]

    def file_rows(self) -> list[list[Any]]:
        lines = [*self.lines, *([self.total] if self.total else [])]
        return [[line.name, *(cell.value for cell in line.cells)] for line in lines]


def ratio(part: Value, whole: Value) -> Decimal | None:
    """In percent with one decimal; None of nothing."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"))
