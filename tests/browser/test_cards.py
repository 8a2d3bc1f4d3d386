"""150 business cards of a fair: from the file to judged leads in a handful of actions; a block pasted into cells."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from crm.data.models import Import
from crm.users.models import User
from leads.models import Lead
from tests.factories.leads import make_lead
from tests.factories.sales import make_account
from tests.factories.users import PASSWORD
from tests.proofs.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CARDS, KNOWN = 150, 3
_CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Fair{n:03};Ann;;;\r\nORG:Fair Goods {n:03} Ltd\r\nTITLE:Buyer\r\n"
    "EMAIL:ann{n}@fair{n}.example\r\nTEL;TYPE=CELL:+49 151 {n:07}\r\nEND:VCARD\r\n"
)


@dataclass
class Counting:
    """What a person does: each click, key, text and file is one action."""

    page: Page
    done: list[str] = field(default_factory=list)

    def press(self, what: Locator) -> None:
        self.done.append("click")
        what.click()

    def write(self, where: Locator, text: str) -> None:
        self.done.append("text")
        where.fill(text)

    def give(self, where: Locator, file: Any) -> None:
        self.done.append("file")
        where.set_input_files(file)


def test_150_cards_are_pasted_typed_uploaded_and_judged_in_a_handful_of_actions(
    browser: BrowserContext, site: Site, shots: Path
) -> None:
    owner = User.objects.get(username="rep_a")
    for n in range(KNOWN):
        make_account(owner, name=f"Fair Goods {n:03} Ltd")
    make_lead(owner, last_name="Earlier", company="Long Known Ltd")
    page = signed_in(browser, site)
    a_block_of_cells_is_pasted_where_the_cursor_is(page)
    a_phone_shows_one_card_at_a_time(page, shots)
    page.goto(f"http://{site.place}/imports/cards/")
    person = Counting(page)

    the_file_fills_the_grid(person, shots)
    the_grid_becomes_leads(person, shots)
    the_clean_ones_are_qualified_at_once(person, shots)

    assert len(person.done) < 20, person.done
    assert len(person.done) == 11, person.done
    states = Lead.objects.filter(last_name__startswith="Fair").values_list("state", flat=True)
    assert sorted(states) == ["open"] * KNOWN + ["qualified"] * (CARDS - KNOWN)
    what_is_not_clean_waits_in_the_triage(page, shots)


def a_block_of_cells_is_pasted_where_the_cursor_is(page: Page) -> None:
    grid = page.locator(".cards-grid")
    block = "\n".join(f'Pasted{n}\t"Head of ""Paste"""\tPaste {n} AG' for n in range(12))
    _paste(grid.get_by_label("Last name 2", exact=True), f"{block}\n")
    assert _texts(grid, "Last Name") == ["", *(f"Pasted{n}" for n in range(12))]
    assert _texts(grid, "Job Title")[1] == 'Head of "Paste"'
    assert _texts(grid, "Company")[12] == "Paste 11 AG"
    assert _texts(grid, "First Name") == [""] * 13

    _paste(grid.get_by_label("Company 3", exact=True), "E-mail\tLast name\nnew@paste.example\tPasted again\n")
    assert (_texts(grid, "Email")[2], _texts(grid, "Last Name")[2]) == ("new@paste.example", "Pasted again")

    grid.get_by_label("Company 13", exact=True).press("Enter")
    expect(grid.get_by_label("First name 14", exact=True)).to_be_focused()
    page.get_by_role("button", name="Check the cards").click()
    expect(page.get_by_role("button", name="Import 12 rows")).to_be_visible()
    assert Import.objects.latest("pk").rows == 12


