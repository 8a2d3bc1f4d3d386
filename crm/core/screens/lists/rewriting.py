"""Filters that an address names beside its query, said in the query: one text for list, view, export and bulk act.

What the query cannot say as exactly, such as a record whose name others bear too, stays a filter.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.http import QueryDict

from crm.core.fields import Kind, Model, RecordField, own_fields
from crm.core.filters import LIST_PARAMETERS, RecordFilter
from crm.core.query import columns, parse
from crm.core.query.people import people
from crm.core.query.writer import quoted, value_text, write_node
from crm.core.screens.lists.boxes import joined
from crm.core.screens.lists.selections import Selection

_SIGNS = {"exact": "", "iexact": "", "date__gte": ">=", "date__lte": "<="}
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})


def has_filters(parameters: QueryDict) -> bool:
    return any(name not in LIST_PARAMETERS and value for name, value in parameters.items())


def address_of(parameters: QueryDict, shown: Selection) -> QueryDict | None:
    """The same list with its filters as part of its query; None where nothing changes by that."""
    used = shown.filter
    terms = dict(_terms(used, shown)) if isinstance(used, RecordFilter) and shown.error is None else {}
    if not terms:
        return None
    found = parameters.copy()
    for name in terms:
        found.pop(name, None)
    asked = {write_node(part) for part in parse(shown.shown["q"]).parts()}
    found["q"] = joined(shown.shown["q"], " ".join(term for term in terms.values() if term not in asked))
    return found


def _terms(used: RecordFilter, shown: Selection) -> Iterator[tuple[str, str]]:
    """Parameter and term of each filter that a term says."""
    fields = {field.path: field for field in own_fields(shown.model, shown.actor).values()}
    for name, value in used.form.cleaned_data.items():
        kind = used.filters[name]
        field, sign = fields.get(str(kind.field_name)), _SIGNS.get(str(kind.lookup_expr))
        if value in (None, "", []) or field is None or sign is None:
            continue
        text = _value(field, value, shown.actor)
        if text:
            yield name, f"{field.short_name}:{sign}{text}"


def _value(field: RecordField, value: Any, actor: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, models.Model):
        return _person(value) if field.kind is Kind.PERSON else _record(value, type(value), actor)
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"={quoted(str(value))}" if field.kind in _TEXTS and not field.choices else value_text(str(value))


def _person(person: Any) -> str:
    """By a name that nobody else has, person or team."""
    for name in (person.name, person.username):
        found = people().named(name, whole=True)
        if found.people == (person.pk,) and not found.teams:
            return f"={quoted(name)}"
    return ""


def _record(record: models.Model, model: Model, actor: Any) -> str:
    for field in columns.naming_fields(model):
        name = str(getattr(record, field.path, "") or "")
        called = columns.visible(model, actor).filter(columns.called(model, name, columns.equals))
        if name and list(called.values_list("pk", flat=True)[:2]) == [record.pk]:
            return f"={quoted(name)}"
    return ""
