"""In which order a list stands, and how its rows are grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, OrderBy

from crm.core.fields import Kind, RecordField, fields_of
from crm.core.indexes import has_branch_index
from crm.core.sorted_pages import SortKey
from crm.core.tables import Column, Path, Table
from crm.core.tables.field_columns import field_column, value_path
from crm.core.tables.sorting import can_group, can_sort, sort_value


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows of one value stand together. `value` tells the groups apart, `column` draws their heads."""

    name: str
    label: Any
    value: Path
    column: Column

    @property
    def fields(self) -> tuple[Path, ...]:
        """What is read of each row beside the columns of the list."""
        return (self.value, *self.column.fields)


@dataclass(frozen=True, slots=True)
class Order:
    """`token` is as in the address. Without `keys` an index gives the order; with them at most so many rows as are
    counted exactly are sorted by these."""

    token: str
    keys: tuple[SortKey, ...] = ()

    @property
    def ordering(self) -> list[OrderBy]:
        """As `order_by` takes it; rows without a value come last."""
        if not self.keys:
            down = self.token.startswith("-")
            field = F(self.token.removeprefix("-"))
            return [OrderBy(field, descending=down, nulls_last=True), OrderBy(F("pk"), descending=down)]
        keys = [OrderBy(key.expression, descending=key.descending, nulls_last=True) for key in self.keys]
        return [*keys, OrderBy(F("pk"), descending=self.keys[-1].descending)]


def order_of(table: type[Table], token: str, actor: Any) -> Order | None:
    """The order that a token names: a sort of the table, or the name of any field with `-` before it for descending.
    None where there is no such order for this person."""
    if token in table.sorts() or token == table.default_sort:
        return Order(token)
    field = fields_of(table.model, actor).get(token.removeprefix("-"))
    if field is None or not can_sort(field):
        return None
    way = "-" if token.startswith("-") else ""
    if field.sort and has_branch_index(table.model, field.sort):
        return Order(f"{way}{field.sort}")
    return Order(token, (SortKey(field.name, sort_value(field, actor), descending=bool(way)),))


def grouping_of(model: type[models.Model], name: str, actor: Any) -> Grouping | None:
    field = fields_of(model, actor).get(name)
    if field is None or not can_group(field):
        return None
    return Grouping(name, field.label, sort_value(field, actor), _head_column(field, model, actor))


def grouped(order: Order, grouping: Grouping) -> Order:
    """The same order inside of each group."""
    way = order.token.startswith("-")
    inner = order.keys or (SortKey(order.token.removeprefix("-"), order.token.removeprefix("-"), descending=way),)
    return Order(order.token, (SortKey(grouping.name, grouping.value), *inner))


def fields_to_group_by(model: type[models.Model], actor: Any) -> Sequence[RecordField]:
    return [field for field in fields_of(model, actor).values() if can_group(field) and not field.through]


def _head_column(field: RecordField, model: type[models.Model], actor: Any) -> Column:
    """People by name, and not by their initials alone."""
    if field.kind is not Kind.PERSON:
        return field_column(field, model, actor)
    paths = [f"{field.path}__name", *([f"{field.path}_team__name"] if field.name == "owner" else [])]
    return Column(field.label, *(value_path(field, actor, path) for path in paths), render=_first)


def _first(*names: Any) -> str:
    return next((str(name) for name in names if name), "")
