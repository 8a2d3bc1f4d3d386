"""Column values as the results of a qualification keep them in JSON, and back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models

from sales.services.custom_map import Added, is_added, key_of


def stored(value: Any) -> Any:
    """Decimals and dates as text, records by their key, addresses part by part."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Added):
        return value.kept
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return dict(value) if isinstance(value, dict) else value


def restored(model: type[models.Model], name: str, kept: Any) -> Any:
    """The value that was stored; a record that is gone meanwhile becomes None."""
    if is_added(name):
        return kept
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return None if kept is None else field.related_model._base_manager.filter(pk=kept).first()
    return field.to_python(kept)


def still_holds(record: Any, name: str, kept: Any) -> bool:
    """Is the column's present value the one that was stored?"""
    if is_added(name):
        return bool(record.custom.get(key_of(name)) == kept)
    field: Any = record._meta.get_field(name)
    if field.is_relation:
        return bool(getattr(record, field.attname) == kept)
    return bool(getattr(record, name) == field.to_python(kept))
