"""One page for each refusal, as a whole page or as a fragment for htmx."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.core.errors import Away, Refusal, TooSlow
from crm.core.outages import is_away, was_stopped

_RETRY_AFTER = {429: "60", 503: "10"}


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return error_page(request, refusal.status, refusal.sentence, details=refusal.details)


def error_page(request: HttpRequest, status: int, sentence: str, *, details: tuple[str, ...] = ()) -> HttpResponse:
    """Says what happened and what to do, never what was hidden; `request_id` helps support to find the log lines."""
    is_member = _is_member(request)
    context = {
        **_context(request, status, sentence, details),
        "frame": "base.html" if is_member else "frame/entrance.html",
        "ways": _ways(request, status, is_member=is_member),
    }
    return _hinted(TemplateResponse(request, _template(request), context, status=status).render())


def bare_error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """The same without frame and person: for when something is broken that they may need, such as the database."""
    context = {
        **_context(request, status, sentence, ()),
        "frame": "frame/entrance.html",
        "ways": [(_("Try again"), request.get_full_path())] if request.method == "GET" else [(_("Go to Today"), "/")],
    }
    return _hinted(HttpResponse(render_to_string(_template(request), context), status=status))


def _context(request: HttpRequest, status: int, sentence: str, details: tuple[str, ...]) -> dict[str, object]:
    request_id = getattr(request, "id", "-")
    return {"status": status, "sentence": sentence, "details": details, "request_id": request_id}


def _is_member(request: HttpRequest) -> bool:
    """Who has not signed in sees no navigation, not even an empty one."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _ways(request: HttpRequest, status: int, *, is_member: bool) -> list[tuple[str, str]]:
    """Where to go from here: label and address, the likeliest first."""
    if not is_member:
        return [(_("Go to the sign-in page"), settings.LOGIN_URL)]
    ways = [(_("Go to Today"), "/"), (_("Search"), reverse("core:search"))]
    may_repeat = request.method == "GET" and status in {409, 429, 503}
    return [(_("Try again"), request.get_full_path()), *ways] if may_repeat else ways


def _template(request: HttpRequest) -> str:
    return "errors/fragment.html" if getattr(request, "htmx", False) else "errors/page.html"


def _hinted(response: HttpResponse) -> HttpResponse:
    """Machines are told when to come again."""
    if response.status_code in _RETRY_AFTER:
        response.setdefault("Retry-After", _RETRY_AFTER[response.status_code])
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return error_page(request, 413, _("The form holds more than one page can take. Nothing was saved."))
    return error_page(request, 400, _("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, _("You lack the right to do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, _("There is nothing at this address, or you may not see it."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Also for what happens around the views, such as reading the session while there is no database."""
    error = sys.exception()
    if was_stopped(error) or is_away(error):
        refusal = TooSlow() if was_stopped(error) else Away()
        return bare_error_page(request, refusal.status, refusal.sentence)
    sentence = _("Nothing was saved halfway. Try again; if it happens again, tell your administrator this reference.")
    return bare_error_page(request, 500, sentence)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Somebody tries to sign in, or asks for passwords, again and again."""
    return error_page(request, 429, _("There were too many attempts. Wait a few minutes, then try again."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        _("This form was open for too long or came from another site. Reload the page and try again."),
    )
