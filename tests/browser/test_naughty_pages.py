"""What the big list of naughty strings would run, if any of it ran: no dialog, no error, no request to elsewhere."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Page

from activities.regarding import Ref
from activities.services.notes import add_note
from crm.customers.services.accounts import create_account
from leads.services.leads import create_lead
from tests.attacks.naughty import naughty_strings, plain
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser

_CODE = re.compile(r"[<>]|javascript:|alert|onload|\{\{|\$\{", re.IGNORECASE)


def test_no_string_that_holds_code_runs_on_any_page(browser: BrowserContext, site: Site) -> None:
    texts = [plain(text) for text in naughty_strings() if _CODE.search(text)]
    assert len(texts) > 150
    owner, now = site.cast.rep_a, timezone.now()
    long = "\n".join(texts)[:30_000]
    for text in texts:
        create_lead(values={"last_name": text[:80], "topic": text[:200]}, owner=owner, actor=owner, at=now)
    account = create_account(values={"name": texts[0], "description": long}, owner=owner, actor=owner, at=now)
    lead = create_lead(
        values={"last_name": texts[1], "company": texts[2], "description": long}, owner=owner, actor=owner, at=now
    )
    add_note(regarding=Ref.to(lead), description=long, subject=texts[3], actor=owner, at=now)

    page, troubles = browser.new_page(), list[str]()
    _watch(page, troubles, f"http://{site.place}/")
    page.goto(f"http://{site.place}/login/")
    page.fill("input[name=login]", "rep_a")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Sign in')")
    record, customer = f"leads/{lead.pk}/", f"accounts/{account.pk}/"
    places = ["", "leads/", record, f"{record}?tab=details", f"{record}?tab=history", f"{record}edit/"]
    places += [customer, f"{customer}?tab=details", f"{record}qualify/", "search/?q=script", "leads/?q=%3Cscript%3E"]
    for place in places:
        page.goto(f"http://{site.place}/{place}", wait_until="load")
        page.mouse.move(300, 300)
        page.keyboard.press("Tab")
    next_page = page.goto(f"http://{site.place}/leads/?sort=name")
    assert next_page is not None
    assert troubles == []


def _watch(page: Page, troubles: list[str], base: str) -> None:
    def close(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", close)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("console", lambda line: troubles.append(f"console: {line.text}") if line.type == "error" else None)
    page.on("request", lambda sent: troubles.extend([] if sent.url.startswith((base, "data:")) else [sent.url]))
