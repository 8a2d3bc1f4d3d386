"""What scripts add to pages that work without them: keys, help, neighbours, tabs, and choosing in a conflict."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crm.users.models import User
from leads.models import Lead
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


def test_scripts_add_comfort_to_pages_that_work_without_them(browser: BrowserContext, site: Site) -> None:
    page = signed_in(browser, site)
    keys_move_open_search_and_help_and_a_record_knows_its_neighbours(page)
    for journey in (
        a_tab_changes_the_address_and_back_leads_back,
        a_menu_closes_with_escape_and_gives_the_focus_back,
        in_a_conflict_a_choice_fills_its_field_and_typing_chooses_mine,
        the_palette_finds_by_keyboard_and_acts_on_the_page,
    ):
        page.goto(f"http://{site.place}/leads/")
        page.get_by_role("link", name="Second", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Second")
        journey(page)


def signed_in(browser: BrowserContext, site: Site) -> Page:
    """On the list of leads: Third, Second, First."""
    owner = User.objects.get(username="rep_a")
    for name in ("First", "Second", "Third"):
        make_lead(owner, first_name="", last_name=name, company=f"{name} GmbH")
    found = browser.new_page()
    found.goto(f"http://{site.place}/leads/")
    found.get_by_label("Login or e-mail").fill("rep_a")
    found.locator("input[name=password]").fill(PASSWORD)
    found.keyboard.press("Enter")
    expect(found).to_have_url(re.compile(r"/leads/$"))
    return found


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def keys_move_open_search_and_help_and_a_record_knows_its_neighbours(page: Page) -> None:
    for key, name in (("j", "Third"), ("j", "Second"), ("k", "Third"), ("k", "Third"), ("j", "Second")):
        page.keyboard.press(key)
        assert focused(page) == name
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Second")
    neighbours = page.locator("[data-neighbours]")
    expect(neighbours).to_contain_text("2 of 3")
    page.get_by_role("link", name="Next record of the list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("First")
    expect(page.get_by_role("link", name="Next record of the list")).to_have_attribute("aria-disabled", "true")

    page.keyboard.press("/")
    page.keyboard.type("gj?n")  # in a field, keys are letters
    expect(page.locator("[data-search]")).to_have_value("gj?n")
    page.locator("[data-search]").evaluate("field => field.blur()")
    opener = page.get_by_role("button", name="Help: the keys that work")
    opener.click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(r"/edit/$"))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile(r"/leads/$"))
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(r"/leads/new/$"))


def a_tab_changes_the_address_and_back_leads_back(page: Page) -> None:
    history = page.get_by_role("link", name="History")
    history.click()
    expect(history).to_have_attribute("aria-current", "page")
    expect(history).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?tab=history$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Second")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    expect(page.get_by_role("link", name="Timeline")).to_have_attribute("aria-current", "page")


def a_menu_closes_with_escape_and_gives_the_focus_back(page: Page) -> None:
    opener = page.locator(".head summary", has_text="More actions")
    opener.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className").startswith("menu-item")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator(".head details.menu")).not_to_have_attribute("open", "")


def in_a_conflict_a_choice_fills_its_field_and_typing_chooses_mine(page: Page) -> None:
    page.keyboard.press("e")
    company, title = page.locator("[name=company]"), page.locator("[name=job_title]")
    company.fill("Mine GmbH")
    Lead.objects.filter(last_name="Second").update(company="Theirs GmbH", job_title="Buyer")
    save = page.get_by_role("button", name="Save lead")
    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Someone else saved this record")
    expect(company).to_have_value("Mine GmbH")
    expect(title).to_have_value("Buyer")  # left alone, so the saved value stays
    keep = page.get_by_role("radiogroup", name="Keep: Company")
    keep.get_by_text("Saved").click()
    expect(company).to_have_value("Theirs GmbH")
    keep.get_by_text("Yours").click()
    expect(company).to_have_value("Mine GmbH")
    title.fill("Chief buyer")
    expect(page.get_by_role("radiogroup", name="Keep: Job title").get_by_label("Yours")).to_be_checked()
    save.click()
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    lead = Lead.objects.get(last_name="Second")
    assert (lead.company, lead.job_title) == ("Mine GmbH", "Chief buyer")


def the_palette_finds_by_keyboard_and_acts_on_the_page(page: Page) -> None:
    owner = User.objects.get(username="rep_a")
    make_contact(owner, first_name="Katrin", last_name="Ostermoor", phone="+44 20 7946 0123")
    palette, sought = page.get_by_role("dialog", name="Palette"), page.get_by_role("combobox", name="Search, or")
    opener = page.get_by_role("button", name="Palette: search and act")
    opener.click()
    expect(palette.get_by_role("option", name="Second", exact=False).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type(">ed")
    acts = palette.get_by_role("group", name="Do with Second").get_by_role("option")
    expect(acts).to_have_count(1)  # until then, what can be done without a word
    expect(acts).to_have_text(re.compile("Edit"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/leads/\d+/edit/$"))

    page.keyboard.press("Control+k")
    page.keyboard.type("46 0123")
    found = palette.get_by_role("group", name="Records").get_by_role("option")
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("aria-selected", "true")
    expect(sought).to_have_attribute("aria-activedescendant", str(found.get_attribute("id")))
    expect(sought).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(found).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Katrin Ostermoor")

    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(palette.get_by_role("option")).to_have_count(1)  # the search of everything
    page.keyboard.press("Control+k")
    expect(palette).to_be_hidden()
