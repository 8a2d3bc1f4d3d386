"""A list by keys alone: look at a row, edit a cell. What is done with many: test_views_by_keys.py."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crm.users.models import User
from leads.models import Lead
from tests.factories.leads import make_lead
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


def test_a_row_is_looked_at_and_a_cell_edited_by_keys_alone(browser: BrowserContext, site: Site, shots: Path) -> None:
    page = signed_in(browser, site)
    keys_look_at_a_row_and_give_the_focus_back(page, shots)
    a_cell_is_edited_where_it_stands(page, shots)


def signed_in(browser: BrowserContext, site: Site) -> Page:
    """On a list of leads with topic and rating: Third, Second, First."""
    owner = User.objects.get(username="rep_a")
    for name in ("First", "Second", "Third"):
        make_lead(owner, first_name="", last_name=name, company=f"{name} GmbH", topic="Pumps", rating="cold")
    found = browser.new_page()
    found.goto(f"http://{site.place}/leads/?columns=name,topic,rating,owner")
    found.get_by_label("Login or e-mail").fill("rep_a")
    found.locator("input[name=password]").fill(PASSWORD)
    found.keyboard.press("Enter")
    expect(found).to_have_url(re.compile(r"/leads/"))
    return found


def keys_look_at_a_row_and_give_the_focus_back(page: Page, shots: Path) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    panel = page.locator("#peek")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading", name="Second")).to_be_focused()
    page.screenshot(path=shots / "bulk-peek.png")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="Second", exact=True)).to_be_focused()


def a_cell_is_edited_where_it_stands(page: Page, shots: Path) -> None:
    page.keyboard.press("e")
    box = page.get_by_label("Topic")
    expect(box).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Dropped")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("Second"))).to_contain_text("Pumps")
    page.keyboard.press("e")
    expect(box).to_be_focused()
    page.screenshot(path=shots / "bulk-cell.png")
    page.keyboard.press("Control+a")
    page.keyboard.type("Valves")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Second"))).to_contain_text("Valves")
    expect(page.get_by_role("link", name="Second", exact=True)).to_be_focused()
    assert Lead.objects.get(last_name="Second").topic == "Valves"
