"""Attack 36: what a refusal says. Plain words and a reference; no trace, no title, no count of what is hidden."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from psycopg.errors import QueryCanceled

from crm.users.views import home
from tests.attacks.markup import inline_code
from tests.attacks.test_headers import nonce_of
from tests.proofs.world import SECRET, World, browser, everything

LEAKS = ["Traceback", "Exception", "Error at", "django", "psycopg", "SELECT ", "/site-packages/", "pbkdf2", ".py"]


class Broken(Exception):
    """Something that no view expects, with words that nobody may see."""


def broken(*_args: Any, **_values: Any) -> Any:
    raise Broken(f"{SECRET} in crm/users/views/home.py")


def stopped(*_args: Any, **_values: Any) -> Any:
    raise OperationalError("canceling statement SELECT secret") from QueryCanceled()


def away(*_args: Any, **_values: Any) -> Any:
    raise OperationalError("connection to server at 10.1.2.3 failed")


def too_large(client: Client, **headers: str) -> Any:
    return client.post("/leads/new/", {}, CONTENT_LENGTH=str(settings.REQUEST_BODY_LIMIT + 1), headers=headers)


def too_much_text(client: Client, **headers: str) -> Any:
    return client.post("/leads/new/", {"description": "x" * (6 * 1024 * 1024)}, headers=headers)


def too_many_fields(client: Client, **headers: str) -> Any:
    body = "&".join(f"f{number}=x" for number in range(10_001))
    return client.post("/leads/new/", body, "application/x-www-form-urlencoded", headers=headers)


def not_understood(client: Client, **headers: str) -> Any:
    return client.generic("POST", "/leads/new/", b"x", "multipart/form-data; boundary=" + "y" * 300, headers=headers)


def get(path: str) -> Callable[..., Any]:
    return lambda client, **headers: client.get(path, headers=headers)


#: Status, how a signed-in person comes to it, and words that the answer holds.
REFUSALS: list[tuple[int, Callable[..., Any], str]] = [
    (400, not_understood, "could not be understood"),
    (403, get("/admin/"), "administrators only"),
    (404, get("/leads/999999/"), "There is no such"),
    (404, get("/nowhere/"), "nothing at this address"),
    (413, too_large, "Send smaller files"),
    (413, too_much_text, "more than one page can take"),
    (413, too_many_fields, "more than one page can take"),
]


def assert_says(response: Any, status: int, words: str, *, fragment: bool) -> None:
    page = response.content.decode()
    assert response.status_code == status, page[-2000:]
    assert words in page
    assert ("<html" in page) is not fragment
    assert response["X-Request-ID"] in page
    assert [leak for leak in [*LEAKS, SECRET] if leak in re.sub(r"<(script|link)[^>]*>", "", page)] == []
    assert inline_code(page, nonce_of(response)) == []


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(("status", "come", "words"), REFUSALS, ids=[f"{row[0]}-{row[2][:12]}" for row in REFUSALS])
def test_a_refusal_says_what_happened_and_nothing_else(
    visit: World, seller: Client, *, status: int, come: Callable[..., Any], words: str, fragment: bool
) -> None:
    """36, 2: as a page and as what htmx shows; afterwards nothing has changed."""
    before = everything()
    headers = {"HX-Request": "true"} if fragment else {}
    assert_says(come(seller, **headers), status, words, fragment=fragment)
    assert everything() == before


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [(broken, 500, "went wrong on our side"), (stopped, 503, "took too long"), (away, 503, "database does not answer")],
)
def test_a_fault_of_ours_is_told_in_plain_words(
    visit: World,
    seller: Client,
    monkeypatch: pytest.MonkeyPatch,
    *,
    fault: Callable[..., Any],
    status: int,
    words: str,
    fragment: bool,
) -> None:
    """36, 38: no trace; a statement that was stopped and a database that is away are said to be that."""
    monkeypatch.setattr(home, "home_panels", fault)
    response = seller.get("/", headers={"HX-Request": "true"} if fragment else {})
    assert_says(response, status, words, fragment=fragment)
    assert ("Retry-After" in response.headers) is (status == 503)


def test_a_page_is_refused_in_words_when_even_the_session_cannot_be_read(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """36: the page that says so needs no database."""
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        response = seller.get("/leads/")
        health = browser().get("/healthz")
    assert_says(response, 503, "database does not answer", fragment=False)
    assert health.status_code == 503


def test_hidden_and_missing_records_are_answered_alike(visit: World) -> None:
    """1, 36: no title, no count, not another word."""
    client, lead = browser(visit.cast.rep_c), visit.records["lead"]
    pages = [client.get(f"/leads/{pk}/").content.decode() for pk in (lead.pk, 999_999)]
    plain = [re.sub(r'[0-9a-f]{12}|"[\w]{64}"|/leads/\d+/', "", page) for page in pages]
    assert plain[0] == plain[1]


def test_a_method_that_an_address_does_not_know_is_refused_without_a_page_of_ours_breaking(visit: World) -> None:
    """36: verbs that nobody uses."""
    client = browser(visit.cast.rep_a)
    before = everything()
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X"):
        for path in ("/leads/", "/leads/new/", f"/leads/{visit.records['lead'].pk}/", "/login/", "/healthz"):
            assert client.generic(method, path).status_code in {200, 302, 403, 405}, (method, path)
    assert everything() == before
