"""What is wrong with a page as it stands: cut, covered, or pushed out of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page as Tab

_PATIENCE = 250  # ms
#: The width is there before the rules for it are: those come with the next picture.
_DRAWN = """width => new Promise(done => {
    const later = act => requestAnimationFrame(() => requestAnimationFrame(act));
    const look = () => innerWidth === width ? later(done) : later(look);
    look();
})"""
_FAULTS = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


def faults(tab: Tab) -> list[str]:
    """A busy machine may draw late, so that what is wrong is looked at once more."""
    found: list[Any] = tab.evaluate(_FAULTS)
    if found:
        tab.wait_for_timeout(_PATIENCE)
        found = tab.evaluate(_FAULTS)
    return [f"{what} {place} by {pixels} px" for what, place, pixels in found]


def faults_at(tab: Tab, widths: Iterable[int]) -> list[str]:
    wrong = []
    for width in widths:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.evaluate(_DRAWN, width)
        wrong += [f"at {width}: {fault}" for fault in faults(tab)]
    return wrong
