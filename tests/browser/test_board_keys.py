"""The keys of a list on the cards of a board: the next card, the column beside it, a look at one."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.answers import Shown
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser

_FOCUS = """() => {
    const card = document.activeElement.closest(".board-card");
    const cards = document.activeElement.closest(".board-cards");
    return [[...document.querySelectorAll(".board-cards")].indexOf(cards), [...cards?.children ?? []].indexOf(card)];
}"""


def after(tab: Page, key: str) -> list[int]:
    """The place of the focus: among the columns that hold cards, and among the cards of that one."""
    tab.keyboard.press(key)
    found: list[int] = tab.evaluate(_FOCUS)
    return found


def test_the_keys_of_a_list_go_from_card_to_card(browser: BrowserContext, stage: Stage, answers: list[Shown]) -> None:
    tab = browser.new_page()
    stage.open(tab, next(shown for shown in answers if shown.name == "lead list, board, too much"))
    ways = {"j": [0, 0], "ArrowRight": [1, 0], "ArrowLeft": [0, 0], "ArrowDown": [0, 0], "x": [0, 0], "e": [0, 0]}
    assert {key: after(tab, key) for key in ways} == ways
    assert [after(tab, "j"), after(tab, "j"), after(tab, "k"), after(tab, "ArrowRight")] == [
        [0, 1],
        [0, 2],
        [0, 1],
        [1, 1],
    ]
    with tab.expect_request(lambda request: request.url.endswith("/peek/")) as asked:
        tab.keyboard.press(" ")
    assert asked.value.method == "GET"
