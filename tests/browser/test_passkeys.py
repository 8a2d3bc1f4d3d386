"""Passkeys in a real browser with a virtual authenticator: switched on, used to sign in, and taken away again."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


def authenticator(browser: BrowserContext, page: Page) -> None:
    """A device that keeps keys, knows its owner, and agrees to everything."""
    protocol = browser.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_signs_in_alone_and_is_taken_away(browser: BrowserContext, site: Site) -> None:
    page, troubles = browser.new_page(), list[str]()
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    authenticator(browser, page)
    # A passkey belongs to a name; an address in figures is none.
    base = f"http://localhost:{site.place.rpartition(':')[2]}"

    page.goto(f"{base}/login/?next=/account/2fa/webauthn/add/")
    page.fill("input[name=login]", "rep_a")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Sign in')")
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
    page.fill("input[name=name]", "Laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto(f"{base}/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Laptop")
    expect(page.locator("main")).to_contain_text("Passkey")

    browser.clear_cookies()
    page.goto(f"{base}/leads/")
    expect(page.locator("#passkey_login")).to_be_visible()
    page.click("#passkey_login")
    page.wait_for_url(f"{base}/leads/")
    expect(page.locator("h1")).to_be_visible()

    browser.clear_cookies()
    page.goto(f"{base}/login/")
    page.fill("input[name=login]", "rep_a")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Sign in')")
    expect(page).to_have_url(f"{base}/account/2fa/authenticate/")
    page.goto(f"{base}/leads/")
    expect(page.locator("h1")).to_have_text("Second step")
    assert troubles == []
