"""Added fields in the registry of record fields, so that queries, columns, exports and edits in place know them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from crm.core.custom.definitions import Definition, definitions_of
from crm.core.fields import Kind, RecordField, register_field_source
from crm.core.models import CustomModel
from crm.core.models.custom import custom_nouns


def register() -> None:
    for model in custom_nouns().values():
        register_field_source(model, partial(record_fields, model))


def record_fields(model: type[CustomModel], actor: Any) -> Iterable[RecordField]:
    has_currency = any(field.name == "currency" for field in model._meta.concrete_fields)
    return [_record_field(one, actor, has_currency=has_currency) for one in definitions_of(model, actor)]


def _record_field(definition: Definition, actor: Any, *, has_currency: bool) -> RecordField:
    return RecordField(
        name=definition.key,
        label=definition.label,
        kind=definition.kind,
        path=f"custom__{definition.key}",
        choices=definition.choices,
        related=_related(definition),
        may_read=definition.may_read,
        edit_name=definition.form_name if definition.may_write(actor) else "",
        currency="currency__code" if has_currency and definition.kind is Kind.MONEY else "",
    )


def _related(definition: Definition) -> type[models.Model] | None:
    return get_user_model() if definition.kind is Kind.PERSON else definition.related
