"""Some columns side by side: what they read, their heads, and their rows as markup."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.safestring import SafeString

from crm.core.markup import Pattern, escaped
from crm.core.models import Organisation
from crm.core.tables.columns import Column, MoneyColumn, Paper, Path, Row, Text

_NEVER_TYPED = frozenset({"pk", "owner", "owner_team", "tag"})


@dataclass(frozen=True, slots=True)
class Head:
    """What `components/table.html` asks of a column."""

    label: Text
    sort_url: str
    sorted: str
    numeric: bool
    #: Under which the field that the column shows first may be edited in place.
    field: str = ""


@dataclass(frozen=True)
class Sheet:
    """Columns of one table in the order in which they are shown. Of those that somebody has `chosen` none is left out
    on a phone: what has no place there stands below as its label and value."""

    model: type[models.Model]
    columns: tuple[Column, ...]
    is_chosen: bool = False

    @cached_property
    def fields(self) -> tuple[Path, ...]:
        """Every value path once: what is read of each row, in this order."""
        return tuple(dict.fromkeys(path for column in self.columns for path in column.fields))

    @cached_property
    def sorts(self) -> dict[str, Column]:
        """The sort tokens that an index answers, and their columns."""
        return {token: column for column in self.columns if column.sort for token in (column.sort, f"-{column.sort}")}

    def sorted_by(self, token: str) -> Column | None:
        """The column by which a list of this order is sorted, if it is shown."""
        name = token.removeprefix("-")
        return next((column for column in self.columns if name in {column.sort, column.free_sort} - {""}), None)

    @cached_property
    def is_for_phones(self) -> bool:
        return any(column.place for column in self.columns)

    def heads(self, sort: str, url: Callable[[str], str]) -> list[Head]:
        """`url(token)` gives the address of the list in that order."""
        return [_head(self.model, column, sort, url) for column in self.columns]

    def paper(self, actor: Any = None) -> Paper:
        # Only tables which show money of several currencies ask for it.
        mixed = any(isinstance(column, MoneyColumn) and len(column.fields) > 1 for column in self.columns)
        return Paper(self.model, base_currency=base_currency_code(actor) if mixed else "")

    def rows_html(self, rows: Iterable[Row], paper: Paper | None = None, *, actor: Any = None) -> SafeString:
        """All rows, one after the other; see `lines`."""
        return SafeString("".join(self.lines(rows, paper, actor=actor)))

    def lines(self, rows: Iterable[Row], paper: Paper | None = None, *, actor: Any = None) -> list[str]:
        """The markup of each row; a row holds the values of `fields`. Links inside are not taken over by the list's
        region.

        `actor` is whose rights hold for looked-up values; without one they stay empty.
        """
        return self._filled(self._line, self.columns, list(rows), paper or self.paper(actor), actor)

    def cards(self, rows: Iterable[Row], *, actor: Any = None) -> list[str]:
        """The same cells as cards of a board: what has a place on a phone, next step and owner; of chosen columns
        none is left out."""
        return self._filled(self._card, self._on_cards, list(rows), self.paper(actor), actor)

    def _filled(
        self, pattern: Pattern, columns: Sequence[Column], rows: Sequence[Row], paper: Paper, actor: Any
    ) -> list[str]:
        cells = [(column.cell, column.source(rows, self._places(column), actor)) for column in columns]
        return [pattern(*[cell(paper, *source(row)) for cell, source in cells]) for row in rows]

    def _places(self, column: Column) -> list[int]:
        return [self.fields.index(path) for path in column.fields]

    @cached_property
    def _line(self) -> Pattern:
        """One pattern for every row: formatting is what rows cost."""
        return Pattern(f'<tr hx-boost="false">{"".join(map(self._cell_pattern, self.columns))}</tr>')

    def _cell_pattern(self, column: Column) -> str:
        classes = column.classes()
        if self.is_chosen and not column.place and not column.is_name_of_row:
            return _labelled("td", column)
        return f'<td class="{classes}">{{}}</td>' if classes else "<td>{}</td>"

    @cached_property
    def _on_cards(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if self.is_chosen or one.place or one.on_card)

    @cached_property
    def _card(self) -> Pattern:
        return Pattern(f'<li class="board-card">{"".join(map(self._part_pattern, self._on_cards))}</li>')

    @staticmethod
    def _part_pattern(column: Column) -> str:
        if column.place or column.is_name_of_row:
            return f'<div class="{column.classes()}">{{}}</div>'
        return _labelled("div", column, f"at-{column.on_card or 'more'}")


def _labelled(tag: str, column: Column, place: str = "at-more") -> str:
    """Classes come from declarations, never from data; a label may come from an administrator."""
    label = escaped(column.label).replace("{", "&#123;")
    return f'<{tag} class="{f"{column.classes()} {place}".strip()}" data-label="{label}">{{}}</{tag}>'


def base_currency_code(actor: Any = None) -> str:
    """Of the organisation; a signed-in person knows it already."""
    known: str | None = getattr(actor, "base_currency", None)
    if known is not None:
        return known
    return Organisation.objects.values_list("base_currency__code", flat=True).first() or ""


def _head(model: type[models.Model], column: Column, sort: str, url: Callable[[str], str]) -> Head:
    name = column.sort or column.free_sort
    if not name:
        return Head(column.label, "", "", column.numeric, _field_of(model, column))
    is_current = sort.removeprefix("-") == name
    if is_current:
        other = name if sort.startswith("-") else f"-{name}"
    else:
        other = f"-{name}" if column.newest_first else name
    direction = ("descending" if sort.startswith("-") else "ascending") if is_current else ""
    return Head(column.label, url(other), direction, column.numeric, _field_of(model, column))


def _field_of(model: type[models.Model], column: Column) -> str:
    """Where nobody types the column there is nothing to edit; a field that administrators added is no column."""
    name = column.key or column.path
    if column.is_name_of_row or name in _NEVER_TYPED or "__" in name or "." in name:
        return ""
    own = next((field for field in model._meta.concrete_fields if field.name == name), None)
    return name if own is None or own.editable else ""
