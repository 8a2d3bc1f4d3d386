"""A duplicate is told of while it is typed, found on its page, and merged by clicks."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crm.users.models import User
from leads.models import Lead
from tests.factories.leads import make_lead
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_duplicate_is_told_of_and_merged(browser: BrowserContext, site: Site, shots: Path) -> None:
    owner = User.objects.get(username="rep_a")
    one = make_lead(
        owner, first_name="Tina", last_name="Twin", company="Twin GmbH", email="tina@twin.example", topic=""
    )
    two = make_lead(
        owner, first_name="Tina", last_name="Twinn", company="Twin", email="t@twin.example", topic="Pumps", phone="5"
    )
    page = browser.new_page()
    page.goto(f"http://{site.place}/leads/new/")
    page.get_by_label("Login or e-mail").fill("rep_a")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/leads/new/"))
    the_form_tells_while_one_types(page, shots)
    the_two_are_ticked_and_merged(page, site, shots)
    assert Lead.objects.filter(last_name__startswith="Twin").count() == 2
    one.refresh_from_db()
    assert (one.email, one.topic) == ("t@twin.example", "Pumps")
    assert Lead.with_bin.get(pk=two.pk).deleted_at is not None


def the_form_tells_while_one_types(page: Page, shots: Path) -> None:
    page.get_by_label("E-mail", exact=True).press_sequentially("tina@twin.example")
    warning = page.locator("#second-look")
    expect(warning).to_contain_text("This looks like a record that is there already.")
    expect(warning.get_by_role("link", name="Tina Twin", exact=True)).to_be_visible()
    page.screenshot(path=shots / "duplicates-form.png")
    page.get_by_label("Last name").fill("Twin anyway")
    page.get_by_role("button", name="Save lead").click()
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))


def the_two_are_ticked_and_merged(page: Page, site: Site, shots: Path) -> None:
    page.goto(f"http://{site.place}/leads/?view=all&q=twin")
    for name in ("Tina Twin", "Tina Twinn"):
        page.get_by_label(f"Select {name}", exact=True).check()
    page.locator(".bulk-bar").get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", name="Merge leads")).to_be_visible()
    for width, theme in ((1440, "light"), (1440, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # both are known
        page.screenshot(path=shots / f"merge-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label(re.compile("^E-mail: t@twin")).check()
    page.get_by_role("button", name="Merge").click()
    expect(page).to_have_url(re.compile(r"/merges/\d+/$"))
    page.screenshot(path=shots / "merged.png")
    expect(page.get_by_role("link", name="Take back")).to_be_visible()
