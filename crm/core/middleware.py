"""Request id, history around each request, and refusals turned into pages."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase

from crm.core import history
from crm.core.error_pages import refusal_page
from crm.core.errors import Refusal
from crm.core.logs import current_request_id

type GetResponse = Callable[[HttpRequest], HttpResponse]

_UTF_8 = {"utf-8", "utf8"}
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RequestIdMiddleware:
    """Gives each request an id, for its log lines, its error page and its history events."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]  # ours, read through request_id()
        token = current_request_id.set(request_id(request))
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = request_id(request)
        return response


def request_id(request: HttpRequest) -> str:
    return str(getattr(request, "id", "-"))


class FormEncodingMiddleware:
    """Addresses and forms are UTF-8, as every browser sends them.

    A charset that a request names would be looked up among Python's codecs, some of which are no charsets.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and request.encoding.lower() not in _UTF_8:
            # Setting the encoding first looks at what was read in the old one, and drops it.
            request.GET = QueryDict()
            request.encoding = "utf-8"
        return self.get_response(request)


class HistoryMiddleware:
    """Whatever a request writes outside of a service (the admin) is recorded under the signed-in person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _SAFE:
            return self.get_response(request)
        actor = request.user if request.user.is_authenticated else None
        name = "admin.edited" if request.path.startswith("/admin/") else "web.request"
        with history.action(name, actor=actor, request_id=request_id(request)):
            return self.get_response(request)


class ErrorPageMiddleware:
    """A refusal that a view lets through becomes the page of its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None
