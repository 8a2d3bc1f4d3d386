"""The declared table: what its list reads, its heads, and its rows as markup."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.utils.safestring import SafeString

from crm.core.markup import Pattern
from crm.core.models import Organisation
from crm.core.tables.columns import Column, LookupColumn, MoneyColumn, Paper, Text

type Source = Callable[[Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Head:
    """What `components/table.html` asks of a column."""

    label: Text
    sort_url: str
    sorted: str
    numeric: bool


class Table:
    """The columns of one list. `default_sort` is a sort token: an indexed field, `-` before it for descending."""

    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    default_sort: ClassVar[str] = "-created_at"

    @classmethod
    @cache
    def fields(cls) -> tuple[str, ...]:
        """Every value path once: what the list reads."""
        return tuple(dict.fromkeys(path for column in cls.columns for path in column.fields))

    @classmethod
    @cache
    def sorts(cls) -> Mapping[str, Column]:
        """Allowed sort tokens and their columns."""
        return {token: column for column in cls.columns if column.sort for token in (column.sort, f"-{column.sort}")}

    @classmethod
    def heads(cls, sort: str, url: Callable[[str], str]) -> list[Head]:
        """`url(token)` gives the address of the list in that order."""
        return [_head(column, sort, url) for column in cls.columns]

    @classmethod
    def paper(cls, actor: Any = None) -> Paper:
        # Only tables which show money of several currencies ask for it.
        mixed = any(isinstance(column, MoneyColumn) and len(column.fields) > 1 for column in cls.columns)
        return Paper(cls.model, base_currency=base_currency_code(actor) if mixed else "")

    @classmethod
    def rows_html(cls, rows: Iterable[Sequence[Any]], paper: Paper | None = None, *, actor: Any = None) -> SafeString:
        """All rows; a row holds the values of `fields()`. Links inside are not taken over by the list's region.

        `actor` is whose rights hold for looked-up values; without one they stay empty.
        """
        paper, rows = paper or cls.paper(actor), list(rows)
        sources = [cls._source(column, rows, actor) for column in cls.columns]
        cells = [(column.cell, source) for column, source in zip(cls.columns, sources, strict=True)]
        # One pattern for every row: formatting is what rows cost.
        line = Pattern(f'<tr hx-boost="false">{"".join(map(_cell_pattern, cls.columns))}</tr>')
        return SafeString("".join([line(*[cell(paper, *source(row)) for cell, source in cells]) for row in rows]))

    @classmethod
    def _source(cls, column: Column, rows: Sequence[Sequence[Any]], actor: Any) -> Source:
        """How the values of one column are taken from a row."""
        paths = cls.fields()
        places = [paths.index(path) for path in column.fields]
        if not isinstance(column, LookupColumn):
            return lambda row: [row[place] for place in places]
        key = places[0]
        found = column.lookup([row[key] for row in rows], actor) if rows and actor is not None else {}
        return lambda row: [found.get(row[key])]

    @classmethod
    def is_for_phones(cls) -> bool:
        return any(column.place for column in cls.columns)


def base_currency_code(actor: Any = None) -> str:
    """Of the organisation; a signed-in person knows it already."""
    known: str | None = getattr(actor, "base_currency", None)
    if known is not None:
        return known
    return Organisation.objects.values_list("base_currency__code", flat=True).first() or ""


def _cell_pattern(column: Column) -> str:
    """Classes come from declarations, never from data."""
    classes = column.classes()
    return f'<td class="{classes}">{{}}</td>' if classes else "<td>{}</td>"


def _head(column: Column, sort: str, url: Callable[[str], str]) -> Head:
    if not column.sort:
        return Head(column.label, "", "", column.numeric)
    is_current = sort.removeprefix("-") == column.sort
    if is_current:
        other = column.sort if sort.startswith("-") else f"-{column.sort}"
    else:
        other = f"-{column.sort}" if column.newest_first else column.sort
    direction = ("descending" if sort.startswith("-") else "ascending") if is_current else ""
    return Head(column.label, url(other), direction, column.numeric)
