"""A panel that is fetched after its page is fetched when it comes into sight, not before."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.answers import Shown
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser


def test_a_panel_is_asked_for_when_it_comes_into_sight(
    browser: BrowserContext, stage: Stage, answers: list[Shown]
) -> None:
    page, asked = browser.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url) if "panel=" in request.url else None)
    page.set_viewport_size({"width": 390, "height": 320})
    stage.open(page, next(shown for shown in answers if shown.name == "opportunity on the line, related"))
    waiting = page.locator(".is-waiting")
    number = waiting.count()
    assert (number > 0, asked) == (True, [])

    with page.expect_response(lambda response: "panel=" in response.url):
        waiting.last.scroll_into_view_if_needed()
    expect(waiting).not_to_have_count(number)
