"""The open address to which websites post. Whatever comes gets the same answer, and nothing of it is reflected."""

import ipaddress
import itertools
import logging
from time import monotonic

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from crm.core.actors import WEB_FORM
from crm.core.bodies import announced
from crm.core.fragments import fragment
from crm.core.visitors import visitor_address
from leads.capture.bounds import PostBounds
from leads.services.capture import RawPost, take_post

logger = logging.getLogger(__name__)

_METHODS = "POST, OPTIONS"
_KEPT_HEADERS = (
    "User-Agent",
    "Referer",
    "Origin",
    "Host",
    "Accept-Language",
    "X-Forwarded-For",
    "Content-Encoding",
)
_LONGEST_HEADER = 2_000
_too_large = itertools.count(1)
bounds, flood = PostBounds(), PostBounds()


@csrf_exempt
@login_not_required
def capture(request: HttpRequest, form_key: str = "", manner: str = "", **_ignored: str) -> HttpResponse:
    """302 to an address that the form allows, else what the sender takes for success, as its `manner` says: exactly 200
    for most. 413 above the limit of size; what comes above the limit of a minute waits in the quarantine, and from
    twice that limit on it is 429.
    """
    if request.method == "OPTIONS":
        return _open_to_all(HttpResponse(status=204))
    if request.method != "POST":
        response = render(request, "leads/capture_get.html", status=405)
        response["Allow"] = _METHODS
        return _open_to_all(response)
    is_flood, wait = admission(request, form_key)
    if wait:
        return _open_to_all(too_many(request, wait))
    try:
        body = body_of(request)
    except UnreadablePostError:
        return _open_to_all(HttpResponse(status=400))
    if body is None:
        logger.warning("Post number %d since the start was too large and refused", next(_too_large))
        return _open_to_all(render(request, "leads/capture_too_large.html", status=413))
    target = take_post(post=raw_post(request, form_key, body, is_flood=is_flood), actor=WEB_FORM, at=timezone.now())
    return _open_to_all(_ANSWERS[manner](request, target))


def admission(request: HttpRequest, form_key: str) -> tuple[bool, int]:
    """Is it one of a flood, which a person looks at first, and the seconds to wait where it is not even kept.

    What was posted before is kept; what is refused here is counted by nobody and may come again.
    """
    address, limit, at = visitor_address(request.META), settings.CAPTURE_RATE_LIMIT, monotonic()
    if not bounds.seconds_to_wait(address=address, form_key=form_key, limit=limit, at=at):
        return False, 0
    return True, flood.seconds_to_wait(address=address, form_key=form_key, limit=limit, at=at)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    response = render(request, "leads/capture_too_many.html", status=429)
    response["Retry-After"] = str(wait)
    return response


def body_of(request: HttpRequest) -> bytes | None:
    """The body as it came, None when it is too large. Django's own parsers are never asked."""
    limit: int = settings.CAPTURE_BODY_LIMIT
    if announced(request.META) > limit:
        return None
    body = request.read(limit + 1)
    return None if len(body) > limit else bytes(body)


def raw_post(request: HttpRequest, form_key: str, body: bytes, *, is_flood: bool) -> RawPost:
    return RawPost(
        path_key=form_key.strip("/"),
        path=request.path,
        query_string=request.META.get("QUERY_STRING", ""),
        content_type=request.META.get("CONTENT_TYPE", ""),
        body=body,
        headers={name: request.headers[name][:_LONGEST_HEADER] for name in _KEPT_HEADERS if name in request.headers},
        remote_address=_address(visitor_address(request.META)),
        is_flood=is_flood,
    )


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def _plain(request: HttpRequest, target: str | None) -> HttpResponse:
    if target:
        return HttpResponse(status=302, headers={"Location": target})
    media = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media.endswith(("/json", "+json")):
        return JsonResponse({"ok": True})
    # The same bytes for everybody, rendered once for each language.
    return HttpResponse(fragment("leads/capture_thanks.html", (), dict))


def _hubspot_v2(request: HttpRequest, target: str | None) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": target}) if target else HttpResponse(status=204)


def _hubspot_v3(request: HttpRequest, target: str | None) -> HttpResponse:
    said = {"redirectUri": target} if target else {"inlineMessage": _("Thank you. Your message has arrived.")}
    return JsonResponse(said)


def _espocrm(request: HttpRequest, target: str | None) -> HttpResponse:
    return JsonResponse(True, safe=False)


def _dataverse(request: HttpRequest, target: str | None) -> HttpResponse:
    return HttpResponse(status=204, headers={"OData-Version": "4.0"})


#: What each kind of sender takes for success; nothing of it depends on the form or on what became of the post.
_ANSWERS = {
    "": _plain,
    "hubspot v2": _hubspot_v2,
    "hubspot v3": _hubspot_v3,
    "espocrm": _espocrm,
    "dataverse": _dataverse,
}


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Any page may post here from a script; no cookie is asked for or taken."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = _METHODS
    response["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
    response["Access-Control-Max-Age"] = "86400"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
