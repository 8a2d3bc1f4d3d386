"""What axe finds on a page that is open in a browser."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

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


def tab_with_axe(browser: BrowserContext, tools: Path) -> Tab:
    browser.add_init_script(path=tools / "axe-core" / "axe.min.js")
    return browser.new_page()


def faults(tab: Tab) -> list[str]:
    """Everything, as "rule: element: what is wrong"."""
    return _found(tab, "tag", _TAGS)


def faults_of_colours(tab: Tab) -> list[str]:
    return _found(tab, "rule", _COLOURS)


def _found(tab: Tab, kind: Literal["tag", "rule"], values: list[str]) -> list[str]:
    tab.evaluate(_AT_ONCE)
    found: list[Any] = tab.evaluate(_ASK, [kind, values])
    return [": ".join(parts) for parts in found]
