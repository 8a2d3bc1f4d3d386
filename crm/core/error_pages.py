"""One page for each refusal, as a whole page or as a fragment for htmx."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from crm.core.errors import Refusal


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return error_page(request, refusal.status, refusal.sentence, details=refusal.details)


def error_page(request: HttpRequest, status: int, sentence: str, *, details: tuple[str, ...] = ()) -> HttpResponse:
    """Says what happened and what to do, never what was hidden; `request_id` helps support to find the log lines."""
    context = {
        "status": status,
        "sentence": sentence,
        "details": details,
        "request_id": getattr(request, "id", "-"),
    }
    fragment = bool(getattr(request, "htmx", False))
    template = "errors/fragment.html" if fragment else "errors/page.html"
    return TemplateResponse(request, template, context, status=status).render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, _("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, _("You lack the right to do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, _("There is nothing at this address, or you may not see it."))


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, _("Something went wrong on our side. Nothing of what you sent was saved halfway."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        _("This form was open for too long or came from another site. Reload the page and try again."),
    )
