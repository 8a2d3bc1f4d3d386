"""The screen on which a person chooses what stays: each field, and what each record holds in it, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from crm.core.access import Link, Pair, visible_names
from crm.core.custom.words import pair_of, words
from crm.core.screens.conflicts import value_words
from crm.data.merge.fields import Field, fields_of, held, is_empty, proposed


@dataclass(frozen=True, slots=True)
class Option:
    """What one record holds in a field."""

    record_id: int
    name: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the records; `differs` where there is something to choose."""

    name: str
    label: str
    differs: bool
    options: tuple[Option, ...]

    @property
    def chosen(self) -> str:
        return next(option.words for option in self.options if option.is_chosen)


def choices_of(records: Sequence[Any], actor: Any, chosen: Mapping[str, int]) -> list[Choice]:
    """In the order of the form; the master stands first. Fields in which nobody has anything are left out."""
    fields = fields_of(type(records[0]), actor)
    names = visible_names(actor, [pair for field in fields for record in records if (pair := _pair(field, record))])
    return [
        _choice(field, records, names, chosen)
        for field in fields
        if any(not is_empty(held(field, record, records)) for record in records)
    ]


def _choice(field: Field, records: Sequence[Any], names: Mapping[Pair, Link], chosen: Mapping[str, int]) -> Choice:
    stays = chosen.get(field.name, proposed(field, records).pk)
    values = [held(field, record, records) for record in records]
    return Choice(
        name=field.name,
        label=field.label,
        differs=any(value != values[0] for value in values[1:]),
        options=tuple(
            Option(
                record.pk, str(record), _words(field, record, names) if value is not None else "", record.pk == stays
            )
            for record, value in zip(records, values, strict=True)
        ),
    )


def _pair(field: Field, record: Any) -> Pair | None:
    value = field.of(record)
    if value is None:
        return None
    if field.definition is not None:
        return pair_of(field.definition, value)
    column = type(record)._meta.get_field(field.name)
    return (column.related_model, value) if column.is_relation else None


def _words(field: Field, record: Any, names: Mapping[Pair, Link]) -> str:
    pair = _pair(field, record)
    if pair is not None:
        return names[pair].label
    value = field.of(record)
    return words(field.definition, value) if field.definition is not None else value_words(field.form_field, value)


def chosen_from(sent: Mapping[str, Any], records: Iterable[models.Model], names: Iterable[str]) -> dict[str, int]:
    """What a form has chosen; what names none of the records is left out."""
    keys = {str(record.pk): record.pk for record in records}
    return {name: keys[sent[f"stays-{name}"]] for name in names if sent.get(f"stays-{name}") in keys}
