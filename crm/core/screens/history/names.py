"""The names behind the keys in a history, for all tables in one query."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Expression, IntegerField, JSONField, Value

type Model = type[models.Model]


class _Exact(json.JSONDecoder):
    """Numbers with a point are amounts, and stay what they are."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal)


class _WholeRow(Expression):
    """The row as JSON, so that rows of several tables fit into one answer."""

    def __init__(self) -> None:
        super().__init__(output_field=JSONField(decoder=_Exact))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"to_jsonb({compiler.quote_name(compiler.query.get_initial_alias())})", ()


def names_of(keys: Mapping[Model, set[Any]], user: Any) -> dict[tuple[Model, Any], str]:
    """Names only of records that this person may see."""
    tables = [model for model, wanted in keys.items() if wanted]
    arms = [_arm(place, model, keys[model], user) for place, model in enumerate(tables)]
    if not arms:
        return {}
    found = arms[0].union(*arms[1:], all=True).order_by() if len(arms) > 1 else arms[0]
    records = [_record(tables[place], row) for place, row in found]
    return {(type(record), record.pk): str(record) for record in records}


def _arm(place: int, model: Model, keys: set[Any], user: Any) -> Any:
    rows: Any = model._default_manager.filter(pk__in=keys)
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    told = rows.order_by().annotate(arm=Value(place, IntegerField()), whole=_WholeRow())
    return told.values_list("arm", "whole")


def _record(model: Model, row: Mapping[str, Any]) -> models.Model:
    columns = {field: str(field.column) for field in model._meta.concrete_fields if not field.generated}
    return model(**{field.attname: field.to_python(row[column]) for field, column in columns.items()})
