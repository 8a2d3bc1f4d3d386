"""The journey from a form on a website to the paid invoice, step by step, with the right figures on every page.

448.50 (3 × 149.50) + 161.88 (2.5 × 64.75, half up) + 80.00 = 690.38; less 5 % = 655.86; freight 12.50;
20 % of 668.36 = 133.67; total 802.03; paid 300.00, then 502.03.
"""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hands import Hand
from tests.browser.website import Website
from tests.factories.users import PASSWORD

expect.set_options(timeout=20_000)  # a machine may have much else to do

LINES = {"Lines": "690.38", "Tax 20 % of 690.38": "138.08", "Total": "EUR 828.46"}
DOCUMENT = {
    "Lines": "690.38",
    "Discount 5 %": "−34.52",
    "Before freight": "655.86",
    "Freight": "12.50",
    "Tax 20 % of 668.36": "133.67",
    "Total": "EUR 802.03",
}
# An invoice takes its share of the order's discount as an amount.
INVOICE = {label.removesuffix(" 5 %"): amount for label, amount in DOCUMENT.items()}


class Walk:
    """One person at one screen. Every step leaves a picture."""

    def __init__(self, page: Page, hand: Hand, address: str, shots: Path) -> None:
        self._page, self._hand, self._address, self._shots = page, hand, address, shots
        self._step = 0
        #: What the browser complained about: errors of scripts, refused resources, answers of 500.
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)

    def post_the_form(self, website: Website) -> None:
        page = self._page
        page.goto(website.address)
        self._hand.write(page.get_by_label("First name"), "Katrin")
        self._hand.write(page.get_by_label("Last name"), "Ostermoor")
        self._hand.write(page.get_by_label("E-mail"), "katrin@ostermoor.example")
        self._hand.write(page.get_by_label("Company"), "Ostermoor Brauerei GmbH")
        self._hand.write(page.get_by_label("Phone"), "+49 30 5550 123")
        self._hand.write(page.get_by_label("Your question"), "Inline density for the new brewhouse?")
        self._hand.write(page.get_by_label("Number of lines"), "2")
        self._hand.press(page.get_by_role("button", name="Send"))
        expect(page.get_by_role("heading")).to_have_text("Thank you, we will call you.")
        self._picture("posted")

    def sign_in(self) -> None:
        page = self._page
        page.goto(f"{self._address}/leads/")
        expect(page).to_have_url(re.compile(r"/login/\?next="))
        self._hand.write(page.get_by_label("Login or e-mail"), "rep_a")
        self._hand.write(page.locator("input[name=password]"), PASSWORD)
        self._hand.press(page.get_by_role("button", name="Sign in", exact=True))
        expect(page).to_have_url(re.compile(r"/leads/$"))

    def find_the_lead(self) -> None:
        page = self._page
        expect(page.get_by_role("link", name="My open leads")).to_have_attribute("aria-current", "page")
        row = page.locator("tbody tr").filter(has_text="Ostermoor Brauerei GmbH")
        expect(row).to_contain_text("New")
        self._picture("my-open-leads")
        self._hand.press(row.get_by_role("link", name="Katrin Ostermoor"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Katrin Ostermoor")
        expect(page.locator("main")).to_contain_text("katrin@ostermoor.example")
        self._picture("lead")
        self._open_tab("Details")
        expect(page.locator("main")).to_contain_text("00N2000000lines")

    def qualify(self) -> None:
        page = self._page
        self._hand.press(page.locator("main").get_by_role("link", name="Qualify", exact=True))
        for part in ("account", "contact", "opportunity"):
            expect(page.locator(f"input[name={part}-choice][value=create]")).to_be_checked()
        self._hand.write(page.locator("input[name=opportunity-0-topic]"), "Density for the new brewhouse")
        plan = page.locator("#plan")
        for promise in ("1 account made", "1 contact made", "1 opportunity made"):
            expect(plan).to_contain_text(promise)
        self._picture("qualify")
        self._hand.press(page.get_by_role("button", name="Qualify lead"))
        self._arrive("Density for the new brewhouse", "In progress")
        self._picture("opportunity")

    def add_lines(self) -> None:
        page = self._page
        self._open_tab("Lines")
        self._fill_row(1, item="FM-25", quantity="3")
        self._fill_row(2, item="SV-1", quantity="2.5")
        self._hand.choose(page.get_by_label("Kind of row 3"), "Write-in")
        self._fill_row(3, item="Adapter flange to drawing", quantity="1", price="80")
        self._hand.press(page.get_by_role("button", name="Save lines"))
        self._arrive("Density for the new brewhouse", "In progress")
        assert self._totals() == LINES
        self._picture("lines")

    def make_a_quote(self) -> None:
        page = self._page
        self._hand.press(page.locator("main").get_by_role("link", name="New quote").first)
        self._confirm("New quote")
        self._arrive("QUO-", "Draft")
        assert self._totals() == LINES
        self._hand.press(page.locator("main").get_by_role("link", name="Edit", exact=True))
        self._hand.write(page.locator("[name=discount_percent]"), "5")
        self._hand.write(page.locator("[name=freight_amount]"), "12.50")
        self._hand.press(page.locator("main form").get_by_role("button", name=re.compile("^Save")))
        self._arrive("QUO-", "Draft")
        assert self._totals() == DOCUMENT
        self._picture("quote")

    def activate_the_quote(self) -> None:
        self._act("Activate")
        self._arrive("QUO-", "Active")
        assert self._totals() == DOCUMENT
        self._picture("quote-active")

    def create_the_order(self) -> None:
        self._act("Create order")
        self._arrive("ORD-", "New")
        assert self._totals() == DOCUMENT
        self._picture("order")

    def fulfill_the_order(self) -> None:
        self._act("Fulfill")
        self._arrive("ORD-", "Complete")
        assert self._totals() == DOCUMENT
        self._picture("order-fulfilled")

    def create_the_invoice(self) -> None:
        self._act("Create invoice")
        self._arrive("Draft", "Draft")
        assert self._totals() == INVOICE
        self._picture("invoice-draft")

    def issue_the_invoice(self) -> None:
        self._act("Issue")
        self._arrive("INV-", "Issued")
        assert self._totals() == INVOICE
        self._expect_balance("EUR 802.03", "0.00 of 802.03 paid")
        self._picture("invoice-issued")

    def pay_in_part(self) -> None:
        self._pay("802.03", "300.00")
        self._arrive("INV-", "Partially paid")
        self._expect_balance("EUR 502.03", "300.00 of 802.03 paid")
        self._picture("invoice-partly-paid")

    def pay_the_rest(self) -> None:
        self._pay("502.03", "502.03")
        self._arrive("INV-", "Paid")
        self._expect_balance("EUR 0.00", "802.03 of 802.03 paid")
        line = self._page.get_by_role("navigation", name="The line")
        for word in ("Lead", "Opportunity", "Quote", "Order", "Invoice"):
            expect(line).to_contain_text(word)
        self._picture("invoice-paid")

    def _fill_row(self, number: int, *, item: str, quantity: str, price: str = "") -> None:
        page = self._page
        self._hand.write(page.get_by_label(f"Product or text of row {number}"), item)
        self._hand.write(page.get_by_label(f"Quantity of row {number}"), quantity)
        if price:
            self._hand.write(page.get_by_label(f"Price of row {number}"), price)

    def _open_tab(self, label: str) -> None:
        """Without a new page: the region is swapped and the address follows."""
        tab = self._page.get_by_role("navigation", name="Sections").get_by_role("link", name=label)
        self._hand.press(tab)
        expect(tab).to_have_attribute("aria-current", "page")
        expect(self._page).to_have_url(re.compile(rf"\?tab={label.lower()}$"))

    def _act(self, label: str) -> None:
        """The primary button of the record, then its question or form."""
        self._hand.press(self._page.locator("main .actions .btn-primary").filter(has_text=label))
        self._confirm(label)

    def _confirm(self, label: str) -> None:
        self._hand.press(self._page.locator("main form").get_by_role("button", name=label))

    def _pay(self, proposed: str, amount: str) -> None:
        page = self._page
        self._hand.press(page.locator("main .actions .btn-primary").filter(has_text="Record payment"))
        expect(page.get_by_label("Amount")).to_have_value(proposed)
        self._hand.write(page.get_by_label("Amount"), amount)
        self._confirm("Record payment")

    def _arrive(self, heading: str, state: str) -> None:
        """The record's page stands there with this state."""
        page = self._page
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        expect(page.locator("main .badge").first).to_contain_text(state)

    def _totals(self) -> dict[str, str]:
        """The sums as they are read: label and amount."""
        words: list[list[str]] = self._page.locator("dl.totals").first.evaluate(
            "list => [...list.querySelectorAll('dt')].map(dt => [dt.innerText, dt.nextElementSibling.innerText])"
        )
        return {" ".join(label.split()): " ".join(amount.split()) for label, amount in words}

    def _expect_balance(self, amount: str, words: str) -> None:
        card = self._page.locator("section.card").filter(has=self._page.get_by_role("heading", name="Balance"))
        expect(card).to_contain_text(re.compile(re.escape(amount).replace(r"\ ", r"\s+")))
        expect(card).to_contain_text(words)

    def _picture(self, name: str) -> None:
        self._step += 1
        self._page.screenshot(path=self._shots / f"{self._step:02}-{name}.png", full_page=True)
