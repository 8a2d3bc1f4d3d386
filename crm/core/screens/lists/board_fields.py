"""Which field gives a board its columns: one with few choices, such as state, reason or forecast."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast, Coalesce

from crm.core.fields import Choice, Kind, Model, ReasonChoices, RecordField, fields_of_table, own_fields
from crm.core.tables import Table
from crm.core.tables.sorting import stored_value

#: Nobody looks at more side by side.
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class BoardField:
    """`value` is what is stored, as text, "" where there is nothing; `choices` are the columns in their order."""

    name: str
    label: Any
    value: BaseExpression
    choices: tuple[Choice, ...]


def board_field_of(model: Model, name: str, actor: Any) -> BoardField | None:
    """The field of this name as this person may read it, if a board can stand on it. Reasons are read here, once."""
    field = own_fields(model, actor).get(name)
    if field is None or not _has_columns(field):
        return None
    value = Coalesce(Cast(stored_value(field), TextField()), Value(""), output_field=TextField())
    # Asked for their number first, as `tuple` does by itself, reasons would be read twice.
    return BoardField(field.name, field.label, value, tuple(iter(field.choices)))


def usual_board_field(table: type[Table], actor: Any) -> str:
    """That which the table declares, else the first that can be; "" where there is none. Costs no query."""
    fields: Mapping[str, RecordField] = fields_of_table(table.model)
    named = (fields[name] for name in dict.fromkeys((table.board, *fields)) if name in fields)
    return next((field.name for field in named if _has_columns(field) and field.may_read(actor)), "")


def _has_columns(field: RecordField) -> bool:
    if field.kind not in {Kind.STATE, Kind.CHOICE}:
        return False
    return isinstance(field.choices, ReasonChoices) or 0 < len(field.choices) <= MOST_COLUMNS
