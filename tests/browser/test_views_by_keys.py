"""A view by keys alone, with the focus in sight wherever it goes: asked for, kept, shared, its records given away.

Then that is taken back, and a contact found by the last six digits of its phone number.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crm.users.models import SavedView, Team, TeamMembership
from leads.models import Lead
from tests.browser.hands import Keys
from tests.browser.walks import Walk
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


def test_a_view_is_built_shared_and_worked_and_a_contact_found_by_keys_alone(
    chrome: Browser, site: Site, shots: Path
) -> None:
    furnish(site)
    folder = shots / "views"
    folder.mkdir(exist_ok=True)
    window = chrome.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB")
    page = window.new_page()
    keys = Keys(page)
    walk = Walk(page, keys, f"http://{site.place}", folder)
    walk.sign_in()
    for step in (
        a_query_is_typed,
        a_column_is_added,
        the_view_is_kept_and_shared,
        its_records_are_given_to_somebody_else,
        that_is_taken_back,
        a_contact_is_found_by_the_end_of_its_phone_number,
    ):
        step(page, keys)
        page.screenshot(path=folder / f"{step.__name__}.png")
    window.close()
    assert walk.troubles == []


def furnish(site: Site) -> None:
    owner = site.cast.rep_a
    for name, rating in (("First", "hot"), ("Second", "hot"), ("Third", "cold")):
        make_lead(owner, first_name="", last_name=name, company=f"{name} GmbH", topic=f"Pumps {name}", rating=rating)
    make_contact(owner, first_name="Katrin", last_name="Ostermoor", phone="+49 30 5550 0123")
    make_contact(owner, first_name="Jan", last_name="Marsch", phone="+49 30 5550 0124")
    team = Team.objects.create(name="Fair", business_unit=site.cast.north, kind="sharing")
    TeamMembership.objects.create(team=team, user=owner)


def a_query_is_typed(page: Page, keys: Keys) -> None:
    keys.write(page.locator("#id_q"), "rating:hot")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chip]")).to_have_count(3)
    expect(page.locator("#list tbody tr")).to_have_count(2)


def a_column_is_added(page: Page, keys: Keys) -> None:
    keys.press(page.get_by_title("Columns, order, groups"))
    expect(page.locator("[data-pick]").first).to_be_visible()
    keys.press(page.get_by_text("Of the record itself"))
    keys.tick(page.get_by_label("Job title", exact=True))
    keys.choose(page.get_by_label("Grouped by"), "Rating")
    keys.press(page.get_by_role("button", name="Show it like this"))
    expect(page.locator("thead th").last).to_contain_text("Job title")
    expect(page.locator(".is-group")).to_contain_text("Hot")


def the_view_is_kept_and_shared(page: Page, keys: Keys) -> None:
    keys.press(page.locator("form.tools").get_by_role("link", name="Save as a new view"))
    keys.write(page.get_by_label("Name"), "Hottest")
    keys.tick(page.get_by_label("Fair"))
    keys.press(page.get_by_role("button", name="Save view"))
    expect(page.get_by_role("link", name="Hottest")).to_have_attribute("aria-current", "page")
    expect(page.locator("#list tbody tr:not(.is-group)")).to_have_count(2)
    expect(page.locator(".is-group")).to_contain_text("Hot")
    expect(page.locator("thead th").last).to_contain_text("Job title")
    view = SavedView.objects.get()
    assert (view.owner.username, view.grouping) == ("rep_a", "rating")
    assert view.query == "state:open owner:me rating:hot"
    assert view.columns.split(",")[-1] == "job_title"
    assert [team.name for team in view.teams.all()] == ["Fair"]


def its_records_are_given_to_somebody_else(page: Page, keys: Keys) -> None:
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(bar).to_be_visible()
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    keys.press(bar.get_by_role("button", name="Assign"))
    expect(page.get_by_text("2 will change")).to_be_visible()
    keys.choose(page.get_by_label("Person"), "Ben North")
    keys.press(page.get_by_role("button", name="Assign: 2 records"))
    expect(page.get_by_text("2 records changed")).to_be_visible()
    assert owners() == {"First": "rep_b", "Second": "rep_b", "Third": "rep_a"}


def that_is_taken_back(page: Page, keys: Keys) -> None:
    keys.press(page.get_by_role("link", name="Take back"))
    keys.press(page.get_by_role("button", name="Take back"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Taken back")
    expect(page.get_by_text("2 records changed")).to_be_visible()
    assert owners() == {"First": "rep_a", "Second": "rep_a", "Third": "rep_a"}


def a_contact_is_found_by_the_end_of_its_phone_number(page: Page, keys: Keys) -> None:
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("500123")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=500123$"))
    expect(page.locator(".hits li")).to_have_count(1)
    keys.press(page.get_by_role("link", name="Katrin Ostermoor"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Katrin Ostermoor")


def owners() -> dict[str, str]:
    return dict(Lead.objects.values_list("last_name", "owner__username"))
