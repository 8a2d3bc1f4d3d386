"""One page of a list: its rows as markup, and the addresses that lead on from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.counts import Count
from crm.core.fragments import fragment
from crm.core.keyset import Page
from crm.core.markup import Pattern
from crm.core.screens.lists.boards import BoardColumn, board_columns
from crm.core.screens.lists.boxes import Box, BoxChip, box_of, joined, wrong_box
from crm.core.screens.lists.bulk_bar import BulkBar, bar_for, with_boxes
from crm.core.screens.lists.filtering import conditions_of
from crm.core.screens.lists.look_choices import layout_choices
from crm.core.screens.lists.named_views import KeptView, MenuItem, SystemView, menu_of
from crm.core.screens.lists.orders import Grouping
from crm.core.screens.lists.selections import BOARD, LOOK, Declaration, Selection, selection
from crm.core.screens.lists.wording import Pager, pager_for
from crm.core.sorted_pages import counts_by
from crm.core.tables import Row

type Text = str | Promise

_GROUP = Pattern(
    '<tr class="is-group"><th scope="colgroup" colspan="{}">{} <span class="tab-count">{}</span></th></tr>'
)


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    url: str
    current: bool
    shared: bool = False


class Listing:
    """One page of a selection, and the addresses that lead on from it."""

    def __init__(self, view: Declaration, request: HttpRequest) -> None:
        self.view, self.request, self.path = view, request, request.path
        self.selection = selection(view, request.GET, request.user)
        self.chosen, self.sort = self.selection.chosen, self.selection.sort
        self.is_board = self.selection.board is not None
        self.page = Page([]) if self.is_board else self._page(request.GET)

    def _page(self, asked: QueryDict) -> Page:
        return self.selection.page(after=asked.get("after"), before=asked.get("before"))

    @property
    def notices(self) -> list[str]:
        wrong = _("The address named no page of this list; this is the first one.")
        return [*self.selection.notices, *([wrong] if self.page.bad_token else [])]

    @cached_property
    def count(self) -> Count:
        """A first page without a second is counted already."""
        if not (self.is_board or self.page.previous or self.page.following):
            return Count(len(self.page.rows), exact=True)
        return self.selection.count

    @property
    def is_empty(self) -> bool:
        return not (self.count.number if self.is_board else self.page.rows)

    def wider(self) -> SystemView | None:
        """The view after the usual one, or the last one, in which the person sees anything. At most two queries."""
        views, actor = self.view.system_views, self.request.user
        seen: Any = self.view.queryset(actor).visible_to(actor)
        others = [view for view in dict.fromkeys((*views[1:2], *views[-1:])) if view is not self.chosen]
        return next((view for view in others if self.selection.narrowed(view, seen).exists()), None)

    def url(self, **changes: str) -> str:
        """This list with other parameters; a change of anything goes back to the first page."""
        query = self._copy()
        for name, value in changes.items():
            query[name] = value
        return f"{self.path}?{query.urlencode()}" if query else self.path

    def _copy(self) -> QueryDict:
        query = self.request.GET.copy()
        for name in ("after", "before", "panel"):
            query.pop(name, None)
        return query

    def clear_url(self) -> str:
        """The view as it is kept; where it asks for something by itself, without that."""
        kept, own = self._kept_in_clear(), getattr(self.chosen, "query", "")
        query = urlencode({**kept, "q": ""} if own and self.selection.shown["q"] == own else kept)
        return f"{self.path}?{query}" if query else self.path

    def _kept_in_clear(self) -> dict[str, str]:
        get, view = self.request.GET, self.chosen
        kept = {"view": view.key} if view and (not view.default or "view" in get) else {}
        return kept | {name: get[name] for name in LOOK if name in get}

    def kept(self) -> Sequence[tuple[str, str]]:
        """What the query box sends along: view, look, and further conditions."""
        own = {"q", "only", "add", "edit", "after", "before", "panel"}
        return [(name, value) for name, values in self.request.GET.lists() if name not in own for value in values]

    def box(self) -> Box:
        found, typed = self.selection, self.request.GET.get("edit", "")
        if found.error:
            return wrong_box(found.query, found.error, self._address_of_query)
        query = found.shown["q"] if typed else found.query
        return box_of(query, typed, found.model, found.actor, self._address_of_query)

    def _address_of_query(self, query: str, edited: str) -> str:
        address = self._copy()
        address.pop("edit", None)
        address["q"] = query
        if edited:
            address["edit"] = edited
        return f"{self.path}?{address.urlencode()}"

    def filter_chips(self) -> list[BoxChip]:
        """Of what narrows the list beside its query."""
        found = []
        for name, label, value in (*_named(self.selection), *conditions_of(self.selection.filter)):
            address = self._copy()
            address.pop(name, None)
            found.append(BoxChip("", label, value, "", f"{self.path}?{address.urlencode()}"))
        return found

    def part_url(self, part: str) -> str:
        """A part of this list that is fetched when it is asked for."""
        return self.url(panel=part)

    def tabs(self) -> list[Tab]:
        """The views of the list, those that the person keeps as tabs, and the one that is open."""
        views = self.selection.views
        return [self._tab(view) for view in views if not isinstance(view, KeptView) or _is_tab(view, self.chosen)]

    def other_views(self) -> list[Tab]:
        """What is kept or shared without being a tab."""
        kept = (view for view in self.selection.views if isinstance(view, KeptView))
        return [self._tab(view) for view in kept if not _is_tab(view, self.chosen)]

    def save(self) -> MenuItem | None:
        """The first of the menu, once the list is another than its view keeps."""
        return next(iter(self.menu()), None) if self.selection.is_changed else None

    def menu(self) -> list[MenuItem]:
        shown = self.selection.shown
        return menu_of(self.view.model, self.chosen, shown, changed=self.selection.is_changed)

    def layouts(self) -> list[Tab]:
        """List and board, where the list can be one."""
        shown = BOARD if self.is_board else ""
        choices = layout_choices(self.view.table, self.request.user)
        return [Tab(label, self._as(layout, self._copy()), layout == shown) for layout, label in choices]

    def board(self) -> list[BoardColumn] | None:
        return None if self.is_empty or not self.is_board else board_columns(self.selection, self._all_of)

    def _all_of(self, term: str) -> str:
        """The list with one term more. Where the address names records no query narrows them."""
        if self.selection.only is not None:
            return ""
        address = self._copy()
        address.pop("edit", None)
        address["q"] = joined(self.selection.query, term)
        return self._as("", address)

    def _as(self, layout: str, address: QueryDict) -> str:
        """What the view says by itself is left out."""
        if layout == getattr(self.chosen, "layout", ""):
            address.pop("layout", None)
        else:
            address["layout"] = layout
        return f"{self.path}?{address.urlencode()}" if address else self.path

    def _tab(self, view: SystemView) -> Tab:
        shared = isinstance(view, KeptView) and view.is_shared
        return Tab(view.label, f"{self.path}?view={view.key}", view is self.chosen, shared)

    def heads_html(self) -> SafeString:
        sheet = self.selection.sheet
        heads = sheet.heads(self.sort, lambda token: self.url(sort=token))
        is_usual = sheet is self.view.table.sheet()
        # Labels of declared columns wait for the language, which the fragment knows.
        named = self.view.table if is_usual else tuple((str(head.label), head.numeric, head.field) for head in heads)
        key = (named, *((head.sort_url, head.sorted) for head in heads))
        return fragment("components/table.html#heads", key, lambda: {"columns": heads})

    def rows_html(self) -> SafeString:
        chosen, rows = self.selection, self.page.rows
        if chosen.grouping is None:
            return SafeString("".join(self._lines(rows)))
        width = len(chosen.grouping.fields)
        lines = self._lines([row[width:] for row in rows])
        return SafeString("".join(self._with_heads(chosen.grouping, rows, lines)))

    @cached_property
    def bar(self) -> BulkBar | None:
        """What can be done with several rows at once."""
        return bar_for(self.view.model, self.request)

    def _lines(self, rows: Sequence[Row]) -> list[str]:
        sheet = self.selection.sheet
        lines = sheet.lines(rows, actor=self.request.user)
        return with_boxes(sheet, rows, lines) if self.bar else lines

    def _with_heads(self, grouping: Grouping, rows: Sequence[Row], lines: Sequence[str]) -> Iterator[str]:
        """Before the first row of each group its head, with how many rows the group has on all pages."""
        chosen = self.selection
        counts, paper = counts_by(chosen.rows, chosen.branches, grouping.value), chosen.sheet.paper(self.request.user)
        before: object = rows
        for row, line in zip(rows, lines, strict=True):
            value, *shown = row[: len(grouping.fields)]
            if value != before:
                words = grouping.column.cell(paper, *shown) or _("Without a value")
                yield _GROUP(len(chosen.sheet.columns) + bool(self.bar), words, counts.get(value, 0))
            before = value
            yield line

    def pager(self) -> Pager | None:
        if not self.page.rows:
            return None
        column = self.selection.sheet.sorted_by(self.sort)
        previous = self.url(before=self.page.previous) if self.page.previous else ""
        following = self.url(after=self.page.following) if self.page.following else ""
        return pager_for(
            len(self.page.rows), self.count, column, sort=self.sort, previous=previous, following=following
        )


def _named(found: Selection) -> Iterator[tuple[str, str, str]]:
    """The chip of a list that holds some records and no others."""
    if found.only is not None:
        number = len(found.only)
        yield "only", _("Ticked"), ngettext("%(number)s row", "%(number)s rows", number) % {"number": number}


def _is_tab(view: KeptView, chosen: SystemView | None) -> bool:
    return view.is_pinned or view is chosen
