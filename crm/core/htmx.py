"""What an htmx request asks for, and how it is answered."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers


def asks_for(request: HttpRequest, region: str) -> bool:
    """Does htmx want this region alone? A request that restores history wants the whole page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request and htmx.target == region


def asks(request: HttpRequest) -> bool:
    """Does htmx want a piece, whichever it names? A request that restores history wants the whole page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def varies(response: HttpResponse) -> HttpResponse:
    """The same address answers with a page or a region, so caches must keep them apart."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """After a change: the browser loads the result as a page of its own."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def toast(request: HttpRequest, sentence: str) -> None:
    """Said on the next page that is shown."""
    if sentence:
        messages.success(request, sentence)


def toast_now(response: HttpResponse, sentence: str, tone: str = "green") -> HttpResponse:
    """Said by this answer to htmx."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": sentence, "tone": tone}})
    return response
