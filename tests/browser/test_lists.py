"""Lists by keyboard alone: ask, be helped, see what is wrong, choose columns."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from leads.models import Lead
from tests.browser.test_comfort import signed_in
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


def test_a_list_is_asked_and_shaped_by_keyboard_alone(browser: BrowserContext, site: Site) -> None:
    Lead.objects.update(rating="warm")
    page = signed_in(browser, site)
    Lead.objects.filter(name="Second").update(rating="hot")
    for step in (
        proposals_are_chosen_with_arrows_and_become_a_chip,
        backspace_takes_the_last_chip_back_into_the_box,
        what_is_wrong_is_marked_at_its_word,
        a_condition_is_put_together_in_a_dialog,
        a_column_is_ticked_and_moved_in_a_dialog,
    ):
        step(page)


def box(page: Page) -> None:
    page.locator("#id_q").focus()


def proposals_are_chosen_with_arrows_and_become_a_chip(page: Page) -> None:
    box(page)
    page.keyboard.type("rat")
    expect(page.get_by_role("option").first).to_contain_text("Rating")
    expect(page.locator("#id_q")).to_have_attribute("aria-expanded", "true")
    box(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_q")).to_have_value("rating:")
    page.keyboard.type("h")
    expect(page.get_by_role("option", name="Hot")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.type("ot")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=state%3Aopen\+owner%3Ame\+rating%3Ahot"))
    expect(page.locator("[data-chip]")).to_have_count(3)
    expect(page.locator("#list tbody tr")).to_have_count(1)


def backspace_takes_the_last_chip_back_into_the_box(page: Page) -> None:
    box(page)
    page.keyboard.press("Backspace")
    expect(page.locator("#id_q")).to_have_value("rating:hot")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chip]")).to_have_count(3)


def what_is_wrong_is_marked_at_its_word(page: Page) -> None:
    box(page)
    page.keyboard.type("ratin:hot")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".query-wrong mark")).to_have_text("ratin")
    page.get_by_role("link", name="Start again").press("Enter")
    expect(page.locator(".query-wrong")).to_have_count(0)


def a_condition_is_put_together_in_a_dialog(page: Page) -> None:
    page.get_by_title("Add a condition").press("Enter")
    field = page.get_by_label("Field")
    expect(field).to_be_focused()
    field.select_option("rating")
    expect(page.get_by_label("Hot")).to_be_visible()
    page.get_by_label("Hot").press("Space")
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page).to_have_url(re.compile(r"rating%3Ahot"))
    expect(page.locator("#list tbody tr")).to_have_count(1)


def a_column_is_ticked_and_moved_in_a_dialog(page: Page) -> None:
    page.get_by_title("Columns, order, groups").press("Enter")
    expect(page.locator("[data-pick]").first).to_be_visible()
    page.get_by_text("Of the record itself").press("Enter")
    page.get_by_label("Job title", exact=True).press("Space")
    page.get_by_role("button", name="Move Company down").press("Enter")
    page.get_by_label("Grouped by").select_option("rating")
    page.get_by_role("button", name="Show it like this").press("Enter")
    expect(page.locator(".is-group")).to_contain_text("Hot")
    heads = [head.strip() for head in page.locator("thead th").all_inner_texts()]
    assert heads[1:4] == ["Name", "Topic", "Company"]
    assert heads[-1] == "Job title"