def a_phone_shows_one_card_at_a_time(page: Page, shots: Path) -> None:
    page.goto(re.sub(r"/imports/.*", "/imports/cards/", page.url))
    page.set_viewport_size({"width": 390, "height": 844})
    first, second = (page.locator(".cards-grid tbody tr").nth(place) for place in range(2))
    page.screenshot(path=shots / "cards-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    box, beside = first.bounding_box(), second.bounding_box()
    assert box is not None
    assert beside is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["width"] > 300
    assert beside["x"] > 340
    for label in ("First name 1", "Note 1"):
        expect(page.get_by_label(label, exact=True)).to_be_in_viewport()
    page.set_viewport_size({"width": 1440, "height": 900})


def signed_in(browser: BrowserContext, site: Site) -> Page:
    found = browser.new_page()
    found.goto(f"http://{site.place}/imports/cards/")
    if found.get_by_label("Login or e-mail").count():
        found.get_by_label("Login or e-mail").fill("rep_a")
        found.locator("input[name=password]").fill(PASSWORD)
        found.keyboard.press("Enter")
    expect(found.get_by_role("heading", name="Business cards")).to_be_visible()
    return found


def the_file_fills_the_grid(person: Counting, shots: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for n in range(CARDS):
            opened.writestr(f"{n}.vcf", _CARD.format(n=n))
    file = {"name": "fair.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    person.give(person.page.get_by_label("vCards or a table"), file)
    person.press(person.page.get_by_role("button", name="Put into the grid"))
    expect(person.page.get_by_label("Last name 150", exact=True)).to_have_value("Fair149")
    person.page.screenshot(path=shots / "cards-grid.png")


def the_grid_becomes_leads(person: Counting, shots: Path) -> None:
    person.write(person.page.get_by_label("Source"), "Trade show")
    person.press(person.page.get_by_role("button", name="Check the cards"))
    expect(person.page.get_by_role("button", name="Import 150 rows")).to_be_visible()
    person.page.screenshot(path=shots / "cards-checked.png")
    person.press(person.page.get_by_role("button", name="Import 150 rows"))
    expect(person.page.get_by_role("link", name="To the list")).to_be_visible()
    person.page.screenshot(path=shots / "cards-imported.png")


def the_clean_ones_are_qualified_at_once(person: Counting, shots: Path) -> None:
    page = person.page
    person.press(page.get_by_role("link", name="To the list"))
    person.press(page.locator("#list tbody input[type=checkbox]").first)
    person.press(page.get_by_label(re.compile("Everything that matches")))
    person.press(page.locator(".bulk-bar summary", has_text="Move"))
    person.press(page.locator(".bulk-bar").get_by_role("button", name="Qualify", exact=True))
    expect(page.get_by_role("heading", name=re.compile("Held back for a person"))).to_be_visible()
    page.screenshot(path=shots / "cards-held-back.png")
    person.press(page.get_by_role("button", name=re.compile(r"^Qualify: \d+ records")))
    expect(page).to_have_url(re.compile(r"/bulk-changes/\d+/"), timeout=120_000)
    page.screenshot(path=shots / "cards-qualified.png")


def what_is_not_clean_waits_in_the_triage(page: Page, shots: Path) -> None:
    page.goto(re.sub(r"/bulk-changes/.*", "/leads/triage/", page.url))
    waiting = page.locator(".triage-list .row-name")
    expect(waiting.filter(has_text="Fair")).to_have_count(KNOWN)
    page.screenshot(path=shots / "cards-triage.png")


def _paste(where: Locator, text: str) -> None:
    where.focus()
    where.evaluate(
        """(box, text) => {
            const held = new DataTransfer();
            held.setData("text/plain", text);
            box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def _texts(grid: Locator, column: str) -> list[str]:
    """Of the column, down to the last filled row of the grid."""
    rows: list[list[str]] = grid.evaluate(
        "grid => [...grid.tBodies[0].rows].map(row => [...row.querySelectorAll('input')].map(box => box.value))"
    )
    names: list[str] = grid.evaluate(
        "grid => [...grid.tBodies[0].rows[0].querySelectorAll('input')].map(box => box.name)"
    )
    filled = max(place for place, row in enumerate(rows) if any(row))
    return [row[names.index(f"card-{column}")] for row in rows[: filled + 1]]
