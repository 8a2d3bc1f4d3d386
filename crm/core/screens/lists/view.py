"""The list of a table: views, filters, order and keyset pages, whole or as the region that changed."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, may_create
from crm.core.filters import RecordFilter
from crm.core.line import place_of
from crm.core.screens.lists import looks, rewriting, terms
from crm.core.screens.lists.entries import entry_items
from crm.core.screens.lists.listing import Listing
from crm.core.screens.lists.named_views import SystemView
from crm.core.screens.lists.selections import Selection, selection
from crm.core.screens.lists.wording import count_words
from crm.core.tables import Table

__all__ = ["ListView", "Selection", "SystemView", "selection"]

type Text = str | Promise

REGION = "list"
DIALOG = "list-dialog-body"


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
        part = looks.PANEL if "move" in request.GET else request.GET.get("panel", "")
        if part in self._parts():
            return self._parts()[part](request)
        address = self._address(request)
        if address is not None:
            return HttpResponseRedirect(f"{request.path}?{address.urlencode()}")
        template = f"{self.template_name}#region" if htmx.asks_for(request, REGION) else self.template_name
        return htmx.varies(render(request, template, self._context(request)))

    def _parts(self) -> dict[str, Callable[[HttpRequest], HttpResponse]]:
        return {looks.PANEL: self._look, terms.PANEL: self._term, terms.COMPLETE: self._proposals}

    def _address(self, request: HttpRequest) -> QueryDict | None:
        """Where a form that was sent, or filters beside the query lead to: the list in the words of its address."""
        asked = request.GET
        is_look = looks.is_sent(asked)
        is_term = "add" in asked or terms.is_sent(asked)
        if not (is_look or is_term or rewriting.has_filters(asked)):
            return None
        shown = selection(self, asked, request.user)
        if is_look:
            return looks.address_of(asked, shown)
        return terms.address_of(asked, shown) if is_term else rewriting.address_of(asked, shown)

    def _look(self, request: HttpRequest) -> HttpResponse:
        found = selection(self, request.GET, request.user)
        return self._part(request, "screens/list_look.html", _("How this list looks"), looks.context_of(found, request))

    def _term(self, request: HttpRequest) -> HttpResponse:
        context = terms.context_of(self.model, request)
        return self._part(request, "screens/list_term.html", _("Add a condition"), context)

    def _proposals(self, request: HttpRequest) -> HttpResponse:
        found = terms.proposals_of(self.model, request)
        return render(request, "screens/list_proposals.html", {"proposals": found})

    def _part(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        """A page of its own; in the dialog of the list its form alone."""
        is_alone = htmx.asks_for(request, DIALOG)
        back = request.GET.copy()
        for name in ("panel", "move", "pick", "field", "operator", "value"):
            back.pop(name, None)
        url = f"{request.path}?{back.urlencode()}"
        page = {"title": title, "trail": [(self._title(), url), (title, "")], "cancel_url": url, "is_alone": is_alone}
        return htmx.varies(render(request, f"{template}#form" if is_alone else template, page | context))

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        listing = Listing(self, request)
        return {
            "title": self._title(),
            "count_words": count_words(listing.count),
            "is_region": htmx.asks_for(request, REGION),
            "tabs": listing.tabs(),
            "other_views": listing.other_views(),
            "menu": [*listing.menu(), *entry_items(request.user, request.get_full_path())],
            "save": listing.save(),
            "box": listing.box(),
            "filter_chips": listing.filter_chips(),
            "kept": listing.kept(),
            "is_asked": listing.selection.is_asked or listing.selection.filter.is_active,
            "filter_url": listing.part_url(terms.PANEL),
            "look_url": listing.part_url(looks.PANEL),
            "complete_url": listing.part_url(terms.COMPLETE),
            "notices": listing.notices,
            "create": self._create(request.user),
            "layouts": listing.layouts(),
            "board": listing.board(),
            **({} if listing.is_board else _table(listing)),
            "density": listing.selection.density,
            "empty_state": self._empty(request, listing) if listing.is_empty else None,
            "clear_url": listing.clear_url(),
            "is_bare": listing.is_empty and not listing.selection.is_narrowed,
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

    def _empty(self, request: HttpRequest, listing: Listing) -> dict[str, Any]:
        found = listing.selection
        if found.error:
            title = _("Nothing is shown until the query can be understood")
            return {"title": title, "link": {"label": _("Start again"), "url": listing.clear_url()}, "small": True}
        if found.filter.is_active or found.is_asked:
            return {
                "title": _("No %(noun)s matches this query") % {"noun": self.model._meta.verbose_name},
                "link": {"label": _("Clear the query"), "url": listing.clear_url()},
                "small": True,
            }
        nothing = _("Nothing in “%(view)s”") % {"view": listing.chosen.label if listing.chosen else ""}
        if found.is_narrowed:
            return {"title": nothing, "small": True}
        if (wider := listing.wider()) is not None:
            return {
                "title": nothing,
                "text": _("None of these is yours. Others may have some."),
                "action": self._create(request.user),
                "link": {"label": wider.label, "url": f"{request.path}?view={wider.key}"},
            }
        return {**self.empty(request.user), "action": self._create(request.user), "nodes": place_of(self.model)}


def _table(listing: Listing) -> dict[str, Any]:
    """Of the context, what `components/table.html` and the bar below it read."""
    return {
        "heads_html": listing.heads_html(),
        "rows_html": listing.rows_html(),
        "bulk": listing.bar if listing.page.rows else None,
        "phone": listing.selection.sheet.is_for_phones,
        "pager": listing.pager(),
    }


def _may_read(model: type[models.Model], actor: Any) -> bool:
    return bool(actor.has_perm(f"{model._meta.app_label}.{READ}_{model._meta.model_name}"))
