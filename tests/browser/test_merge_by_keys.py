"""Two leads become one by keys alone: ticked, compared, the field chosen, merged; and both are there again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from leads.models import Lead
from tests.browser.hands import Keys
from tests.browser.walks import Walk
from tests.factories.leads import make_lead
from tests.proofs.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("walks")]
PHONES = {"Ada Byron": "+493055500001", "Ada Biron": "+493055500002"}


def test_two_leads_are_merged_and_taken_apart_by_keys_alone(chrome: Browser, site: Site, shots: Path) -> None:
    for name, phone in PHONES.items():
        first, last = name.split()
        make_lead(site.cast.rep_a, first_name=first, last_name=last, company="Byron GmbH", phone=phone)
    folder = shots / "merge"
    folder.mkdir(exist_ok=True)
    window = chrome.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB")
    page = window.new_page()
    keys = Keys(page)
    walk = Walk(page, keys, f"http://{site.place}", folder)
    walk.sign_in()
    for step in (two_are_ticked, the_phone_of_the_other_is_chosen, they_are_merged, that_is_taken_back):
        step(page, keys)
        page.screenshot(path=folder / f"{step.__name__}.png")
    window.close()
    assert walk.troubles == []


def two_are_ticked(page: Page, keys: Keys) -> None:
    expect(page.locator("#list tbody tr")).to_have_count(2)
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    bar = page.locator("#bulk")
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    keys.press(bar.get_by_role("button", name="Merge"))
    expect(page).to_have_url(re.compile(r"/leads/merge/\?id=\d+&id=\d+$"))


def the_phone_of_the_other_is_chosen(page: Page, keys: Keys) -> None:
    """The master's stands first; an arrow goes to that of the other."""
    phones = page.locator("input[name=stays-phone]")
    expect(phones).to_have_count(2)
    expect(phones.first).to_be_checked()
    keys.reach(phones.first)
    page.keyboard.press("ArrowRight")
    expect(phones.last).to_be_checked()


def they_are_merged(page: Page, keys: Keys) -> None:
    before = {lead.name: lead.phone for lead in Lead.objects.all()}
    assert before == PHONES
    keys.press(page.locator("main").get_by_role("button", name="Merge", exact=True))
    expect(page.get_by_role("link", name="Take back")).to_be_visible()
    [lead] = Lead.objects.all()
    assert lead.phone == next(phone for name, phone in PHONES.items() if name != lead.name)


def that_is_taken_back(page: Page, keys: Keys) -> None:
    keys.press(page.get_by_role("link", name="Take back"))
    keys.press(page.get_by_role("button", name="Take back"))
    expect(page.locator("main")).to_contain_text("This was taken back")
    assert {lead.name: lead.phone for lead in Lead.objects.all()} == PHONES
