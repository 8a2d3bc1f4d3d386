"""axe finds nothing on any page, in light and in dark."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from tests.browser.answers import Shown
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What the theme can change; everything else is the same in both.
_COLOURS = ["color-contrast", "link-in-text-block"]
#: Colours would else be read while they change.
_AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
_ASK = """async ([kind, values]) => {
    const options = {runOnly: {type: kind, values}, resultTypes: ["violations"], iframes: false};
    const {violations} = await axe.run(document, options);
    return violations.flatMap(rule => rule.nodes.map(node =>
        [rule.id, node.target.join(" "), (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? rule.help]));
}"""


def _found(tab: Tab, kind: Literal["tag", "rule"], values: list[str]) -> list[str]:
    found: list[Any] = tab.evaluate(_ASK, [kind, values])
    return [": ".join(parts) for parts in found]


def test_axe_finds_nothing_on_any_page_light_or_dark(
    browser: BrowserContext, stage: Stage, answers: list[Shown], tools: Path
) -> None:
    browser.add_init_script(path=tools / "axe-core" / "axe.min.js")
    tab, wrong = browser.new_page(), list[str]()
    for shown in distinct(answers):
        tab.emulate_media(color_scheme="light")
        stage.open(tab, shown)
        tab.evaluate(_AT_ONCE)
        wrong += [f"{shown.name}: {fault}" for fault in _found(tab, "tag", _TAGS)]
        tab.emulate_media(color_scheme="dark")
        wrong += [f"{shown.name}, dark: {fault}" for fault in _found(tab, "rule", _COLOURS)]
    assert wrong == [], "\n".join(wrong)
