"""One search over every table that registered itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from crm.core.addresses import screen_url
from crm.core.badges import Badge, state_badge
from crm.core.finding import SHOWN, Found, Hit, find
from crm.core.folding import clean_text
from crm.core.format import number
from crm.core.search import SearchSource, sources
from crm.core.words import asked

READ_AT_MOST = 200
_SHOWN_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class ShownHit:
    title: str
    subtitle: str
    url: str
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one noun. `all_url` is its list with the same words."""

    label: str | Promise
    hits: list[ShownHit]
    count: str
    has_more: bool
    all_url: str
    all_label: str


@dataclass(frozen=True, slots=True)
class NounTab:
    """As `components/tabs.html` reads it."""

    label: str | Promise
    url: str
    current: bool
    count: str = ""


class SearchView(View):
    """`/search/?q=`: the best of each table through the rights of the one who asks; `in=lead` shows more of one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = typed(request)
        noun = request.GET.get("in", "")
        found = find(request.user, asked(text), sources(), shown=_SHOWN_OF_ONE if noun else SHOWN)
        chosen = next((table for table in found if table.source.key == noun), None)
        context = {
            "query": text,
            "noun": chosen.source.key if chosen else "",
            "tabs": _tabs(request.path, text, found, chosen) if len(found) > 1 else [],
            "groups": [_group(table, text) for table in ([chosen] if chosen else found)],
            "count_words": _count_words([chosen] if chosen else found) if text else "",
        }
        return render(request, "screens/search.html", context)


def typed(request: HttpRequest) -> str:
    """What stands in the box: as much as anybody types, without signs that no database stores."""
    return clean_text(request.GET.get("q", "")[:READ_AT_MOST]).strip()


def list_url(source: SearchSource, text: str) -> str:
    """The list of the noun with the same words; "" for a noun without a list."""
    url = screen_url(source.model, "list")
    return f"{url}?{urlencode({'view': 'all', 'q': text})}" if url else ""


def hit_url(hit: Hit) -> str:
    return reverse(hit.source.url_name, args=[hit.pk])


def badge_of_hit(hit: Hit) -> Badge | None:
    machine = getattr(hit.source.model, "machine", None)
    return state_badge(machine, hit.state, hit.reason) if machine and hit.state else None


def _group(table: Found, text: str) -> Group:
    hits = [ShownHit(hit.title, hit.subtitle, hit_url(hit), badge_of_hit(hit)) for hit in table.hits]
    label = _("Show all in %(list)s") % {"list": table.source.label}
    return Group(table.source.label, hits, _count(table), table.has_more, list_url(table.source, text), label)


def _tabs(path: str, text: str, found: Sequence[Found], chosen: Found | None) -> list[NounTab]:
    everything = NounTab(_("All"), f"{path}?{urlencode({'q': text})}", chosen is None)
    return [everything, *(_tab(path, text, table, current=table is chosen) for table in found)]


def _tab(path: str, text: str, table: Found, *, current: bool) -> NounTab:
    url = f"{path}?{urlencode({'q': text, 'in': table.source.key})}"
    return NounTab(table.source.label, url, current, _count(table))


def _count(table: Found) -> str:
    return f"{number(table.count, 0)}+" if table.has_more else number(table.count, 0)


def _count_words(found: Sequence[Found]) -> str:
    count: Any = sum(table.count for table in found)
    words = ngettext("%(count)s record", "%(count)s records", count) % {"count": number(count, 0)}
    return _("%(records)s and more") % {"records": words} if any(table.has_more for table in found) else words
