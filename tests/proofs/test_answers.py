"""What every answer carries, and that nobody is sent to another site."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.factories.users import PASSWORD
from tests.proofs.rights import matrix
from tests.proofs.world import World, browser, lasting_world, passing

ELSEWHERE = [
    "https://elsewhere.example/",
    "http://elsewhere.example",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example/",
    "https:elsewhere.example",
    "https:///elsewhere.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    " https://elsewhere.example/",
    "\thttps://elsewhere.example/",
    "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
    "/\t/elsewhere.example/",
    "/\x00/elsewhere.example",
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with passing():
        yield browser(world.cast.administrator)


def _stays_here(location: str) -> bool:
    """A path of this site, however a browser reads it."""
    return bool(re.match(r"/(?![/\\\s])", location)) and urlsplit(location).netloc == ""


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(target: str, world: World) -> None:
    with passing():
        cache.clear()  # attempts to sign in are counted
        for sent, asked in (({"next": target}, {}), ({}, {"next": target})):
            response = browser().post("/login/", {"login": "rep_a", "password": PASSWORD, **sent}, query_params=asked)
            assert response.status_code == 302
            assert _stays_here(response.headers["Location"]), response.headers["Location"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_out(target: str, client: Client) -> None:
    response = client.post("/logout/", {"next": target})
    assert response.status_code == 302
    assert _stays_here(response.headers["Location"]), response.headers["Location"]


def test_htmx_names_no_other_site_to_come_back_to() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/leads/"}
    response = Client().get("/leads/", headers=headers)
    assert response.headers["HX-Redirect"] == "/login/?next=/leads/"


def test_every_answer_is_guarded_by_its_headers(world: World, client: Client) -> None:
    """Pages, refusals, redirects, files that are not there, and what is open to all."""
    addresses = [
        reverse(name, args=world.args(row.record) if row.record else ()) for name, row in matrix(world).items()
    ]
    addresses += ["/login/", "/healthz", "/setup/x/", "/capture/x/", "/nowhere/", "/leads/999999/", "/account/2fa/"]
    for url in addresses:
        for response in (client.get(url), Client().get(url)):
            policy = _policy(response.headers["Content-Security-Policy"])
            assert policy["default-src"] == "'self'", url
            assert policy["frame-ancestors"] == policy["object-src"] == "'none'", url
            assert policy["base-uri"] == policy["form-action"] == "'self'", url
            assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]+')?", policy["script-src"]), url
            assert policy["style-src"] == "'self'", url
            assert response.headers["X-Content-Type-Options"] == "nosniff", url
            assert response.headers["X-Frame-Options"] == "DENY", url
            assert response.headers["Referrer-Policy"] == "same-origin", url


def _policy(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _blank, value in parts}


def test_no_page_carries_a_script_or_style_that_its_policy_refuses(world: World, client: Client) -> None:
    """No inline handlers, no inline styles, no script without the nonce of this very answer."""
    for name, row in matrix(world).items():
        url = reverse(name, args=world.args(row.record) if row.record else ())
        response = client.get(url)
        if response.streaming:
            continue
        page = response.content.decode()
        nonce = re.search(r"'nonce-([\w+/=-]+)'", response.headers["Content-Security-Policy"])
        inline = re.findall(r"<script(?![^>]* src=)([^>]*)>", page)
        assert all("application/json" in tag or (nonce and f'nonce="{nonce[1]}"' in tag) for tag in inline), url
        assert re.findall(r"<[^>]+\s(?:on[a-z]+|style)=[^>]*>", page) == [], url
        assert "<style" not in page, url
        assert "javascript:" not in page, url


def test_the_administration_may_not_be_framed_either(client: Client) -> None:
    response = client.get("/admin/")
    policy = _policy(response.headers["Content-Security-Policy"])
    assert (policy["frame-ancestors"], policy["object-src"]) == ("'none'", "'none'")
    assert (response.headers["X-Content-Type-Options"], response.headers["X-Frame-Options"]) == ("nosniff", "DENY")
