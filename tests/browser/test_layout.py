"""Nothing is cut, covered or pushed out of the page, on a phone and on a wide screen, from right to left, in print,
and in a language whose words are 40 % longer."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from tests.browser.answers import Shown
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser

_WIDTHS = (1920, 1440, 1024, 768, 390)
_NARROWER = (1440, 390)
#: What is shown on paper: A4 less its margins, at 96 dots an inch.
_PAPER = 718
_PATIENCE = 250  # ms

_MIRROR = 'document.documentElement.dir = "rtl"'
_BACK = 'document.documentElement.dir = "ltr"'
#: Every word of every text grows by 40 %, as the words of other languages do.
_LENGTHEN = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const longer = text => text.replace(/\\p{L}{2,}/gu, word => word + word.slice(0, Math.ceil(word.length * 0.4)));
    const fixed = "script, style, textarea, option, .num, .money, time, .visually-hidden";
    while (walker.nextNode()) {
        if (!walker.currentNode.parentElement.closest(fixed)) walker.currentNode.data = longer(walker.currentNode.data);
    }
}"""

#: The width is there before the rules for it are: those come with the next picture.
_DRAWN = """width => new Promise(done => {
    const later = act => requestAnimationFrame(() => requestAnimationFrame(act));
    const look = () => innerWidth === width ? later(done) : later(look);
    look();
})"""

#: What is wrong with the page as it stands.
_FAULTS = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


def _faults(tab: Tab) -> list[str]:
    """A busy machine may draw late, so that what is wrong is looked at once more."""
    found: list[Any] = tab.evaluate(_FAULTS)
    if found:
        tab.wait_for_timeout(_PATIENCE)
        found = tab.evaluate(_FAULTS)
    return [f"{what} {place} by {pixels} px" for what, place, pixels in found]


def _at(tab: Tab, *widths: int) -> list[str]:
    wrong = []
    for width in widths:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.evaluate(_DRAWN, width)
        wrong += [f"at {width}: {fault}" for fault in _faults(tab)]
    return wrong


def _in_every_way(tab: Tab) -> list[str]:
    wrong = _at(tab, *_WIDTHS)
    tab.evaluate(_MIRROR)
    wrong += [f"right to left {fault}" for fault in _at(tab, *_NARROWER)]
    tab.evaluate(_BACK)
    tab.evaluate(_LENGTHEN)
    return wrong + [f"longer {fault}" for fault in _at(tab, *_NARROWER)]


def test_nothing_is_cut_covered_or_pushed_out(browser: BrowserContext, stage: Stage, answers: list[Shown]) -> None:
    tab, wrong = browser.new_page(), list[str]()
    for shown in distinct(answers):
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in _in_every_way(tab)]
    assert wrong == [], "\n".join(wrong)


def test_nothing_is_cut_on_paper(browser: BrowserContext, stage: Stage, answers: list[Shown]) -> None:
    tab, wrong = browser.new_page(), list[str]()
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": _PAPER, "height": 1000})
    for shown in distinct(answers):
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in _faults(tab)]
    assert wrong == [], "\n".join(wrong)
