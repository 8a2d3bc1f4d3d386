"""Refusals in plain words, as a page and as a fragment: a way on, the request id, and nothing of what was hidden."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from crm.core import error_pages
from crm.core.errors import Invalid, TooMany
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

HEADINGS = {
    400: "This request could not be understood",
    403: "You may not do this",
    404: "There is nothing here",
    409: "This is not possible any more",
    413: "This is too large",
    422: "Some values cannot be accepted",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "Not now",
}


def asked(user: object, *, by_htmx: bool = False, path: str = "/leads/7/?tab=details") -> HttpRequest:
    headers = {"HX-Request": "true"} if by_htmx else {}
    request: Any = RequestFactory().get(path, headers=headers)
    request.user, request.id, request.htmx = user, "abc123def456", HtmxDetails(request)
    return request  # type: ignore[no-any-return]  # a request with what our middleware adds


@pytest.mark.parametrize("status", HEADINGS)
@pytest.mark.parametrize("by_htmx", [False, True])
def test_each_refusal_says_what_happened_and_where_to_go(cast: Cast, status: int, by_htmx: bool) -> None:
    response = error_pages.error_page(
        asked(cast.rep_a, by_htmx=by_htmx), status, "Because of <this>.", details=("A & B",)
    )
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{HEADINGS[status]}</h1>" in page
    assert "Because of &lt;this&gt;." in page
    assert "<li>A &amp; B</li>" in page
    assert "<code>abc123def456</code>" in page
    assert 'href="/">Go to Today</a>' in page
    assert 'href="/search/">Search</a>' in page
    assert ("<html" in page) is not by_htmx
    assert ('href="/leads/7/?tab=details">Try again</a>' in page) is (status in {409, 429, 503})


def test_who_has_not_signed_in_is_led_to_the_sign_in_page() -> None:
    page = error_pages.error_page(asked(AnonymousUser()), 403, "No.").content.decode()
    assert 'href="/login/">Go to the sign-in page</a>' in page
    assert "/search/" not in page
    assert "frame-nav" not in page


@pytest.mark.parametrize(("refusal", "status"), [(Invalid("Not so."), 422), (TooMany("Slowly."), 429)])
def test_a_refusal_that_no_form_takes_becomes_the_page_of_its_status(refusal: Any, status: int, cast: Cast) -> None:
    response = error_pages.refusal_page(asked(cast.rep_a), refusal)
    assert response.status_code == status
    assert refusal.sentence in response.content.decode()
    assert response.get("Retry-After") == ("60" if status == 429 else None)


@pytest.mark.parametrize("by_htmx", [False, True])
def test_the_id_of_the_request_stands_on_the_page_and_in_the_header(
    cast: Cast, client_for: ClientFor, by_htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if by_htmx else {}
    response = client_for(cast.rep_a).get("/leads/999999999/", headers=headers)
    assert response.status_code == 404
    shown = re.findall(r"<code>([0-9a-f]{12})</code>", response.content.decode())
    assert shown == [response["X-Request-ID"]]


def test_a_form_without_its_token_is_refused_in_words(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"login": "rep_a", "password": "x"})
    assert response.status_code == 403
    assert "This form was open for too long or came from another site." in response.content.decode()
    assert "Go to the sign-in page" in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("secret detail"), 500, "Something went wrong on our side"),
        (OperationalError("connection to server failed"), 503, "The database does not answer."),
    ],
)
def test_a_fault_is_told_without_frame_person_and_database(
    error: Exception, status: int, words: str, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request: Any = RequestFactory().get("/leads/")
    request.id = "abc123def456"  # neither session nor person: they may be what is broken
    monkeypatch.setattr("crm.core.error_pages.sys.exception", lambda: error)
    with django_assert_num_queries(0):
        response = error_pages.server_error(request)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert str(error) not in page
    assert "<code>abc123def456</code>" in page
    assert 'href="/leads/">Try again</a>' in page
    assert "frame-nav" not in page
    assert "throughline.css" in page
