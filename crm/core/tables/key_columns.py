"""A column of people or records that are kept by their keys in a JSON column, which no join reaches."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from crm.core.access import Link, visible_names
from crm.core.markup import Pattern
from crm.core.tables.columns import Column, Paper, Path, Row

_LINK = Pattern('<a href="{}" title="{}">{}</a>')
_MUTED = Pattern('<span class="muted">{}</span>')


class KeyColumn(Column):
    """Names that the reader may see; the keys of a page are looked up at once."""

    def __init__(self, label: Any, key: Path, related: type[models.Model]) -> None:
        super().__init__(label, key)
        self.related = related

    def source(self, rows: Sequence[Row], places: Sequence[int], actor: Any) -> Callable[[Row], Sequence[Any]]:
        (place,) = places
        pairs = [(self.related, row[place]) for row in rows if isinstance(row[place], int)]
        links = visible_names(actor, pairs) if pairs and actor is not None else {}
        return lambda row: [links.get((self.related, row[place]))]

    def cell(self, paper: Paper, *values: Any) -> str:
        link: Link | None = values[0]
        if link is None:
            return ""
        if link.hidden:
            return _MUTED(link.label)
        return _LINK(link.url, link.label, link.label) if link.url else link.label
