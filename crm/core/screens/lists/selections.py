"""What the address of a list means: which rows, why they are seen, in which order, with which columns.

The list shows a page of a selection; an export and a bulk act take all of it. So "everything that matches" is the
same everywhere.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.access import READ, Branch
from crm.core.branches import Pieces
from crm.core.counts import LIMIT, Count, count_up_to
from crm.core.filters import PAGE_PARAMETERS, RecordFilter
from crm.core.folding import storable
from crm.core.keyset import Page, keyset_page
from crm.core.query import QueryError, condition, parse
from crm.core.query.nodes import And, Query
from crm.core.query.writer import write, write_node
from crm.core.screens.lists.board_fields import BoardField, board_field_of, usual_board_field
from crm.core.screens.lists.boxes import joined
from crm.core.screens.lists.filtering import NoFilter, filter_for
from crm.core.screens.lists.named_views import KeptView, SystemView, kept_views
from crm.core.screens.lists.orders import Grouping, Order, grouped, grouping_of, order_of
from crm.core.sorted_pages import sorted_page
from crm.core.tables import Path, Sheet, Table
from crm.core.tables.choosing import chosen_sheet

type Rows = "models.QuerySet[Any, Any]"

DENSITIES = ("compact", "roomy")
BOARD = "board"
LOOK = ("columns", "sort", "group", "density", "layout")
# What the address calls otherwise than a view does.
_KEPT = {"q": "query"}
_SHOWN = 40
#: Records that one address can name.
MOST_NAMED = 500


class Declaration(Protocol):
    """What a selection reads of a `ListView`."""

    @property
    def model(self) -> type[models.Model]: ...
    @property
    def table(self) -> type[Table]: ...
    @property
    def filterset(self) -> type[RecordFilter]: ...
    @property
    def system_views(self) -> tuple[SystemView, ...]: ...

    def queryset(self, actor: Any) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`rows` are all that match, neither sliced nor ordered nor yet narrowed to what the actor sees: `branches` are
    the reasons for which they see any, as `keyset_page` and `count_up_to` take them; `visible` is both together.

    `query` is the text in the query box; where it cannot be understood, `error` says why, and no row is selected.
    `board` is the field whose values stand side by side as columns; None where the rows stand under each other.
    `shown` is what a view that keeps this list has to say, by the names of the address. `only` are the keys of records
    that the address names one by one, instead of asking for what matches.
    `notices` are sentences about what of the address was left out. Where something was that would have narrowed
    the rows, the selection is not `exact`: whoever changes or sends away all rows must refuse it, since what was
    meant were perhaps fewer.
    """

    declared: Declaration
    actor: Any
    rows: Rows
    branches: Sequence[Branch]
    views: tuple[SystemView, ...]
    shown: Mapping[str, str]
    chosen: SystemView | None
    query: str
    filter: RecordFilter | NoFilter
    sheet: Sheet
    order: Order
    density: str
    key: Hashable
    error: QueryError | None = None
    grouping: Grouping | None = None
    board: BoardField | None = None
    notices: tuple[str, ...] = ()
    exact: bool = True
    counted: Count | None = None
    only: tuple[int, ...] | None = None

    @property
    def model(self) -> type[models.Model]:
        return self.declared.model

    @property
    def sort(self) -> str:
        return self.order.token

    @property
    def visible(self) -> Rows:
        """The rows that the actor sees, in no order; `order.ordering` is how the list has them."""
        rows: Any = self.rows
        seen: Rows = rows.visible_to(self.actor)
        return seen

    @property
    def is_narrowed(self) -> bool:
        """Could there be rows beside those that are asked for?"""
        is_usual = self.chosen is None or (self.chosen.default and not isinstance(self.chosen, KeptView))
        return self.filter.is_active or not is_usual or self.is_asked

    @property
    def is_asked(self) -> bool:
        """Does the query ask for something else than the view does by itself?"""
        is_other = bool(self.query) and self.query != getattr(self.chosen, "query", "")
        return is_other or self.only is not None

    @property
    def is_changed(self) -> bool:
        """Does the address say anything else than the chosen view keeps?"""
        return any(text != getattr(self.chosen, _KEPT.get(name, name), "") for name, text in self.shown.items())

    def narrowed(self, view: SystemView, rows: Rows) -> Rows:
        """These rows as another view of the list would have them."""
        asked = _Asked(self.declared, QueryDict(), self.actor)
        return asked.queried(view, view.filter(rows, self.actor))[1]

    @property
    def fields(self) -> tuple[Path, ...]:
        """What a page reads of each row: what its group is known by, then what the sheet shows."""
        return (*(self.grouping.fields if self.grouping else ()), *self.sheet.fields)

    def page(self, *, after: str | None = None, before: str | None = None) -> Page:
        """One page of `fields` in the order of the list."""
        if self.order.keys:
            return sorted_page(
                self.rows, self.branches, self.order.keys, fields=self.fields, after=after, before=before
            )
        return keyset_page(
            self.rows,
            self.branches,
            self.sort,
            fields=self.fields,
            after=after,
            before=before,
            pieces=self._pieces,
        )

    @cached_property
    def count(self) -> Count:
        return self.counted or count_up_to(self.rows, self.branches, key=self.key, pieces=self._pieces)

    @cached_property
    def _pieces(self) -> Pieces:
        """Compiled once for the page and its count."""
        return Pieces(self.rows, self.branches)


