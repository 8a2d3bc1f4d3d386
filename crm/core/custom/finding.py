"""Added fields that the search looks into: texts that are marked as searchable and whose index is ready.

A value is found by its beginning, by the index of its field. Somebody who may not read a field finds nothing by it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from crm.core.custom.definitions import Definition, definitions_of
from crm.core.fields import Kind
from crm.core.models import CustomModel
from crm.core.sql import Sql

_MOST_FIELDS = 5
FEWEST_SIGNS = 2
_LAST_SIGN = 0x10FFFF
_BEFORE_SURROGATES, _AFTER_SURROGATES = 0xD7FF, 0xE000


def searched_fields(model: type[models.Model], actor: Any) -> tuple[Definition, ...]:
    """Of this table, those that the actor may read, in the order of forms."""
    if not issubclass(model, CustomModel):
        return ()
    found = [one for one in definitions_of(model, actor) if one.kind is Kind.TEXT and one.is_indexed]
    return tuple(found[:_MOST_FIELDS])


def equal_to(table: str, fields: Sequence[Definition], text: str) -> Iterator[Sql]:
    """One condition for each field; `text` is folded, `table` quoted."""
    for field in _asked(fields, text):
        yield Sql(f"{_folded(table, field)} = %s", (text,))


def beginning_with(table: str, fields: Sequence[Definition], text: str) -> Iterator[Sql]:
    """As a range, which a kept plan answers by the index whatever the text is."""
    for field in _asked(fields, text):
        column = _folded(table, field)
        yield Sql(f"({column} ~>=~ %s AND {column} ~<~ %s)", (text, behind(text)))


def _asked(fields: Sequence[Definition], text: str) -> Sequence[Definition]:
    return fields if len(text) >= FEWEST_SIGNS else ()


def _folded(table: str, field: Definition) -> str:
    """The expression of the index; a key is a plain word."""
    return f"core_fold({table}.\"custom\" ->> '{field.key}')"


def behind(text: str) -> str:
    """The first text behind all that begin with this one."""
    kept = text.rstrip(chr(_LAST_SIGN))
    if not kept:
        return text + chr(_LAST_SIGN)
    last = ord(kept[-1])
    return kept[:-1] + chr(_AFTER_SURROGATES if last == _BEFORE_SURROGATES else last + 1)
