"""Nothing is cut, covered or pushed out of the page, on a phone, on a wide screen, and in print."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.answers import Shown
from tests.browser.layout import faults, faults_at
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser

_WIDTHS = (1920, 1440, 1024, 768, 390)
#: What is shown on paper: A4 less its margins, at 96 dots an inch.
_PAPER = 718


def test_nothing_is_cut_covered_or_pushed_out(browser: BrowserContext, stage: Stage, answers: list[Shown]) -> None:
    tab, wrong = browser.new_page(), list[str]()
    for shown in distinct(answers):
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in faults_at(tab, _WIDTHS)]
    assert wrong == [], "\n".join(wrong)


def test_nothing_is_cut_on_paper(browser: BrowserContext, stage: Stage, answers: list[Shown]) -> None:
    tab, wrong = browser.new_page(), list[str]()
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": _PAPER, "height": 1000})
    for shown in distinct(answers):
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in faults(tab)]
    assert wrong == [], "\n".join(wrong)
