"""What a column of a list holds when it leaves the house: values with their types, of what the reader may see.

A column that shows a field of the record gives the value of the field; whatever a table shows beside gives the words of
its cell, without markup. Money brings the code of its currency along, in a column of its own.
"""

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.access import Link
from crm.core.fields import Kind, RecordField, fields_of
from crm.core.screens.lists.selections import Selection
from crm.core.tables import Column, Path, Row
from crm.core.tables.choosing import names_of
from crm.core.tables.field_columns import guarded, name_field, value_path

#: What a cell of a file can hold.
type Cell = str | int | Decimal | dt.date | dt.datetime | None
type Read = Callable[..., Cell]

_TAG = re.compile(r"<[^>]+>")
_UNSEEN = re.compile(r'<(\w+)[^>]*(?:aria-hidden="true"|visually-hidden)[^>]*>.*?</\1>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """`read(*values of paths)` gives the cell. A column with `shown` is read from the list's own column instead."""

    label: str
    kind: Kind
    paths: tuple[Path, ...] = ()
    read: Read = lambda value: value
    shown: Column | None = None


def columns_of(chosen: Selection, *, all_fields: bool = False) -> list[FileColumn]:
    """Those that the list shows, or every field of the record that the actor may read."""
    fields = fields_of(chosen.model, chosen.actor)
    if all_fields:
        found = [list(_of_field(field, chosen.actor)) for field in fields.values() if not field.through]
    else:
        names = names_of(chosen.sheet, chosen.declared.table, chosen.actor)
        columns = zip(names, chosen.sheet.columns, strict=True)
        found = [list(_of_column(column, fields.get(name), chosen.actor)) for name, column in columns]
    return _each_currency_once([column for of_one in found for column in of_one])


def _each_currency_once(columns: Sequence[FileColumn]) -> list[FileColumn]:
    """All amounts of a record are in one currency, which stands beside the first of them."""
    kept: dict[object, FileColumn] = {}
    for column in columns:
        kept.setdefault(column.paths if column.label == _currency_label() else id(column), column)
    return list(kept.values())


def _currency_label() -> str:
    return _("Currency")


def _of_column(column: Column, field: RecordField | None, actor: Any) -> Iterator[FileColumn]:
    if not column.in_files:
        return
    if field is None:
        yield FileColumn(label=_words(column.label), kind=Kind.TEXT, paths=column.fields, shown=column)
        return
    yield from _of_field(field, actor, label=column.label)


def _of_field(field: RecordField, actor: Any, *, label: str | Promise = "") -> Iterator[FileColumn]:
    words = _words(label or field.label)
    path = value_path(field, actor)
    make = _of_words if field.choices and field.kind is Kind.TEXT else _MAKERS.get(field.kind)
    yield make(field, words, path, actor) if make else FileColumn(label=words, kind=field.kind, paths=(path,))
    if field.kind is Kind.MONEY and field.currency:
        code = value_path(field, actor, field.currency)
        yield FileColumn(label=_currency_label(), kind=Kind.TEXT, paths=(code,))


def _words(label: str | Promise) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


type Maker = Callable[[RecordField, str, Path, Any], FileColumn]


def _of_words(field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    words: Mapping[Any, str] = {key: str(word) for key, word in field.choices}
    return FileColumn(label=label, kind=Kind.TEXT, paths=(path,), read=lambda key: words.get(key, key))


def _of_several_words(field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    words: Mapping[Any, str] = {key: str(word) for key, word in field.choices}

    def read(keys: Sequence[Any] | None) -> str:
        return ", ".join(words.get(key, str(key)) for key in keys or ())

    return FileColumn(label=label, kind=Kind.TEXT, paths=(path,), read=read)


def _of_tags(field: RecordField, label: str, path: Path, actor: Any) -> FileColumn:
    related: Any = field.related
    rows = related._default_manager.all()
    names = dict(
        (rows.visible_to(actor) if hasattr(rows, "visible_to") else rows).values_list("pk", name_field(related))
    )

    def read(keys: Sequence[int] | None) -> str:
        return ", ".join(sorted(str(names[key]) for key in keys or () if key in names))

    return FileColumn(label=label, kind=Kind.TEXT, paths=(path,), read=read)


def _of_yes_no(_field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    yes, no = _("yes"), _("no")
    return FileColumn(
        label=label, kind=Kind.TEXT, paths=(path,), read=lambda value: None if value is None else yes if value else no
    )


def _of_person(field: RecordField, label: str, _path: Path, actor: Any) -> FileColumn:
    related: Any = field.related
    paths = [f"{field.path}__{name_field(related)}"]
    if field.name.rpartition(".")[2] == "owner":
        paths.append(f"{field.path}_team__name")
    guarded = tuple(value_path(field, actor, path) for path in paths)
    return FileColumn(label=label, kind=Kind.TEXT, paths=guarded, read=_first)


def _first(*names: Any) -> str:
    return next((str(name) for name in names if name), "")


def _of_record(field: RecordField, label: str, path: Path, actor: Any) -> FileColumn:
    """By name, and empty where the actor may not see it."""
    related: Any = field.related
    if related is None:
        return FileColumn(label=label, kind=Kind.TEXT, paths=(path,))
    name = guarded(f"{field.path}__{name_field(related)}", field.path, related, actor)
    if field.through:
        name = guarded(name, field.through, field.owner_model, actor)
    return FileColumn(label=label, kind=Kind.TEXT, paths=(name,))


def _of_moment(field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    """In the time zone of the moment, to the second."""

    def read(value: Any) -> dt.datetime | None:
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        return None if value is None else timezone.make_naive(value).replace(microsecond=0)

    return FileColumn(label=label, kind=field.kind, paths=(path,), read=read)


def _of_date(field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    return FileColumn(label=label, kind=field.kind, paths=(path,), read=_day)


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _of_time(_field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    return FileColumn(
        label=label, kind=Kind.TEXT, paths=(path,), read=lambda value: None if value is None else str(value)[:5]
    )


def _of_number(field: RecordField, label: str, path: Path, _actor: Any) -> FileColumn:
    return FileColumn(label=label, kind=field.kind, paths=(path,), read=_number)


def _number(value: Any) -> Cell:
    """What lies in JSON may be a text or a float; nothing of it is lost on the way through a float."""
    if value is None or isinstance(value, int | Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


_MAKERS: Mapping[Kind, Maker] = {
    Kind.WHOLE: _of_number,
    Kind.DECIMAL: _of_number,
    Kind.MONEY: _of_number,
    Kind.DATE: _of_date,
    Kind.MOMENT: _of_moment,
    Kind.TIME: _of_time,
    Kind.YES_NO: _of_yes_no,
    Kind.CHOICE: _of_words,
    Kind.STATE: _of_words,
    Kind.CHOICES: _of_several_words,
    Kind.TAGS: _of_tags,
    Kind.PERSON: _of_person,
    Kind.RECORD: _of_record,
}


def shown_text(column: Column, paper: Any, values: Sequence[Any]) -> str:
    """The words of a cell, without markup and without what only screen readers hear or eyes see; nothing of what is
    hidden."""
    if len(values) == 1 and isinstance(values[0], Link):
        return "" if values[0].hidden else values[0].label
    cell = str(column.cell(paper, *values))
    return (
        " ".join(html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", cell))).split()) if "<" in cell or "&" in cell else cell
    )


class Cells:
    """The cells of rows: `paths` is what is read of each row, every text of them once."""

    def __init__(self, columns: Sequence[FileColumn], chosen: Selection) -> None:
        self._columns, self._actor = columns, chosen.actor
        self._paper = chosen.sheet.paper(chosen.actor)
        self._known: dict[str | int, int] = {}
        self.paths: list[Path] = []
        self._places = [[self._place(path) for path in column.paths] for column in columns]

    def of(self, rows: Sequence[Row]) -> Iterator[list[Cell]]:
        """Of some rows in their order; what is no column of the table is looked up for all of them at once."""
        reads = [
            self._reading(column, places, rows) for column, places in zip(self._columns, self._places, strict=True)
        ]
        return ([read(row) for read in reads] for row in rows)

    def _place(self, path: Path) -> int:
        key = path if isinstance(path, str) else id(path)
        if key not in self._known:
            self._known[key] = len(self.paths)
            self.paths.append(path)
        return self._known[key]

    def _reading(self, column: FileColumn, places: Sequence[int], rows: Sequence[Row]) -> Callable[[Row], Cell]:
        if column.shown is None:
            return _plain(column.read, places)
        return _shown(column.shown, column.shown.source(rows, places, self._actor), self._paper)


def _shown(column: Column, source: Callable[[Row], Sequence[Any]], paper: Any) -> Callable[[Row], Cell]:
    return lambda row: shown_text(column, paper, source(row))


def _plain(read: Read, places: Sequence[int]) -> Callable[[Row], Cell]:
    if len(places) == 1:
        (place,) = places
        return lambda row: read(row[place])
    return lambda row: read(*[row[place] for place in places])
