"""The list of a table: views, filters, order and keyset pages, whole or as the region that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, may_create
from crm.core.counts import Count
from crm.core.filters import RecordFilter
from crm.core.fragments import fragment
from crm.core.line import place_of
from crm.core.screens.filtering import fields_html
from crm.core.screens.selections import Selection, SystemView, selection
from crm.core.screens.wording import Pager, count_words, pager_for
from crm.core.tables import Table

__all__ = ["ListView", "Selection", "SystemView", "selection"]

type Text = str | Promise

REGION = "list"


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    url: str
    current: bool


class ListView(View):
    """`?view=&sort=&after=|before=` and the filters. Whatever of it makes no sense is left out with a notice.

    Hooks: `queryset(actor)` for rows before rights, `empty(actor)` for the words of an empty table.
    """

    model: ClassVar[type[models.Model]]
    table: ClassVar[type[Table]]
    filterset: ClassVar[type[RecordFilter]] = RecordFilter
    system_views: ClassVar[tuple[SystemView, ...]] = ()
    title: ClassVar[Text] = ""
    create_url_name: ClassVar[str] = ""
    create_label: ClassVar[Text] = ""
    template_name: ClassVar[str] = "screens/list.html"

    def queryset(self, actor: Any) -> Any:
        return self.model._default_manager.all()

    def empty(self, actor: Any) -> dict[str, Any]:
        """Title and text of the table that holds nothing at all, as `components/empty.html` reads them."""
        return {
            "title": _("No %(nouns)s yet") % {"nouns": self.model._meta.verbose_name_plural},
            "text": _("What you or your team may see appears here."),
        }

    def get(self, request: HttpRequest) -> HttpResponse:
        if not _may_read(self.model, request.user):
            return render(request, "screens/no_right.html", {"title": self._title(), "noun": self._nouns()}, status=403)
        template = f"{self.template_name}#region" if htmx.asks_for(request, REGION) else self.template_name
        return htmx.varies(render(request, template, self._context(request)))

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        listing = _Listing(self, request)
        page, sheet = listing.page, listing.selection.sheet
        return {
            "title": self._title(),
            "count_words": count_words(listing.count),
            "is_region": htmx.asks_for(request, REGION),
            "tabs": listing.tabs(),
            "filter": listing.filter,
            "filter_fields": fields_html(self.filterset, listing.filter, request.user),
            "kept": listing.kept(),
            "notices": listing.notices,
            "create": self._create(request.user),
            "heads_html": listing.heads_html(),
            "rows_html": sheet.rows_html(page.rows, actor=request.user),
            "phone": sheet.is_for_phones,
            "pager": listing.pager(),
            "empty_state": None if page.rows else self._empty(request, listing),
            "clear_url": listing.clear_url(),
            "is_bare": not page.rows and not listing.selection.is_narrowed,
        }

    def _title(self) -> str:
        return str(self.title or str(self.model._meta.verbose_name_plural).capitalize())

    def _nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def _create(self, actor: Any) -> dict[str, Any] | None:
        if not self.create_url_name or not may_create(actor, self.model):
            return None
        label = self.create_label or _("New %(noun)s") % {"noun": self.model._meta.verbose_name}
        return {"label": label, "url": reverse(self.create_url_name)}

    def _empty(self, request: HttpRequest, listing: "_Listing") -> dict[str, Any]:
        if listing.filter.is_active:
            return {
                "title": _("No %(noun)s matches these filters") % {"noun": self.model._meta.verbose_name},
                "link": {"label": _("Clear the filters"), "url": listing.clear_url()},
                "small": True,
            }
        if listing.selection.is_narrowed:
            return {
                "title": _("Nothing in “%(view)s”") % {"view": listing.chosen.label if listing.chosen else ""},
                "small": True,
            }
        if (wider := listing.wider()) is not None:
            return {
                "title": _("Nothing in “%(view)s”") % {"view": listing.chosen.label if listing.chosen else ""},
                "text": _("None of these is yours. Others may have some."),
                "action": self._create(request.user),
                "link": {"label": wider.label, "url": f"{request.path}?view={wider.key}"},
            }
        return {**self.empty(request.user), "action": self._create(request.user), "nodes": place_of(self.model)}


class _Listing:
    """One page of a selection, and the addresses that lead on from it."""

    def __init__(self, view: ListView, request: HttpRequest) -> None:
        self.view, self.request = view, request
        self.selection = selection(view, request.GET, request.user)
        self.chosen, self.filter, self.sort = self.selection.chosen, self.selection.filter, self.selection.sort
        self.page = self.selection.page(after=request.GET.get("after"), before=request.GET.get("before"))

    @property
    def notices(self) -> list[str]:
        wrong = _("The address named no page of this list; this is the first one.")
        return [*self.selection.notices, *([wrong] if self.page.bad_token else [])]

    @cached_property
    def count(self) -> Count:
        """A first page without a second is counted already."""
        if not (self.page.previous or self.page.following):
            return Count(len(self.page.rows), exact=True)
        return self.selection.count

    def wider(self) -> SystemView | None:
        """The view after the usual one, or the last one, in which the person sees anything. At most two queries."""
        views, actor = self.view.system_views, self.request.user
        seen: Any = self.view.queryset(actor).visible_to(actor)
        others = [view for view in dict.fromkeys((*views[1:2], *views[-1:])) if view is not self.chosen]
        return next((view for view in others if view.filter(seen, actor).exists()), None)

    def url(self, **changes: str) -> str:
        """This list with other parameters; a change of anything goes back to the first page."""
        query = self.request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def clear_url(self) -> str:
        kept = self.kept()
        query = "&".join(f"{name}={value}" for name, value in kept)
        return f"{self.request.path}?{query}" if query else self.request.path

    def kept(self) -> Sequence[tuple[str, str]]:
        """What the filter form sends along: only what was understood."""
        view = [("view", self.chosen.key)] if self.chosen and not self.chosen.default else []
        return view + ([("sort", self.sort)] if self.sort != self.view.table.default_sort else [])

    def tabs(self) -> list[Tab]:
        return [
            Tab(view.label, f"{self.request.path}?view={view.key}", view is self.chosen)
            for view in self.view.system_views
        ]

    def heads_html(self) -> SafeString:
        sheet = self.selection.sheet
        heads = sheet.heads(self.sort, lambda token: self.url(sort=token))
        # Labels wait for the language, which the fragment knows.
        key = (sheet, *((head.sort_url, head.sorted) for head in heads))
        return fragment("components/table.html#heads", key, lambda: {"columns": heads})

    def pager(self) -> Pager | None:
        if not self.page.rows:
            return None
        column = self.selection.sheet.sorts.get(self.sort)
        previous = self.url(before=self.page.previous) if self.page.previous else ""
        following = self.url(after=self.page.following) if self.page.following else ""
        return pager_for(
            len(self.page.rows), self.count, column, sort=self.sort, previous=previous, following=following
        )


def _may_read(model: type[models.Model], actor: Any) -> bool:
    return bool(actor.has_perm(f"{model._meta.app_label}.{READ}_{model._meta.model_name}"))
