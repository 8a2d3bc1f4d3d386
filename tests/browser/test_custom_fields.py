"""By clicks alone: an administrator adds a field of every kind, and a seller fills, shows and finds them at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from crm.core.models import CustomField, CustomKind
from leads.models import Lead
from tests.browser.entering import enter
from tests.factories.custom import make_field_of_each_kind
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_quote
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser

KINDS = [(kind.value, f"My {kind.value.replace('_', ' ')}") for kind in CustomKind]

type Act = Callable[[Page], object]

#: What is filled in, what the details show, and a query that finds it.
FILLED: dict[str, tuple[Act, str, str]] = {
    "text": (lambda page: page.get_by_label("My text").fill("Wide belt"), "Wide belt", 'my_text:="wide belt"'),
    "long_text": (lambda page: page.get_by_label("My long text").fill("One\ntwo"), "One", "my_long_text:two"),
    "whole": (lambda page: page.get_by_label("My whole").fill("1250"), "1,250", "my_whole:>1000"),
    "decimal": (lambda page: page.get_by_label("My decimal").fill("0.125"), "0.125", "my_decimal:0.125"),
    "money": (lambda page: page.get_by_label("My money").fill("99.90"), "99.90", "my_money:<100"),
    "date": (lambda page: page.get_by_label("My date").fill("2026-03-31"), "31 Mar 2026", "my_date:2026-03"),
    "time": (lambda page: page.get_by_label("My time").fill("07:05"), "07:05", "my_time:07:05"),
    "yes_no": (lambda page: page.get_by_label("My yes no").select_option("yes"), "yes", "my_yes_no:yes"),
    "choice": (lambda page: page.get_by_label("My choice").nth(0).select_option("green"), "Green", "my_choice:green"),
    "choices": (lambda page: page.get_by_role("checkbox", name="Red").check(), "Red", "my_choices:red"),
    "person": (
        lambda page: page.get_by_label("My person").select_option(label="Ben North"),
        "Ben North",
        "my_person:ben*",
    ),
    "record": (
        lambda page: page.get_by_label("My record").fill("Green Lakes Dairy"),
        "Green Lakes Dairy",
        "my_record:green",
    ),
}

#: Lists round amounts.
IN_LISTS = {"money": "100"}


def test_a_field_of_every_kind_is_added_and_used_by_clicks_alone(
    chrome: Browser, browser: BrowserContext, site: Site, shots: Path
) -> None:
    make_account(site.cast.rep_a, "Green Lakes Dairy")
    make_lead(site.cast.rep_a)
    enter(browser, site, site.cast.rep_a)
    page = browser.new_page()
    page.goto(f"http://{site.place}/leads/new/")

    an_administrator_adds_them(chrome, site)
    a_seller_fills_them(page, shots)
    the_details_show_them(page)
    a_list_shows_and_finds_them(page, f"http://{site.place}/leads/", shots)


def test_fields_of_lines_are_typed_in_the_grid_while_sums_go_on(
    chrome: Browser, browser: BrowserContext, site: Site, shots: Path
) -> None:
    make_field_of_each_kind("sales.quoteline")
    quote = make_quote(site.cast.rep_a)
    enter(browser, site, site.cast.rep_a)
    page = browser.new_page()
    page.goto(f"http://{site.place}/quotes/{quote.pk}/?tab=lines")
    expect(page.get_by_label("Further fields of row 1", exact=True)).to_be_visible()
    expect(page.get_by_label("Further fields of row 2", exact=True)).to_be_hidden()
    page.get_by_label("Further fields of row 1", exact=True).click()
    row = page.locator("#line-0-row")
    row.get_by_label("My text").fill("Wide belt")
    row.get_by_label("My whole").fill("many")
    row.get_by_label("My whole").press("Tab")
    expect(row.locator(".line-from")).to_contain_text("My whole: Enter a whole number.")
    row.get_by_label("My whole").fill("1250")
    row.get_by_role("checkbox", name="Visit").check()
    row.get_by_label("Quantity of row 1").fill("3")
    row.get_by_label("Quantity of row 1").press("Tab")
    expect(page.locator("#sums")).to_contain_text("300.00")
    pictured(page, shots, "grid")
    page.get_by_role("button", name="Save lines").click()
    expect(page.get_by_text("Lines saved")).to_be_visible()
    assert quote.lines.get().custom == {"my_text": "Wide belt", "my_whole": "1250", "my_choices": ["visit"]}


def pictured(page: Page, shots: Path, name: str) -> None:
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
            page.screenshot(path=shots / f"{name}-{width}-{theme}.png", full_page=True)


def an_administrator_adds_them(chrome: Browser, site: Site) -> None:
    desk = chrome.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    enter(desk, site, site.cast.administrator)
    page = desk.new_page()
    for kind, label in KINDS:
        add_field(page, f"http://{site.place}/admin/core/customfield/add/", kind, label)
    desk.close()
    assert CustomField.objects.count() == len(KINDS)


def a_seller_fills_them(page: Page, shots: Path) -> None:
    page.reload()
    page.get_by_label("Last name").fill("Quill")
    for act, _shown, _query in FILLED.values():
        act(page)
    page.screenshot(path=shots / "custom-form.png", full_page=True)
    page.get_by_role("button", name="Save lead").click()
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    assert len(Lead.objects.get(last_name="Quill").custom) == len(KINDS)


def the_details_show_them(page: Page) -> None:
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Details").click()
    for kind, label in KINDS:
        expect(page.locator("main")).to_contain_text(label)
        expect(page.locator("main")).to_contain_text(FILLED[kind][1])


def a_list_shows_and_finds_them(page: Page, address: str, shots: Path) -> None:
    page.goto(f"{address}?columns=name,{','.join(f'my_{kind}' for kind in FILLED)}")
    rows, chips = page.locator("#list tbody tr"), page.locator("[data-chip]")
    expect(rows).to_have_count(2)
    row, before = rows.filter(has_text="Quill"), chips.count()
    for kind, label in KINDS:
        expect(page.locator("#list thead")).to_contain_text(label)
        expect(row).to_contain_text(IN_LISTS.get(kind, FILLED[kind][1]))
    for number, (_act, _shown, query) in enumerate(FILLED.values(), start=1):
        page.locator("#id_q").fill(query)
        page.locator("#id_q").press("Enter")
        expect(chips).to_have_count(before + number)
        expect(page.locator(".query-wrong")).to_have_count(0)
        expect(rows).to_have_count(1)
        expect(row).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=shots / "custom-list-phone-dark.png", full_page=True)


def add_field(page: Page, url: str, kind: str, label: str) -> None:
    page.goto(url)
    page.locator("#id_noun").select_option("leads.lead")
    page.locator("#id_label").fill(label)
    page.locator("#id_kind").select_option(kind)
    if kind == "record":
        page.locator("#id_related").select_option("customers.account")
    if kind in {"choice", "choices"}:
        page.locator("#id_choices-0-label").fill("Red")
        page.locator("#id_choices-1-label").fill("Green")
    page.locator("button[name=_save], input[name=_save]").first.click()
    expect(page).to_have_url(re.compile(r"/admin/core/customfield/$"))
