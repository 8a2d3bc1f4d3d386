"""A list by keys alone: tick, look, edit a cell, give many to somebody else, and take it back."""

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


def test_a_list_is_worked_by_keys_alone(browser: BrowserContext, site: Site, shots: Path) -> None:
    page = signed_in(browser, site)
    keys_look_at_a_row_and_give_the_focus_back(page, shots)
    a_cell_is_edited_where_it_stands(page, shots)
    many_are_given_away_and_taken_back(page, shots)


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


def many_are_given_away_and_taken_back(page: Page, shots: Path) -> None:
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(bar).to_be_visible()
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    page.screenshot(path=shots / "bulk-bar.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=shots / "bulk-bar-390.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    bar.get_by_role("button", name="Assign").press("Enter")
    expect(page.get_by_text("2 will change")).to_be_visible()
    page.get_by_label("Person").select_option(label="Ben North")
    page.screenshot(path=shots / "bulk-preview.png")
    page.get_by_role("button", name="Assign: 2 records").press("Enter")
    expect(page.get_by_text("2 records changed")).to_be_visible()
    page.screenshot(path=shots / "bulk-result.png")
    assert Lead.objects.filter(owner__username="rep_b").count() == 2
    page.get_by_role("link", name="Take back").press("Enter")
    page.get_by_role("button", name="Take back").press("Enter")
    expect(page.get_by_text("2 records changed")).to_be_visible()
    assert Lead.objects.filter(owner__username="rep_a").count() == 3
