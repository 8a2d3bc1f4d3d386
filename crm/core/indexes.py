"""What the declared indexes of a table answer."""

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
    return any(name in _columns(index)[:2] for index in model._meta.indexes)


def _columns(index: models.Index) -> list[str]:
    declared = [column for column, _order in index.fields_orders]
    return declared + [getattr(getattr(part, "expression", part), "name", "") for part in index.expressions]
