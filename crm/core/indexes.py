"""What the declared indexes of a table answer."""

from functools import lru_cache

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def is_indexed(model: type[models.Model], name: str) -> bool:
    """Does an index answer an order by this field, alone or behind the column of a branch?"""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    if getattr(field, "unique", False) or getattr(field, "db_index", False):
        return True
    return any(name in _columns(index)[:2] for index in model._meta.indexes if not isinstance(index, ValueIndex))


class ValueIndex(models.Index):
    """Of a text column that holds few different values: `stored_values` reads from it which there are. It leaves out
    rows without a value, so it answers no order.
    """


@lru_cache
def has_value_index(model: type[models.Model], name: str) -> bool:
    return any(isinstance(index, ValueIndex) and index.fields == [name] for index in model._meta.indexes)


def value_index(prefix: str, column: str) -> ValueIndex:
    """`prefix` is that of the table's other indexes ("lead")."""
    return ValueIndex(fields=[column], name=f"{prefix}_{column}_values", condition=~models.Q(**{column: ""}))


@lru_cache
def has_branch_index(model: type[models.Model], name: str) -> bool:
    """Does an index answer an order by this field within every branch of a person's rights?"""
    is_owned = any(field.name == "owner" for field in model._meta.concrete_fields)
    wanted = ["owner", name] if is_owned else [name]
    return any(_columns(index)[: len(wanted)] == wanted for index in model._meta.indexes)


def _columns(index: models.Index) -> list[str]:
    declared = [column for column, _order in index.fields_orders]
    return declared + [getattr(getattr(part, "expression", part), "name", "") for part in index.expressions]
