"""Columns for the fields that a table does not declare: every field of its records can stand in its list.

A field of another record shows nothing where the reader may not see that record: the database itself leaves the value
out, so that no page, order or export has it.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.core.access import hidden_name
from crm.core.addresses import screen_name, screen_url
from crm.core.fields import Kind, RecordField
from crm.core.indexes import has_branch_index
from crm.core.markup import Pattern
from crm.core.tables.columns import (
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    MoneyColumn,
    NumberColumn,
    OwnerColumn,
    Paper,
    Path,
    StateColumn,
    TagsColumn,
    TextColumn,
)
from crm.core.tables.key_columns import KeyColumn

type Maker = Callable[[RecordField, type[models.Model], Any], Column]

_LINK = Pattern('<a href="{}" title="{}">{}</a>')
_MUTED = Pattern('<span class="muted">{}</span>')
_NAMES = ("name", "full_name", "topic", "subject", "code", "label", "number")


def field_column(field: RecordField, model: type[models.Model], actor: Any) -> Column:
    """The column of a field of `model` as this actor sees it."""
    column = _MAKERS.get(field.kind, _text)(field, model, actor)
    column.key = field.name
    label = str(field.label)
    column.label = label[:1].upper() + label[1:]
    if field.sort and has_branch_index(model, field.sort):
        column.sort = field.sort
    return column


def register_field_column(kind: Kind, maker: Maker) -> None:
    """How fields of this kind are shown; `maker(field, model, actor)` gives the column."""
    _MAKERS[kind] = maker


def value_path(field: RecordField, actor: Any, path: str = "") -> Path:
    """The field, or another column beside it, as `values_list` takes it: empty where its record is hidden."""
    path = path or field.path
    return guarded(path, field.through, field.owner_model, actor) if field.through else path


def guarded(path: Path, through: str, owner_model: type[models.Model] | None, actor: Any) -> Path:
    """The value at `path` if the actor sees the record of `owner_model` to which the key `through` leads."""
    if owner_model is None or not hasattr(owner_model._default_manager, "visible_to"):
        return path
    return Case(When(_sees(owner_model, through, actor), then=F(path) if isinstance(path, str) else path))


def _sees(model: Any, key: str, actor: Any) -> Exists:
    return Exists(model._default_manager.visible_to(actor).filter(pk=OuterRef(key)))


def name_field(model: type[models.Model]) -> str:
    """The column by which records of this table are named."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in _NAMES if name in names), "pk")


class RelatedColumn(Column):
    """The record to which a field leads, by name; only its noun where the reader may not see it."""

    def __init__(self, label: Any, key: Path, name: Path, related: type[models.Model]) -> None:
        super().__init__(label, key, name)
        self.related = related
        self.has_page = bool(screen_url(related, "detail", 0))

    def cell(self, paper: Paper, *values: Any) -> str:
        pk, name = values
        if pk is None:
            return ""
        if name is None:
            return _MUTED(hidden_name(self.related))
        name = str(name) or _("No name")
        return _LINK(paper.address(screen_name(self.related, "detail"), pk), name, name) if self.has_page else name


class StoredColumn(Column):
    """What lies in a JSON column, which knows no dates and no decimals, shown as by the column of its kind."""

    def __init__(self, inner: Column, read: Callable[[Any], Any]) -> None:
        super().__init__(inner.label, *inner.fields)
        self.inner, self.read = inner, read
        self.numeric, self.newest_first, self.css = inner.numeric, inner.newest_first, inner.css  # type: ignore[misc]  # as the column that it stands for

    def cell(self, paper: Paper, *values: Any) -> str:
        value, *beside = values
        return self.inner.cell(paper, None if value is None else self.read(value), *beside)


def _text(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    """Proposals are known by their words, whatever else is typed as it stands."""
    if field.choices:
        return _choice(field, _model, actor)
    return TextColumn(field.label, value_path(field, actor))


def _number(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return _stored(NumberColumn(field.label, value_path(field, actor)), field, _decimal)


def _money(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    currency = value_path(field, actor, field.currency) if field.currency else ""
    return _stored(MoneyColumn(field.label, value_path(field, actor), currency=currency, place=""), field, _decimal)


def _date(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return _stored(DateColumn(field.label, value_path(field, actor)), field, dt.date.fromisoformat)


def _moment(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return _stored(DateTimeColumn(field.label, value_path(field, actor)), field, dt.datetime.fromisoformat)


def _time(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return Column(field.label, value_path(field, actor), render=lambda value: str(value)[:5] if value else "")


def _yes_no(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return Column(field.label, value_path(field, actor), render=_yes_or_no)


def _yes_or_no(value: Any) -> str:
    return "" if value is None else _("yes") if value else _("no")


def _choice(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    return ChoiceColumn(field.label, value_path(field, actor), field.choices)


def _choices(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    words: Mapping[str, Any] = dict(field.choices)

    def in_words(values: Sequence[str] | None) -> str:
        return ", ".join(str(words.get(value, value)) for value in values or ())

    return TextColumn(field.label, value_path(field, actor), render=in_words)


def _state(field: RecordField, model: type[models.Model], actor: Any) -> Column:
    noun: Any = field.owner_model or model
    prefix = f"{field.through}__" if field.through else ""
    column = StateColumn(field.label, noun.machine, prefix=prefix, place="")
    column.fields = tuple(value_path(field, actor, str(path)) for path in column.fields)
    return column


def _person(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    if field.name == "owner":
        return OwnerColumn(field.label)
    if is_in_json(field):
        return KeyColumn(field.label, value_path(field, actor), field.related)  # type: ignore[arg-type]  # a person's table
    return TextColumn(field.label, value_path(field, actor, f"{field.path}__{name_field(field.related)}"))  # type: ignore[arg-type]  # a person's table


def _record(field: RecordField, _model: type[models.Model], actor: Any) -> Column:
    related: Any = field.related
    if related is None:
        return _text(field, _model, actor)
    if is_in_json(field):
        return KeyColumn(field.label, value_path(field, actor), related)
    path = f"{field.path}__{name_field(related)}"
    name: Path = path
    if hasattr(related._default_manager, "visible_to"):
        # A record that has no name yet is not hidden for that.
        name = guarded(Coalesce(F(path), Value("")), field.path, related, actor)
    return RelatedColumn(field.label, value_path(field, actor), name, related)


def _stored(column: Column, field: RecordField, read: Callable[[Any], Any]) -> Column:
    return StoredColumn(column, read) if is_in_json(field) else column


def is_in_json(field: RecordField) -> bool:
    return "custom__" in field.path


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


_MAKERS: dict[Kind, Maker] = {
    Kind.TAGS: lambda field, _model, _actor: TagsColumn(field.label, field.path),
    Kind.WHOLE: _number,
    Kind.DECIMAL: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.TIME: _time,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.STATE: _state,
    Kind.PERSON: _person,
    Kind.RECORD: _record,
}