def selection(declared: Declaration, parameters: QueryDict, actor: Any) -> Selection:
    """`?view=&q=&only=&sort=&columns=&group=&density=&layout=` and the filters of the list. What of it makes no sense
    is left out with a notice.

    Two queries at most, none for most addresses. Whether the actor may read the table at all is not asked here;
    who may not sees no row.
    """
    asked = _Asked(declared, parameters, actor)
    chosen = asked.view()
    only = asked.only()
    query, filtered, error = asked.narrowed(chosen, only)
    everything: Any = declared.model._default_manager.all()
    branches = everything.branches(actor, READ)
    exact = not asked.notices and not filtered.notices and error is None
    grouping = asked.grouping(chosen)
    found = Selection(
        declared=declared,
        actor=actor,
        rows=filtered.qs,
        branches=branches,
        views=asked.views,
        shown={name: asked.said(_KEPT.get(name, name), chosen) for name in ("q", *LOOK)},
        chosen=chosen,
        query=query,
        error=error,
        filter=filtered,
        sheet=asked.sheet(chosen),
        order=asked.order(chosen),
        density=asked.density(chosen),
        key=_rows_key(declared, parameters, actor, branches, chosen),
        grouping=grouping,
        board=asked.board(chosen, grouping),
        notices=(*asked.notices, *filtered.notices),
        exact=exact,
        only=only,
    )
    return _bounded(found)


