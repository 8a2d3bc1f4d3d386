"""What the address of a list means: which rows, why they are seen, in which order, with which columns.

The list shows a page of a selection; an export and a bulk act take all of it. So "everything that matches" is the
same everywhere.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.access import READ, Branch
from crm.core.counts import Count, count_up_to
from crm.core.filters import PAGE_PARAMETERS, RecordFilter
from crm.core.keyset import Page, keyset_page
from crm.core.screens.filtering import NoFilter, filter_for
from crm.core.tables import Sheet, Table

type Text = str | Promise
type Rows = "models.QuerySet[Any, Any]"

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class SystemView:
    """A named part of a list, shown as a tab: `filter(queryset, user)` narrows the rows."""

    key: str
    label: Text
    filter: Callable[[Any, Any], Any] = lambda rows, _user: rows
    default: bool = False


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

    `notices` are sentences about what of the address was left out. Whoever changes or sends away all rows must not
    go on while there are any: what was meant were perhaps fewer.
    """

    declared: Declaration
    actor: Any
    rows: Rows
    branches: Sequence[Branch]
    chosen: SystemView | None
    filter: RecordFilter | NoFilter
    sheet: Sheet
    sort: str
    key: Hashable
    notices: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return self.declared.model

    @property
    def query(self) -> str:
        """What stands in the query box."""
        return self.filter.sought

    @property
    def visible(self) -> Rows:
        """The rows that the actor sees, in no order."""
        rows: Any = self.rows
        seen: Rows = rows.visible_to(self.actor)
        return seen

    @property
    def is_narrowed(self) -> bool:
        """Could there be rows beside those that are asked for?"""
        return self.filter.is_active or bool(self.chosen and not self.chosen.default)

    def page(self, *, after: str | None = None, before: str | None = None) -> Page:
        """One page of `sheet.fields` in the order of `sort`."""
        return keyset_page(self.rows, self.branches, self.sort, fields=self.sheet.fields, after=after, before=before)

    @cached_property
    def count(self) -> Count:
        return count_up_to(self.rows, self.branches, key=self.key)


def selection(declared: Declaration, parameters: QueryDict, actor: Any) -> Selection:
    """`?view=&q=&sort=` and the filters of the list. What of it makes no sense is left out with a notice.

    Two queries at most, none for most addresses. Whether the actor may read the table at all is not asked here;
    who may not sees no row.
    """
    notices: list[str] = []
    chosen = _chosen(declared.system_views, parameters.get("view", ""), notices)
    sort = _sort(declared.table, parameters.get("sort", ""), notices)
    rows = declared.queryset(actor)
    if chosen:
        rows = chosen.filter(rows, actor)
    filtered = filter_for(declared.filterset, parameters, rows, actor)
    everything: Any = declared.model._default_manager.all()
    branches = everything.branches(actor, READ)
    return Selection(
        declared=declared,
        actor=actor,
        rows=filtered.qs,
        branches=branches,
        chosen=chosen,
        filter=filtered,
        sheet=declared.table.sheet(),
        sort=sort,
        key=_rows_key(declared, parameters, actor, branches, chosen),
        notices=(*notices, *filtered.notices),
    )


def _chosen(views: Sequence[SystemView], asked: str, notices: list[str]) -> SystemView | None:
    default = next((view for view in views if view.default), views[0] if views else None)
    found = next((view for view in views if view.key == asked), None)
    if asked and found is None:
        notices.append(_("There is no view “%(key)s”; this is the usual one.") % {"key": asked[:_SHOWN]})
    return found or default


def _sort(table: type[Table], asked: str, notices: list[str]) -> str:
    if not asked or asked in table.sorts() or asked == table.default_sort:
        return asked or table.default_sort
    notices.append(_("This list cannot be sorted by “%(key)s”.") % {"key": asked[:_SHOWN]})
    return table.default_sort


def _rows_key(
    declared: Declaration, parameters: QueryDict, actor: Any, branches: Sequence[Branch], chosen: SystemView | None
) -> Hashable:
    """All on which the rows depend, whatever page of them is shown in whatever order."""
    asked = {name: tuple(values) for name, values in parameters.lists() if name not in PAGE_PARAMETERS}
    reasons = tuple(branch.name for branch in branches)
    return (type(declared), actor.pk, reasons, chosen.key if chosen else "", tuple(sorted(asked.items())))
