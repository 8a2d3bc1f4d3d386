"""Previews whose answers are late: no click is swallowed, nothing is done twice, and nobody is told of a refusal."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, Request, Route, expect
from pytest_django import DjangoDbBlocker

from sales.models import Opportunity, Qualification
from tests.browser.entering import enter
from tests.factories.leads import make_lead
from tests.factories.sales import make_product, make_quote, row
from tests.proofs.sites import Site, furnished_site

pytestmark = pytest.mark.browser

#: The grid asks when nobody has typed for 120 ms.
_PAUSE = 400


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, place: str) -> Iterator[Site]:
    """One for all: every test has a record of its own."""
    with django_db_blocker.unblock(), furnished_site(place) as found:
        yield found


class Slow:
    """The page of one record, whose previews wait until they are let go."""

    def __init__(self, record: Any, page: Page, is_preview: Callable[[Request], bool]) -> None:
        self.record, self.page = record, page
        self.troubles: list[str] = []
        self.asked: list[Request] = []
        self._is_preview = is_preview
        self._waiting: list[Route] = []
        self._sent: list[Route] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        page.route("**/*", self._take)

    def press(self, button: Locator) -> None:
        """The mouse goes down, and stays down until a preview has been asked for."""
        box = button.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self._wait_for(self._waiting)

    def let_go(self) -> None:
        self.page.mouse.up()
        self.arrive()

    def arrive(self) -> None:
        """The form takes effect; then what is still asked is answered; then the page of the record comes."""
        self._wait_for(self._sent)
        route = self._sent.pop()
        effect = route.fetch(max_redirects=0)
        self.page.wait_for_timeout(_PAUSE)
        while self._waiting:
            with suppress(Error):  # it has been given up
                self._waiting.pop().continue_()
        self.page.wait_for_timeout(_PAUSE)
        route.fulfill(response=effect)

    def answer(self) -> None:
        """What the page has asked is answered, and the answer is drawn."""
        self._wait_for(self._waiting)
        with self.page.expect_response(lambda response: self._is_preview(response.request)) as found:
            self._waiting.pop().continue_()
        found.value.finished()
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _take(self, route: Route, request: Request) -> None:
        if self._is_preview(request):
            self.asked.append(request)
            self._waiting.append(route)
        elif request.method == "POST":
            self._sent.append(route)
        else:
            route.continue_()

    def _wait_for(self, routes: list[Route]) -> None:
        deadline = time.monotonic() + 30
        while not routes and time.monotonic() < deadline:
            self.page.wait_for_timeout(20)
        assert routes, "nothing was asked"


def qualifying(browser: BrowserContext, site: Site) -> Slow:
    """On the page that qualifies a lead, with a topic just typed: leaving its field asks for the plan again."""
    lead = make_lead(site.cast.rep_a)
    enter(browser, site, site.cast.rep_a)
    slow = Slow(lead, browser.new_page(), lambda request: "redraw" in (request.post_data or ""))
    slow.page.goto(f"http://{site.place}/leads/{lead.pk}/qualify/")
    slow.page.locator("input[name=opportunity-0-topic]").fill("Brewhouse, at once")
    return slow


def typing_lines(browser: BrowserContext, site: Site) -> Slow:
    """In the grid of a quote, with a quantity just typed."""
    quote = make_quote(site.cast.rep_a, [row(make_product("149.50"), "1")])
    enter(browser, site, site.cast.rep_a)
    slow = Slow(quote, browser.new_page(), lambda request: request.url.endswith("/lines/preview/"))
    slow.page.goto(f"http://{site.place}/quotes/{quote.pk}/lines/")
    slow.page.get_by_label("Quantity of row 1").fill("3")
    return slow


def test_a_plan_that_is_redrawn_while_the_mouse_is_down_swallows_no_click(browser: BrowserContext, site: Site) -> None:
    slow = qualifying(browser, site)
    slow.press(slow.page.get_by_role("button", name="Qualify lead"))
    slow.answer()
    slow.let_go()
    assert_qualified_once(slow)


def test_a_plan_that_comes_after_the_lead_was_qualified_is_no_refusal(browser: BrowserContext, site: Site) -> None:
    slow = qualifying(browser, site)
    slow.press(slow.page.get_by_role("button", name="Qualify lead"))
    slow.let_go()
    assert_qualified_once(slow)


def assert_qualified_once(slow: Slow) -> None:
    expect(slow.page).to_have_url(re.compile(r"/opportunities/\d+/$"))
    expect(slow.page.locator("dialog[open]")).to_have_count(0)
    qualification = Qualification.objects.get(lead=slow.record)
    assert Opportunity.objects.get(qualification_results__qualification=qualification).topic == "Brewhouse, at once"
    assert (len(slow.asked), slow.troubles) == (1, [])


def test_sums_that_are_redrawn_while_the_mouse_is_down_swallow_no_click(browser: BrowserContext, site: Site) -> None:
    slow = typing_lines(browser, site)
    slow.press(slow.page.get_by_role("button", name="Save lines"))
    slow.answer()
    expect(slow.page.locator("#sums")).to_contain_text("448.50")
    slow.let_go()
    assert_saved_once(slow, asked=1)


def filling_a_row(browser: BrowserContext, site: Site) -> tuple[Slow, Locator]:
    """In the grid of a quote, with a product just typed into an empty row: its name will make the row taller."""
    slow = typing_lines(browser, site)
    box = slow.page.get_by_label("Product or text of row 2")
    box.fill(make_product("10", name="Conductivity sensor " * 6).number)
    save = slow.page.get_by_role("button", name="Save lines")
    before = save.bounding_box()
    slow.press(save)
    slow.answer()
    assert save.bounding_box() != before
    return slow, save


def test_a_button_that_moves_while_it_is_held_down_is_pressed_all_the_same(browser: BrowserContext, site: Site) -> None:
    slow, _save = filling_a_row(browser, site)
    slow.let_go()
    expect(slow.page).to_have_url(re.compile(r"/quotes/\d+/$"))
    assert (slow.record.lines.count(), slow.troubles) == (2, [])


def test_a_press_that_ends_elsewhere_is_none(browser: BrowserContext, site: Site) -> None:
    slow, save = filling_a_row(browser, site)
    slow.page.mouse.move(5, 5)
    slow.page.mouse.up()
    slow.page.wait_for_timeout(_PAUSE)
    expect(save).to_be_visible()
    assert (slow.record.lines.count(), slow.troubles) == (1, [])


def test_sums_that_come_after_the_lines_were_saved_are_no_refusal(browser: BrowserContext, site: Site) -> None:
    slow = typing_lines(browser, site)
    slow.press(slow.page.get_by_role("button", name="Save lines"))
    slow.let_go()
    assert_saved_once(slow, asked=1)


def test_lines_that_are_saved_before_their_sums_were_asked_for_ask_no_more(browser: BrowserContext, site: Site) -> None:
    slow = typing_lines(browser, site)
    slow.page.keyboard.press("Control+Enter")
    slow.arrive()
    assert_saved_once(slow, asked=0)


def assert_saved_once(slow: Slow, *, asked: int) -> None:
    expect(slow.page).to_have_url(re.compile(r"/quotes/\d+/$"))
    expect(slow.page.locator("dialog[open]")).to_have_count(0)
    assert slow.record.lines.get().quantity == 3
    assert (len(slow.asked), slow.troubles) == (asked, [])