class _Asked:
    """One address, read part by part; what it does not say the chosen view says."""

    def __init__(self, declared: Declaration, parameters: QueryDict, actor: Any) -> None:
        self.declared, self.parameters, self.actor = declared, parameters, actor
        self.notices: list[str] = []
        kept = kept_views(declared.model, actor)
        self.views = (*declared.system_views, *kept.views)
        self._first = kept.default

    def view(self) -> SystemView | None:
        views, asked = self.views, self.parameters.get("view", "")
        default = next((view for view in views if view.default), views[0] if views else None)
        found = next((view for view in views if view.key == (asked or self._first)), None)
        if asked and found is None:
            self.notices.append(_("There is no view “%(key)s”; this is the usual one.") % {"key": asked[:_SHOWN]})
        return found or default

    def only(self) -> tuple[int, ...] | None:
        """The keys of `?only=5,7`, each once; None where the address does not name records."""
        if "only" not in self.parameters:
            return None
        named = list(dict.fromkeys(str(self.parameters["only"]).split(",")))
        found = tuple(int(one) for one in named[:MOST_NAMED] if one.isascii() and one.isdecimal() and len(one) < 19)
        if len(found) < len(named):
            self.notices.append(_("Some of the rows that the address names were not understood and are left out."))
        return found

    def narrowed(
        self, chosen: SystemView | None, only: tuple[int, ...] | None
    ) -> tuple[str, RecordFilter | NoFilter, QueryError | None]:
        """The text of the query, the filter with the rows that are left, and what is wrong with the query."""
        rows = self.declared.queryset(self.actor)
        if only is not None:
            return "", NoFilter(rows.filter(pk__in=only)), None
        rows = chosen.filter(rows, self.actor) if chosen else rows
        query, rows, error = self.queried(chosen, rows)
        return query, filter_for(self.declared.filterset, self.parameters, rows, self.actor), error

    def queried(self, chosen: SystemView | None, rows: Rows) -> tuple[str, Rows, QueryError | None]:
        """The text of the query, and the rows that it finds. Of a view, what it asks of fields that are gone is left
        out; what somebody typed is refused whole: more rows than were meant would be worse."""
        text, typed = self.said("query", chosen), self.parameters.get("edit", "")
        text = storable(joined(text, typed))
        if not text:
            return "", rows, None
        try:
            return text, rows.filter(self._condition(parse(text))), None
        except QueryError as error:
            if "q" not in self.parameters and not typed:
                return self._what_is_left(text, rows)
            return text, rows.none(), error

    def _condition(self, query: Query) -> Q:
        words = self.declared.filterset.search_fields
        return condition(query, self.declared.model, self.actor, timezone.now(), words=words)

    def _what_is_left(self, text: str, rows: Rows) -> tuple[str, Rows, QueryError | None]:
        """Of the query of a view: the parts that can still be asked, with a notice of each other one."""
        try:
            parts = parse(text).parts()
        except QueryError as error:
            return text, rows.none(), error
        left = []
        for part in parts:
            try:
                rows = rows.filter(self._condition(Query(part)))
            except QueryError as error:
                said = {"part": write_node(part)[:_SHOWN], "why": error.sentence}
                self.notices.append(_("“%(part)s” was left out: %(why)s") % said)
            else:
                left.append(part)
        query = Query(And(tuple(left)) if len(left) > 1 else left[0] if left else None)
        return write(query), rows, None

    def sheet(self, chosen: SystemView | None) -> Sheet:
        choice = chosen_sheet(self.declared.table, self.said("columns", chosen), self.actor)
        for name in choice.unknown:
            self.notices.append(_("There is no column “%(name)s” any more; it was left out.") % {"name": name[:_SHOWN]})
        return choice.sheet

    def order(self, chosen: SystemView | None) -> Order:
        table, asked = self.declared.table, self.said("sort", chosen)
        found = order_of(table, asked, self.actor) if asked else None
        if asked and found is None:
            self.notices.append(_("This list cannot be sorted by “%(key)s”.") % {"key": asked[:_SHOWN]})
        return found or Order(table.default_sort)

    def grouping(self, chosen: SystemView | None) -> Grouping | None:
        asked = self.said("group", chosen)
        found = grouping_of(self.declared.model, asked, self.actor) if asked else None
        if asked and found is None:
            self.notices.append(_("This list cannot be grouped by “%(key)s”.") % {"key": asked[:_SHOWN]})
        return found

    def board(self, chosen: SystemView | None, grouping: Grouping | None) -> BoardField | None:
        """The columns are the values of the field by which the list is grouped, else of the usual one."""
        layout, table = self.said("layout", chosen), self.declared.table
        if layout != BOARD:
            if layout:
                self.notices.append(_("This list cannot be shown as “%(key)s”.") % {"key": layout[:_SHOWN]})
            return None
        wanted = board_field_of(table.model, grouping.name, self.actor) if grouping else None
        if grouping and wanted is None:
            self.notices.append(_("A board has no columns for “%(field)s”.") % {"field": grouping.label})
        found = wanted or board_field_of(table.model, usual_board_field(table, self.actor), self.actor)
        if found is None:
            self.notices.append(_("This list cannot be shown as “%(key)s”.") % {"key": layout})
        return found

    def density(self, chosen: SystemView | None) -> str:
        asked = self.said("density", chosen)
        return asked if asked in DENSITIES else ""

    def said(self, name: str, chosen: SystemView | None) -> str:
        """What the address says, else the view, of an attribute of views."""
        sent = next((sent for sent, kept in _KEPT.items() if kept == name), name)
        return str(self.parameters[sent] if sent in self.parameters else getattr(chosen, name, ""))


def _bounded(found: Selection) -> Selection:
    """Only so many rows as are counted exactly are sorted without an index, grouped, or shown as a board."""
    if not found.order.keys and found.grouping is None and found.board is None:
        return found
    found = replace(found, counted=count_up_to(found.rows, found.branches, key=found.key, is_patient=True))
    if not found.count.exact:
        notice = _("More than %(limit)s rows match, too many for this order. Narrow the list first.")
        return replace(
            found,
            order=Order(found.declared.table.default_sort) if found.order.keys else found.order,
            grouping=None,
            board=None,
            notices=(*found.notices, notice % {"limit": f"{LIMIT:,}"}),
        )
    return replace(found, order=grouped(found.order, found.grouping)) if found.grouping else found


def _rows_key(
    declared: Declaration, parameters: QueryDict, actor: Any, branches: Sequence[Branch], chosen: SystemView | None
) -> Hashable:
    """All on which the rows depend, whatever page of them is shown in whatever order."""
    asked = {name: tuple(values) for name, values in parameters.lists() if name not in PAGE_PARAMETERS}
    reasons = tuple(branch.name for branch in branches)
    return (type(declared), actor.pk, reasons, chosen.key if chosen else "", tuple(sorted(asked.items())))
