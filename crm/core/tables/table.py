"""The declared table: the columns which its list shows as long as nobody chooses others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.utils.safestring import SafeString

from crm.core.tables.columns import Column, Paper, Path
from crm.core.tables.sheet import Head, Sheet


class Table:
    """The columns of one list. `default_sort` is a sort token: an indexed field, `-` before it for descending.
    `board` names the field whose values are the columns of its board, unless somebody chooses another."""

    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    default_sort: ClassVar[str] = "-created_at"
    board: ClassVar[str] = "state"

    @classmethod
    @cache
    def sheet(cls) -> Sheet:
        """All declared columns side by side."""
        return Sheet(cls.model, cls.columns)

    @classmethod
    def fields(cls) -> tuple[Path, ...]:
        return cls.sheet().fields

    @classmethod
    def sorts(cls) -> Mapping[str, Column]:
        return cls.sheet().sorts

    @classmethod
    def heads(cls, sort: str, url: Callable[[str], str]) -> list[Head]:
        return cls.sheet().heads(sort, url)

    @classmethod
    def rows_html(cls, rows: Iterable[Sequence[Any]], paper: Paper | None = None, *, actor: Any = None) -> SafeString:
        return cls.sheet().rows_html(rows, paper, actor=actor)

    @classmethod
    def is_for_phones(cls) -> bool:
        return cls.sheet().is_for_phones
