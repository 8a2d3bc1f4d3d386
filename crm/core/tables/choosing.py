"""The columns of a list by name: those that its table declares, and of every other field the one that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.core.fields import RecordField, fields_of
from crm.core.indexes import has_branch_index
from crm.core.tables.columns import Column
from crm.core.tables.field_columns import field_column
from crm.core.tables.sheet import Sheet
from crm.core.tables.sorting import can_sort
from crm.core.tables.table import Table

MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and the names of what is gone, or was never there for this person."""

    sheet: Sheet
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A column that can be chosen; it sorts by the token `sort`. `field` is None where the table alone knows it."""

    name: str
    label: Any
    field: RecordField | None = None
    sort: str = ""
    is_name_of_row: bool = False


def chosen_sheet(table: type[Table], names: str, actor: Any) -> Choice:
    """The columns of `name,company,account.industry` in this order. The name of the row always stands among them,
    since it leads to its page."""
    wanted = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))[:MOST_COLUMNS]
    if not wanted:
        return Choice(table.sheet())
    fields = fields_of(table.model, actor)
    declared = declared_by_name(table, fields)
    found = {name: column for name in wanted if (column := _column(name, declared, fields, table, actor)) is not None}
    if list(found.values()) == list(table.columns):
        return Choice(table.sheet(), tuple(name for name in wanted if name not in found))
    first = next((column for column in declared.values() if column.is_name_of_row), None)
    columns = tuple(found.values())
    if first is not None and first not in columns:
        columns = (first, *columns)
    return Choice(Sheet(table.model, columns, is_chosen=True), tuple(name for name in wanted if name not in found))


def declared_by_name(table: type[Table], fields: Mapping[str, RecordField]) -> dict[str, Column]:
    """A declared column goes by its key, else by the name of the field whose value it shows first."""
    by_path = {field.path: name for name, field in fields.items() if not field.through}
    named = {column.key or by_path.get(column.path, column.path): column for column in table.columns}
    return {name: column for name, column in named.items() if name}


def names_of(sheet: Sheet, table: type[Table], actor: Any) -> list[str]:
    """The names under which the columns of a sheet are chosen again."""
    declared = {id(column): name for name, column in declared_by_name(table, fields_of(table.model, actor)).items()}
    return [declared.get(id(column), column.key) for column in sheet.columns]


def offered_columns(table: type[Table], actor: Any) -> list[Offered]:
    """Everything that can stand in the list: what is declared first, then fields, then those one step away."""
    fields = fields_of(table.model, actor)
    declared = declared_by_name(table, fields)
    own = [
        Offered(name, column.label, fields.get(name), column.sort or column.free_sort, column.is_name_of_row)
        for name, column in declared.items()
    ]
    others = [
        Offered(name, field.label, field, _sort_of(table, field))
        for name, field in fields.items()
        if name not in declared
    ]
    return own + sorted(others, key=lambda one: bool(one.field and one.field.through))


def _sort_of(table: type[Table], field: RecordField) -> str:
    if field.sort and has_branch_index(table.model, field.sort):
        return field.sort
    return field.name if can_sort(field) else ""


def _column(
    name: str, declared: Mapping[str, Column], fields: Mapping[str, RecordField], table: type[Table], actor: Any
) -> Column | None:
    if name in declared:
        return declared[name]
    return field_column(fields[name], table.model, actor) if name in fields else None
