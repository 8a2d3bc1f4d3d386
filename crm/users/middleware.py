"""Who has not signed in goes to the sign-in page, and comes back to where they wanted to go."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm.core.writing import write_as, written_as
from crm.users.reach import reach_of


class SignInMiddleware:
    """Every view asks for a signed-in person unless it is marked with `login_not_required`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages are written as the person chose; what they left open, as the organisation did."""
        with timezone.override(None), written_as():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # The mark is asked first: an open page answers without the session, which needs the database.
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return sign_in_first(request)
        session: Any = request.session
        session.note_seen(timezone.now())
        reach = reach_of(request.user)
        if reach is not None:
            timezone.activate(reach.time_zone)
            write_as(reach.writing)
            if reach.language:
                translation.activate(reach.language)
                request.LANGUAGE_CODE = translation.get_language()
        return None


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A fragment cannot be returned to, so htmx comes back to the page that asked for it."""
    htmx: Any = getattr(request, "htmx", False)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    page = htmx.current_url_abs_path or request.get_full_path()
    return HttpResponse(headers={"HX-Redirect": redirect_to_login(page)["Location"]})
