"""Which list is exported, and its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from crm.core.access import READ
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.screens.lists import ListView
from crm.core.screens.lists.selections import Selection, selection
from crm.data.export.columns import Cell, Cells, FileColumn, columns_of

BATCH = 2_000
#: Parameters that turn pages, and a long address.
_OF_PAGES = ("after", "before")
LONGEST_ADDRESS = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedList:
    """`address` is that of the list, without a page of it; `selection` what it means for this person now."""

    address: str
    selection: Selection

    @property
    def title(self) -> str:
        """The name of the view, or what the list holds."""
        chosen = self.selection.chosen
        name = str(chosen.label) if chosen else self.nouns.capitalize()
        return name if self.selection.only is None else _("%(list)s, ticked rows") % {"list": name}

    @property
    def nouns(self) -> str:
        return str(self.selection.model._meta.verbose_name_plural)

    def columns(self, *, all_fields: bool) -> list[FileColumn]:
        return columns_of(self.selection, all_fields=all_fields)

    def rows(self, columns: Sequence[FileColumn]) -> Iterator[list[Cell]]:
        """All rows as one statement found them, in the order of the list, some thousand at a time in memory."""
        cells = Cells(columns, self.selection)
        found: Any = self.selection.visible.order_by(*self.selection.order.ordering).values_list(*cells.paths)
        batch: list[Any] = []
        for row in found.iterator(chunk_size=BATCH):
            batch.append(row)
            if len(batch) == BATCH:
                yield from cells.of(batch)
                batch = []
        yield from cells.of(batch)


def exported_list(address: str, actor: Any) -> ExportedList:
    """The list at an address of ours. `NotFound` where there is none, `Forbidden` for who may not read its table."""
    parts = urlsplit(address[:LONGEST_ADDRESS])
    try:
        view = getattr(resolve(parts.path).func, "view_class", None)
    except Resolver404:
        view = None
    if view is None or not issubclass(view, ListView):
        raise NotFound(_("There is no such list."))
    declared: ListView = view()
    meta = declared.model._meta
    if not actor.has_perm(f"{meta.app_label}.{READ}_{meta.model_name}"):
        raise Forbidden(_("No role of yours allows to see %(nouns)s.") % {"nouns": meta.verbose_name_plural})
    parameters = QueryDict(parts.query, mutable=True)
    for name in _OF_PAGES:
        parameters.pop(name, None)
    query = parameters.urlencode()
    whole = f"{parts.path}?{query}" if query else parts.path
    return ExportedList(address=whole, selection=selection(declared, parameters, actor))


def check_exact(found: ExportedList) -> None:
    """More than was meant must not leave the house."""
    if not found.selection.exact:
        raise Conflict(
            _("A part of this list is not understood any more, so more than you mean would be exported."),
            details=found.selection.notices,
        )
