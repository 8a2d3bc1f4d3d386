"""One search over every table that registered itself."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views import View

from crm.core.addresses import screen_url
from crm.core.folding import clean_text
from crm.core.search import MOST_SHOWN, SearchSource, sources

_READ_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    subtitle: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    label: str | Promise
    found: list[Found]
    has_more: bool
    all_url: str


class SearchView(View):
    """`/search/?q=`: ten of each table, through the rights of the one who asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = clean_text(request.GET.get("q", "")[:_READ_AT_MOST]).strip()
        groups = [group for source in sources() if (group := _group(source, request.user, text)).found] if text else []
        return render(request, "screens/search.html", {"query": text, "groups": groups})


def _group(source: SearchSource, actor: Any, text: str) -> Group:
    hits = source.find(actor, text)
    found = [Found(hit.title, hit.subtitle, reverse(source.url_name, args=[hit.pk])) for hit in hits[:MOST_SHOWN]]
    list_url = screen_url(source.model, "list")
    all_url = f"{list_url}?{urlencode({'view': 'all', 'q': text})}" if list_url else ""
    return Group(source.label, found, len(hits) > MOST_SHOWN, all_url)
