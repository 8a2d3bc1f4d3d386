"""The part of every record form that shows the added fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.core.custom.definitions import Definition, definitions_of
from crm.core.custom.formfields import form_field
from crm.core.custom.values import from_json
from crm.core.custom.writing import default_of
from crm.core.models import CustomModel
from crm.core.name_fields import RecordNameField


def add_fields(form: Any, actor: Any) -> tuple[Definition, ...]:
    """Put the fields that this actor may read at the end of a form of one record; gives what was added.

    What the actor may not change is there and cannot be used; whatever is sent for it counts for nothing.
    """
    record: CustomModel = form.instance
    definitions = definitions_of(type(record), actor)
    for one in definitions:
        kept = record.custom.get(one.key)
        current = from_json(one.kind, kept)
        is_new = record._state.adding and one.key not in record.custom
        form.initial.setdefault(one.form_name, default_of(one) if is_new else current)
        form.fields[one.form_name] = form_field(one, current=current, may_write=one.may_write(actor))
        _offer(form.fields[one.form_name], actor)
    return definitions


def _offer(field: forms.Field, actor: Any) -> None:
    if isinstance(field, RecordNameField):
        field.offer_to(actor)


def sections_with(
    declared: tuple[tuple[Any, tuple[str, ...]], ...], definitions: tuple[Definition, ...]
) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """The declared sections, longer by the fields that name them, and new ones behind."""
    if not declared:
        return declared
    added = by_section(definitions)
    longer = [(title, (*names, *_names(added.pop(str(title), [])))) for title, names in declared]
    return (*longer, *((title or more_title(), _names(rest)) for title, rest in added.items()))


def by_section(definitions: tuple[Definition, ...]) -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for one in definitions:
        found.setdefault(one.section, []).append(one)
    return found


def more_title() -> str:
    """Over fields that name no section."""
    return _("Further fields")


def _names(definitions: list[Definition]) -> tuple[str, ...]:
    return tuple(one.form_name for one in definitions)


def given_values(definitions: tuple[Definition, ...], form: Any) -> Mapping[str, Any]:
    """What a service takes of a cleaned form: values by key, of the fields that could be changed."""
    return {
        one.key: form.cleaned_data[one.form_name]
        for one in definitions
        if one.form_name in form.cleaned_data and not form.fields[one.form_name].disabled
    }
