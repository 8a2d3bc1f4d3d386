"""Everything that points to records of a table: foreign keys of all tables, and the registered generic keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, UniqueConstraint

from crm.core.models.base import EventBase
from crm.data.merge.registry import known


@dataclass(frozen=True, slots=True)
class Reference:
    """A column, by its `attname`, that holds keys of a table; of a generic key with the column of the table."""

    model: type[models.Model]
    column: str
    type_column: str = ""

    def where(self, target: type[models.Model]) -> dict[str, Any]:
        """What else holds for rows that point to `target`."""
        if not self.type_column:
            return {}
        return {self.type_column: ContentType.objects.get_for_model(target).pk}


@cache
def references_to(target: type[models.Model]) -> tuple[Reference, ...]:
    """In the order of apps and tables, which is the order in which they are locked."""
    found = [*_foreign_keys_to(target)]
    found += [
        Reference(key.model, _attname(key.model, key.id_field), _attname(key.model, key.type_field))
        for key in known.keys.values()
    ]
    return tuple(found)


def _foreign_keys_to(target: type[models.Model]) -> Iterator[Reference]:
    for model in business_tables():
        for field in model._meta.local_concrete_fields:
            if field.is_relation and field.related_model is target and (model, field.name) not in known.ignored:
                yield Reference(model, field.attname)


def business_tables() -> Iterator[type[models.Model]]:
    """All tables that are ours to write; the events of history stay as they were written."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and not issubclass(model, EventBase):
            yield model


def _attname(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).attname)  # type: ignore[union-attr]  # a concrete field


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """A unique constraint in which a reference takes part: the other columns, and for which rows it holds."""

    name: str
    others: tuple[str, ...]
    condition: Q
    nulls_are_same: bool


def uniqueness_of(reference: Reference) -> Iterator[Uniqueness]:
    model = reference.model
    by_attname = {field.attname: field.name for field in model._meta.concrete_fields}
    name = by_attname[reference.column]
    if model._meta.get_field(name).unique:  # type: ignore[union-attr]  # a concrete field
        yield Uniqueness(f"{model._meta.db_table}.{name}", (), Q(), nulls_are_same=False)
    attnames = {field.name: field.attname for field in model._meta.concrete_fields}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.fields:
            yield Uniqueness(
                constraint.name,
                tuple(attnames[other] for other in constraint.fields if other != name),
                constraint.condition or Q(),
                constraint.nulls_distinct is False,
            )
    for together in model._meta.unique_together:
        if name in together:
            others = tuple(attnames[other] for other in together if other != name)
            yield Uniqueness("_".join(together), others, Q(), nulls_are_same=False)
