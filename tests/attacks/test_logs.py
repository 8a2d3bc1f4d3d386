"""Attack 36: who reads the log learns no password, key, body or mail address."""

import logging
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from crm.core.logs import SecretPathFilter
from crm.users.views import home
from tests.attacks.test_errors import broken
from tests.proofs.world import World, browser

WORDS = ["hunter2-password", "4111 1111", "body-of-the-form", "secret@mailbox.example", "typed-in-a-search"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that would be written, down to the last detail, as the filters of the product leave it."""
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(SecretPathFilter())
    return caplog


def test_no_line_holds_what_somebody_typed(
    visit: World, seller: Client, lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """36: sign-in, forms that are taken, refused and broken, uploads, captures, searches."""
    client = browser()
    client.post("/login/", {"login": WORDS[3], "password": WORDS[0]})
    client.post("/account/password/reset/", {"email": WORDS[3]})
    seller.post("/leads/new/", {"last_name": WORDS[2], "email": WORDS[3], "preferred_contact_method": "any"})
    seller.post("/leads/new/", {"description": WORDS[2]})
    seller.post("/leads/999999/edit/", {"description": WORDS[2]})
    seller.post("/leads/new/", {"description": WORDS[1] * 700_000})
    seller.get("/leads/", {"q": WORDS[4], "nope": WORDS[4]})
    client.generic("POST", "/capture/x/", f"last_name={WORDS[2]}&email={WORDS[3]}".encode(), "text/plain")
    client.generic("POST", "/capture/x/", b"x" * (settings.CAPTURE_BODY_LIMIT + 1), "text/plain")
    monkeypatch.setattr(home, "home_panels", broken)
    seller.get("/", {"q": WORDS[4]})
    written = "\n".join(record.getMessage() for record in lines.records if not record.name.startswith("django.db"))
    assert [word for word in WORDS if word in written] == []
    assert str(seller.cookies["sessionid"].value) not in written
    assert "Internal Server Error: /" in written


def test_no_line_holds_an_address_that_is_a_key(visit: World, lines: pytest.LogCaptureFixture) -> None:
    """36: one-time links stand in the log without what makes them work."""
    key = "b-cy3k2p-0123456789abcdef0123456789abcdef"
    for path in (f"/setup/{key}/", f"/account/password/reset/key/{key}/"):
        browser().get(path)
        Client(enforce_csrf_checks=True).post(path, {"password1": "x"})
    assert lines.records
    assert key not in lines.text
    assert re.search(r"/setup/…", lines.text)


def test_every_line_goes_through_the_filters() -> None:
    """36: one handler, and it has them."""
    kept: dict[str, Any] = settings.LOGGING
    [handler] = kept["handlers"].values()
    assert handler["filters"] == ["request_id", "secret_paths"]
    assert kept["root"]["handlers"] == ["console"]
