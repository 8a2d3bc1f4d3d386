"""Attacks 20 and 21: where a request may lead somebody, and where the server goes itself."""

import ast

import pytest
from django.test import Client

from crm.core.errors import Conflict
from crm.users.adapter import AccountAdapter
from leads.models import Lead
from tests.architecture.sources import sources
from tests.factories.users import PASSWORD
from tests.proofs.test_answers import ELSEWHERE
from tests.proofs.world import World, browser

#: Names under which a default installation answers are still other places for a browser.
NEAR = ["http://localhost/", "//localhost/", "//127.0.0.1:9/", "http://testserver/", "//testserver/", "http://[::1]/"]
NEAR += ["https://testserver/", "leads/", "?next=//x", "//elsewhere.example/%2f.."]
OUTGOING = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "smtplib", "socket"}


@pytest.mark.parametrize("target", [*ELSEWHERE, *NEAR, "https://elsewhere.example/" + "a" * 5000, "", None])
def test_only_a_path_of_ours_is_a_place_to_go_to(target: str | None) -> None:
    """21: `next` names no host, not even one of our own."""
    assert not AccountAdapter().is_safe_url(target)


@pytest.mark.parametrize(("asked", "place"), [("//localhost/", "/"), ("/\r\nA: b", "/"), ("/a?b=c", "/a?b=c")])
def test_signing_in_leads_to_a_path_of_ours_only(visit: World, asked: str, place: str) -> None:
    """21, 17: and a line break in it starts no header."""
    response = browser().post("/login/", {"login": "rep_a", "password": PASSWORD, "next": asked})
    assert (response["Location"], "A" in response.headers) == (place, False)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "javascript:alert(1)", "//localhost/"])
def test_no_page_around_signing_in_repeats_where_else_to_go(visit: World, target: str) -> None:
    """21: neither as a link nor as the address that a form posts to."""
    client = browser(visit.cast.rep_a)
    for path in ("/login/", "/logout/", "/account/password/reset/", "/account/reauthenticate/", "/account/2fa/"):
        for visitor in (client, browser()):
            page = visitor.get(path, {"next": target}).content.decode()
            assert f'href="{target}' not in page, path
            assert f'action="{target}' not in page, path


def test_giving_the_password_again_leads_to_a_path_of_ours_only(visit: World) -> None:
    """21: the question in between has a `next` of its own."""
    client = browser()
    client.post("/login/", {"login": "rep_a", "password": PASSWORD})
    page = "/account/reauthenticate/?next=//elsewhere.example/"
    assert client.post(page, {"password": PASSWORD, "next": "//elsewhere.example/"})["Location"].startswith("/")
    assert "elsewhere" not in client.post(page, {"password": PASSWORD})["Location"]


def test_no_form_takes_an_address_to_return_to(visit: World, seller: Client) -> None:
    """21: after saving, the place is ours to choose, with a key of the form and without."""
    for key in ("", "k" * 32):
        values = {"last_name": f"Typed{len(key)}", "preferred_contact_method": "any", "idempotency_key": key}
        values |= dict.fromkeys(("next", "retURL", "redirect", "result_url"), "https://elsewhere.example/")
        location = seller.post("/leads/new/?next=//elsewhere.example/", values)["Location"]
        assert location == f"/leads/{Lead.objects.latest('pk').pk}/"


def test_a_refused_form_leads_nowhere(visit: World, seller: Client) -> None:
    """21: the same key with other values is a conflict on our page."""
    values = {"last_name": "Typed", "preferred_contact_method": "any", "idempotency_key": "k" * 32}
    seller.post("/leads/new/", values)
    response = seller.post("/leads/new/", values | {"last_name": "Other"})
    assert (response.status_code, "Location" in response.headers) == (Conflict.status, False)


def test_the_server_itself_opens_no_address(world: World) -> None:
    """20: nothing that is typed anywhere is ever fetched; the supervisor looks whether its own server answers, and
    answers to a captcha are checked at addresses that stand in the code."""
    outgoing = {
        source.name
        for source in sources()
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.ImportFrom) and node.module in OUTGOING)
        or (isinstance(node, ast.Import) and OUTGOING & {alias.name for alias in node.names})
    }
    assert outgoing <= {"crm/hosting/web.py", "leads/capture/captcha.py"}
