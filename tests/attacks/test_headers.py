"""Attack 36 at every address: what an answer carries, whoever asks, and whatever becomes of the request."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.attacks.addresses import addresses
from tests.attacks.markup import inline_code
from tests.proofs.rights import matrix
from tests.proofs.world import World, browser

STRICT = {"default-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "object-src": "'none'"}
STRICT |= {"base-uri": "'self'", "form-action": "'self'", "frame-ancestors": "'none'"}
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Addresses of the open capture: any page may post there from a script.
OPEN = ("/capture/", "/servlet/", "/submissions/", "/uploads/form/", "/crm/", "/modules/", "/index.php", "/api/")


def policy_of(response: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _blank, value in parts}


def nonce_of(response: Any) -> str:
    found = re.search(r"'nonce-([\w+/=-]+)'", response.headers["Content-Security-Policy"])
    return found[1] if found else ""


def assert_guarded(response: Any, path: str) -> None:
    """The loose policy is that of the administration's own pages, and of nothing else."""
    policy = policy_of(response)
    loose = {"script-src", "style-src"} if "unsafe" in policy["script-src"] else {"script-src"}
    assert {name: policy[name] for name in STRICT if name not in loose} == {
        name: value for name, value in STRICT.items() if name not in loose
    }, path
    if "unsafe" in policy["script-src"]:
        assert path.startswith("/admin/"), path
    else:
        assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]{20,}')?", policy["script-src"]), path
    assert {name: response.headers[name] for name in GUARDS} == GUARDS, path
    assert "camera=()" in response.headers["Permissions-Policy"], path
    open_to_all = path.startswith(OPEN)
    assert response.headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if open_to_all else "same-origin"), path
    assert ("Access-Control-Allow-Origin" in response.headers) is open_to_all, path
    assert re.search(r"no-store", response.headers["Cache-Control"]), path
    assert re.fullmatch(r"[0-9a-f]{12}", response.headers["X-Request-ID"]), path


def test_the_list_of_addresses_is_whole(world: World) -> None:
    """36: what is tried below is the URLconf itself."""
    found = addresses()
    assert len(found) > 120
    assert {
        "/",
        "/login/",
        "/leads/",
        "/leads/1/",
        "/capture/x/",
        "/healthz",
        "/setup/x/",
        "/admin/",
        "/search/",
    } <= set(found)
    assert [path for path in found if re.search(r"[<>()?\\^$]", path)] == []


@pytest.mark.parametrize("person", ["nobody", "rep_a", "administrator"])
def test_every_answer_carries_its_guards(visit: World, person: str) -> None:
    """36: pages, refusals, redirects and what is not there, by reading and by writing."""
    client = browser(None if person == "nobody" else getattr(visit.cast, person))
    for path in addresses():
        response = client.get(path)
        assert_guarded(response, path)
        assert response.status_code < 500, path
        if person == "nobody":
            assert_guarded(client.post(path), path)


@pytest.mark.parametrize("path", ["/static/css/tokens.css", "/static/js/throughline.js", "/static/img/mark.svg"])
def test_a_file_of_the_look_carries_them_too(db: None, path: str) -> None:
    """36: an SVG that is opened by itself runs nothing either."""
    response = browser().get(path)
    assert response.status_code == 200
    assert policy_of(response)["script-src"] == "'self'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "public" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/../crm/settings/env.py", "/static/%2e%2e/manage.py", "/static//etc/passwd"])
def test_no_other_file_is_served(db: None, path: str) -> None:
    """36: what is not of the look is not there."""
    assert browser().get(path).status_code == 404


def test_a_page_of_a_person_is_kept_apart_from_those_of_others(visit: World, seller: Client) -> None:
    """36: by cookie, and where htmx gets a part by its header."""
    assert "Cookie" in seller.get("/leads/").headers["Vary"]
    assert "HX-Request" in seller.get("/leads/").headers["Vary"]
    assert seller.get("/leads/").headers["Cache-Control"] == "private, no-store"


def test_no_page_holds_code_in_its_markup(visit: World, admin: Client) -> None:
    """13, 36: no handlers, no styles, no script without the nonce of this very answer, for reader and stranger."""
    places = [reverse(name, args=visit.args(row.record) if row.record else ()) for name, row in matrix(visit).items()]
    tabs = [f"{place}?tab={tab}" for place in places if re.search(r"/\d+/$", place) for tab in ("details", "history")]
    visits = [(admin, path) for path in [*places, *tabs, "/account/2fa/", "/logout/", "/leads/?q=x", "/search/?q=x"]]
    visits += [(browser(), path) for path in ("/login/", "/account/password/reset/", "/capture/x/", "/nowhere/")]
    for client, path in visits:
        response = client.get(path)
        if not response.streaming:
            assert inline_code(response.content.decode(), nonce_of(response)) == [], path


def test_a_nonce_is_used_once(visit: World) -> None:
    """36: two answers never share one."""
    nonces = {nonce_of(browser().get("/login/")) for _time in range(5)}
    assert len(nonces) == 5
    assert "" not in nonces


def test_htmx_runs_nothing_that_it_is_sent(visit: World, seller: Client) -> None:
    """14: no evaluation, no scripts of fragments, no requests to other sites, no pages kept in the browser."""
    page = seller.get("/leads/").content.decode()
    found = re.search(r"name=\"htmx-config\"\s+content='([^']*)'", page)
    assert found is not None
    for setting in ('"allowEval":false', '"allowScriptTags":false', '"selfRequestsOnly":true', '"historyCacheSize":0'):
        assert setting in found[1], setting


def test_the_inline_reader_finds_what_it_looks_for() -> None:
    """36: a test of the test."""
    assert len(inline_code('<a onclick="x()" href=" JavaScript:y"><style></style><script>z</script><i style="">')) == 5
    assert inline_code('<script nonce="n">z</script><script src="/a.js"></script><a href="/">', "n") == []


def test_nothing_is_left_at_its_default() -> None:
    """36: no DEBUG, no key of the framework, no foreign origin."""
    wanted: Mapping[str, Any] = {
        "DEBUG": False,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "CSRF_TRUSTED_ORIGINS": [settings.BASE_URL],
    }
    assert {name: getattr(settings, name) for name in wanted} == wanted
    assert len(settings.SECRET_KEY) >= 50
    assert "insecure" not in settings.SECRET_KEY
