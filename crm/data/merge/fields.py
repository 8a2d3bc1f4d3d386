"""The fields of records that are merged: what each holds, what stays by itself, and taking over what was chosen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from crm.core.custom.definitions import Definition, definitions_of
from crm.core.screens.nouns import edit_view_of
from crm.data.acts.base import plain

CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is chosen: its name (added ones as `custom.<key>`), and the form field that shows it."""

    name: str
    label: str
    section: str
    form_field: Any
    definition: Definition | None = None

    def of(self, record: Any) -> Any:
        """What the record holds, as it is stored."""
        if self.definition is not None:
            return record.custom.get(self.definition.key)
        return getattr(record, _attname(type(record), self.name))

    def give(self, record: Any, value: Any) -> None:
        if self.definition is None:
            setattr(record, _attname(type(record), self.name), value)
        elif value is None:
            record.custom.pop(self.definition.key, None)
        else:
            record.custom[self.definition.key] = value


def fields_of(model: type[models.Model], actor: Any) -> list[Field]:
    """Those of the form, in its order; of the added ones those that the actor may write."""
    view: Any = edit_view_of(model)
    form = view.form_class(actor=actor)
    added = {one.form_name: one for one in definitions_of(model, actor) if one.may_write(actor)}
    sections = [(str(title), name) for title, names in form.sections for name in names]
    listed = sections or [("", name) for name in form.fields]
    found = []
    for section, name in listed:
        field = form.fields.get(name)
        if field is None or (name in form.custom_names and name not in added):
            continue
        definition = added.get(name)
        own = f"{CUSTOM}{definition.key}" if definition else name
        found.append(Field(own, str(field.label or form[name].label), section, field, definition))
    return found


def proposed(field: Field, records: Sequence[Any]) -> Any:
    """The record whose value stays by itself: the master where it has one, else the first that has."""
    return next((record for record in records if not is_empty(held(field, record, records))), records[0])


def held(field: Field, record: Any, records: Sequence[Any]) -> Any:
    """What the record holds in the field; nothing where that is one of the merged records themselves."""
    value = field.of(record)
    is_one_of_them = _leads_to(field, type(record)) and value in {one.pk for one in records}
    return None if is_one_of_them else value


def _leads_to(field: Field, model: type[models.Model]) -> bool:
    if field.definition is not None:
        return field.definition.related is model
    return model._meta.get_field(field.name).related_model is model


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or value is False


def take_over(master: Any, others: Iterable[Any], fields: Iterable[Field], chosen: Mapping[str, int]) -> None:
    """Give the master what was chosen: by name of the field the key of the record whose value stays.

    What is not named stays with `proposed`.
    """
    records = [master, *others]
    by_key = {record.pk: record for record in records}
    for field in fields:
        source = by_key[chosen[field.name]] if field.name in chosen else proposed(field, records)
        field.give(master, held(field, source, records))


def take_along(master: Any, others: Sequence[Any], groups: Iterable[tuple[str, ...]]) -> None:
    """Columns of no form: each group goes over whole where the master has nothing in any of it."""
    for names in groups:
        source = next(
            (one for one in (master, *others) if any(not is_empty(getattr(one, name)) for name in names)), master
        )
        for name in names:
            setattr(master, name, getattr(source, name))


def take_hidden(master: Any, others: Iterable[Any], fields: Iterable[Field]) -> None:
    """Added fields that the person does not choose: what the master does not have it takes from the others."""
    seen = {field.definition.key for field in fields if field.definition is not None}
    for record in others:
        for key, value in getattr(record, "custom", {}).items():
            if key not in seen:
                master.custom.setdefault(key, value)


def unite_tags(master: Any, others: Iterable[Any]) -> None:
    master.tags = sorted({tag for record in (master, *others) for tag in record.tags})


def state_of(record: Any, left_out: frozenset[str]) -> dict[str, Any]:
    """Columns by `attname`, added fields one by one, as JSON holds them."""
    found = {
        column.attname: plain(getattr(record, column.attname))
        for column in record._meta.concrete_fields
        if column.attname not in left_out and column.attname != "custom"
    }
    return found | {f"{CUSTOM}{key}": value for key, value in getattr(record, "custom", {}).items()}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def set_back(record: Any, name: str, value: Any) -> None:
    """Give a column what JSON holds of it."""
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        if value is None:
            record.custom.pop(key, None)
        else:
            record.custom[key] = value
        return
    column = next(column for column in record._meta.concrete_fields if column.attname == name)
    setattr(record, name, column.to_python(value) if not column.is_relation else value)


def _attname(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).attname)  # type: ignore[union-attr]  # a concrete field
