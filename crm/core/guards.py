"""What stands around every request: headers, a limit for its body, words for a statement that was stopped."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from crm.core.bodies import announced
from crm.core.error_pages import error_page, refusal_page
from crm.core.errors import TooSlow
from crm.core.middleware import GetResponse
from crm.core.outages import was_stopped

#: Unless the view says otherwise. The open capture address lets scripts of any page read its answer.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


class HeaderMiddleware:
    """Nothing that we answer is kept by a cache or read by another site, unless its view wants that."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        # Some lists of the administration would allow frames of our own, which we have none of.
        response["X-Frame-Options"] = "DENY"
        return response


class GuardMiddleware:
    """Refuses a body by its declared length before any of it is read, and explains what the database stopped."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A body without a declared length is never read: Django takes it for empty.
        if announced(request.META) > settings.REQUEST_BODY_LIMIT:
            return error_page(request, 413, _("Nothing was saved. Send smaller files, or fewer at once."))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return refusal_page(request, TooSlow()) if was_stopped(exception) else None
