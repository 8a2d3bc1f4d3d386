"""Who has not signed in goes to the sign-in page, and comes back to where they wanted to go."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.users.reach import reach_of


class SignInMiddleware:
    """Every view asks for a signed-in person unless it is marked with `login_not_required`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages are written in the person's own time zone; without one, in that of the organisation."""
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # The mark is asked first: an open page answers without the session, which needs the database.
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return sign_in_first(request)
        reach = reach_of(request.user)
        if reach is not None:
            timezone.activate(reach.time_zone)
        return None


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A fragment cannot be returned to, so htmx comes back to the page that asked for it."""
    htmx: Any = getattr(request, "htmx", False)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    page = htmx.current_url_abs_path or request.get_full_path()
    return HttpResponse(headers={"HX-Redirect": redirect_to_login(page)["Location"]})
