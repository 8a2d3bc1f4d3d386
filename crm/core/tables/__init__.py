"""Tables of lists, declared by their columns.

A column names the value paths that it needs; the table reads exactly these as tuples and joins the cells in
Python.
"""

from crm.core.tables.columns import (
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    LookupColumn,
    MoneyColumn,
    NumberColumn,
    OwnerColumn,
    Paper,
    Path,
    Row,
    Source,
    StateColumn,
    TagsColumn,
    TextColumn,
    avatar,
)
from crm.core.tables.sheet import Head, Sheet, base_currency_code
from crm.core.tables.table import Table

__all__ = [
    "ChoiceColumn",
    "Column",
    "DateColumn",
    "DateTimeColumn",
    "Head",
    "LinkColumn",
    "LookupColumn",
    "MoneyColumn",
    "NumberColumn",
    "OwnerColumn",
    "Paper",
    "Path",
    "Row",
    "Sheet",
    "Source",
    "StateColumn",
    "Table",
    "TagsColumn",
    "TextColumn",
    "avatar",
    "base_currency_code",
]
