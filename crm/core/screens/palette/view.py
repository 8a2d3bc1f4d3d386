"""The answer of the palette to what is typed, and where it was opened."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.screens.palette import places, records
from crm.core.screens.palette.entries import Entry, Part, answering
from crm.core.screens.searches import typed

REGION = "palette-answer"
_MOST, _MOST_ACTS, _MOST_RECENT = 8, 5, 8
_LONGEST_PATH = 2_000


class PaletteView(View):
    """`/palette/?q=&at=`: sections of links, for htmx; a page of its own is the search.

    `q` may begin with `>` (an act), `@` (a person), `#` (a number) or `/` (a view); `at` is the address of the page and
    what it asks.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        text = typed(request)
        if not htmx.asks_for(request, REGION):
            words = text.lstrip(">@#/").strip()
            return htmx.varies(HttpResponseRedirect(f"{reverse('core:search')}?{urlencode({'q': words})}"))
        at = request.GET.get("at", "")[:_LONGEST_PATH]
        words = text[1:] if text[:1] in _KINDS else text
        parts = [part.marking(words) for part in _parts(request.user, text, at) if part.entries]
        return htmx.varies(render(request, "screens/palette.html", {"parts": parts, "text": text}))


def _parts(actor: Any, text: str, at: str) -> Iterator[Part]:
    if not text:
        return _nothing_typed(actor, at)
    kind, words = _KINDS.get(text[0], _anything), text[1:].strip() if text[0] in _KINDS else text
    return kind(actor, words, at)


def _nothing_typed(actor: Any, at: str) -> Iterator[Part]:
    yield Part(_("Opened last"), records.recent(actor, _MOST_RECENT))
    yield from _here(actor, "", at, _MOST_ACTS)
    yield Part(_("New"), list(places.new_records(actor)))
    yield Part(_("Go to"), list(places.places(actor)))


def _here(actor: Any, words: str, at: str, most: int) -> Iterator[Part]:
    name, acts = places.acts_at(at, actor)
    yield Part(_("Do with %(record)s") % {"record": name}, answering(acts, words, most))
    yield Part(_("Do with this list"), answering(places.acts_on_list(at, actor), words, most))


def _anything(actor: Any, words: str, at: str) -> Iterator[Part]:
    found, first = records.records(actor, words, _MOST)
    yield Part(_("Records"), found)
    yield from _here(actor, words, at, _MOST_ACTS)
    if first and first.tier < 3:
        record = places.found(first.source.model, first.pk, actor)
        acts = list(places.acts_of(record, actor)) if record is not None else []
        yield Part(_("Do with %(record)s") % {"record": first.title}, acts[:_MOST_ACTS])
    yield Part(_("Go to"), answering([*places.new_records(actor), *places.places(actor)], words, _MOST_ACTS))
    yield Part(_("Views"), answering([*places.own_views(actor), *places.system_views(actor)], words, _MOST_ACTS))
    url = f"{reverse('core:search')}?{urlencode({'q': words})}"
    yield Part(_("Search"), [Entry(_("Everything with “%(words)s”") % {"words": words}, url, icon="search")])


def _acts(actor: Any, words: str, at: str) -> Iterator[Part]:
    yield from _here(actor, words, at, 20)
    yield Part(_("New"), answering(places.new_records(actor), words, 20))
    yield Part(_("Go to"), answering(places.places(actor), words, 20))


def _people(actor: Any, words: str, at: str) -> Iterator[Part]:
    yield Part(_("People"), records.people(actor, words, _MOST))


def _numbers(actor: Any, words: str, at: str) -> Iterator[Part]:
    yield Part(_("Numbers"), records.numbered(actor, words, _MOST))


def _views(actor: Any, words: str, at: str) -> Iterator[Part]:
    yield Part(_("Views that people keep"), answering(places.own_views(actor), words, 20))
    yield Part(_("Views"), answering(places.system_views(actor), words, 40))


_KINDS: dict[str, Callable[[Any, str, str], Iterator[Part]]] = {
    ">": _acts,
    "@": _people,
    "#": _numbers,
    "/": _views,
}
