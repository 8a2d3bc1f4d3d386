"""axe finds nothing on any page, in light and in dark."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.answers import Shown
from tests.browser.axe import faults, faults_of_colours, tab_with_axe
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page_light_or_dark(
    browser: BrowserContext, stage: Stage, answers: list[Shown], tools: Path
) -> None:
    tab, wrong = tab_with_axe(browser, tools), list[str]()
    for shown in distinct(answers):
        tab.emulate_media(color_scheme="light")
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in faults(tab)]
        tab.emulate_media(color_scheme="dark")
        wrong += [f"{shown.name}, dark: {fault}" for fault in faults_of_colours(tab)]
    assert wrong == [], "\n".join(wrong)
