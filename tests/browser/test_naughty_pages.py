"""What the big list of naughty strings would run, if any of it ran: no dialog, no error, no request to elsewhere."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Page

from activities.regarding import Ref
from activities.services.notes import add_note
from crm.customers.services.accounts import create_account
from leads.models import CapturedPost
from leads.services.leads import create_lead
from tests.attacks.naughty import naughty_strings, plain
from tests.factories.campaigns import make_campaign, make_list
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser

_CODE = re.compile(r"[<>]|javascript:|alert|onload|\{\{|\$\{", re.IGNORECASE)


def test_no_string_that_holds_code_runs_on_any_page(browser: BrowserContext, site: Site) -> None:
    """As an administrator, who sees the pages of all others too; and the record once more as it is printed."""
    texts = [plain(text) for text in naughty_strings() if _CODE.search(text)]
    assert len(texts) > 150
    places = _typed_into_records(texts, site.cast.rep_a)
    page, troubles = browser.new_page(), list[str]()
    _watch(page, troubles, f"http://{site.place}/")
    page.goto(f"http://{site.place}/login/")
    page.fill("input[name=login]", "administrator")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Sign in')")
    for place in places:
        answer = page.goto(f"http://{site.place}/{place}", wait_until="load")
        assert (answer.status if answer else 0) == 200, place
        page.mouse.move(300, 300)
        page.keyboard.press("Tab")
    page.emulate_media(media="print")
    page.goto(f"http://{site.place}/{places[0]}", wait_until="load")
    assert plain(texts[1][:80]) in plain(page.inner_text("h1"))
    page.goto(f"http://{site.place}/leads/?sort=name")
    assert troubles == []


def _typed_into_records(texts: list[str], owner: Any) -> list[str]:
    """The pages that show them, first that of a lead."""
    now, long = timezone.now(), "\n".join(texts)[:30_000]
    by: dict[str, Any] = {"owner": owner, "actor": owner, "at": now}
    for text in texts:
        create_lead(values={"last_name": text[:80], "topic": text[:200]}, **by)
    account = create_account(values={"name": texts[0], "description": long}, **by)
    values = {"last_name": texts[1], "company": texts[2], "description": long}
    lead, twin = create_lead(values=values, **by), create_lead(values=values | {"topic": texts[5]}, **by)
    add_note(regarding=Ref.to(lead), description=long, subject=texts[3], actor=owner, at=now)
    campaign = make_campaign(owner, texts[4][:200], objective=long)
    chosen = make_list(owner, texts[6][:200], purpose=long[:2000])
    held = CapturedPost.objects.create(
        form_key=texts[7][:40],
        path="/capture/",
        body=long.encode(),
        fields=[[text[:60], [text]] for text in texts],
        verdict="spam",
        sender=texts[8][:100],
        spam_score=60,
        reasons=["link_in_name"],
    )
    record, customer = f"leads/{lead.pk}/", f"accounts/{account.pk}/"
    places = [record, f"{record}?tab=details", f"{record}?tab=history", f"{record}edit/", f"{record}qualify/"]
    places += [customer, f"{customer}?tab=details", f"campaigns/{campaign.pk}/?tab=details", "campaigns/"]
    places += [f"marketing-lists/{chosen.pk}/", "quarantine/", f"quarantine/posts/{held.pk}/"]
    places += ["", "leads/", "leads/?q=%3Cscript%3E", "search/?q=script", "leads/triage/", "reports/leads/"]
    places += [f"leads/merge/?id={lead.pk}&id={twin.pk}", "leads/bulk/?view=all&scope=all&act=qualify"]
    return [*places, "admin/leads/lead/", f"admin/leads/lead/{lead.pk}/change/"]


def _watch(page: Page, troubles: list[str], base: str) -> None:
    def close(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", close)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("response", lambda got: troubles.append(f"{got.status} at {got.url}") if got.status >= 400 else None)
    page.on("console", lambda line: troubles.append(f"console: {line.text}") if line.type == "error" else None)
    page.on("request", lambda sent: troubles.extend([] if sent.url.startswith((base, "data:")) else [sent.url]))
