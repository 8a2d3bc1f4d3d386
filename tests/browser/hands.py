"""Three ways to work a page: with the mouse, with a finger on a phone, and by keys alone."""

from typing import Any, Protocol

from playwright.sync_api import Locator
from playwright.sync_api import Page as Tab

_FARTHEST = 250
#: A date has day, month, year and a calendar of its own.
_PARTS = 6

#: Does a finger that is a little off still hit it? 24 px each way (WCAG 2.2, 2.5.8), whatever carries the touch.
_IS_LARGE = """target => {
    const box = target.getBoundingClientRect();
    const own = one => one && (target.contains(one) || one.closest("label")?.contains(target));
    return [[0, -11], [0, 11], [-11, 0], [11, 0]].every(([across, down]) =>
        own(document.elementFromPoint(box.left + box.width / 2 + across, box.top + box.height / 2 + down)));
}"""

#: Where the focus is, seen from the element that is looked for.
_FOCUS = """target => {
    const at = document.activeElement;
    const box = at.getBoundingClientRect();
    const around = [at, at.parentElement, at.closest("label"), at.nextElementSibling].filter(Boolean);
    // What only a link leads to (the content, after skipping to it) need not show that it has the focus.
    // The parts of a date are marked by the browser, out of reach of scripts.
    const marked = at.tabIndex < 0 || at.type === "date" || around.map(one => getComputedStyle(one)).some(
        look => (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1) || look.boxShadow !== "none");
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const bare = box.width < 3 || !top || at.contains(top) || top.contains(at) || !!top.closest("label");
    return {
        there: at === target || target.contains(at),
        nowhere: at === document.body,
        skip: at.matches(".skip") && !!target.closest("main"),
        fault: marked ? inside ? bare ? "" : "is covered" : "is out of sight" : "has no mark of the focus",
        name: at.outerHTML.slice(0, 160),
    };
}"""


class Hand(Protocol):
    def press(self, what: Locator) -> None: ...

    def write(self, where: Locator, text: str) -> None: ...

    def choose(self, where: Locator, label: str) -> None: ...


class Mouse:
    def press(self, what: Locator) -> None:
        what.click()

    def write(self, where: Locator, text: str) -> None:
        where.fill(text)

    def choose(self, where: Locator, label: str) -> None:
        where.select_option(label=label)


class Finger(Mouse):
    """Taps, and finds everything large enough for it."""

    def press(self, what: Locator) -> None:
        what.evaluate("target => target.scrollIntoView({block: 'center'})")
        assert what.evaluate(_IS_LARGE), f"{what} is too small for a finger"
        what.tap()

    def write(self, where: Locator, text: str) -> None:
        where.tap()
        where.fill(text)


class Keys:
    """Tab, Enter, arrows and letters; the focus must be seen wherever it goes."""

    def __init__(self, tab: Tab) -> None:
        self._keyboard = tab.keyboard
        self._tab = tab

    def press(self, what: Locator) -> None:
        self.reach(what)
        self._keyboard.press("Enter")

    def tick(self, what: Locator) -> None:
        self.reach(what)
        self._keyboard.press("Space")

    def write(self, where: Locator, text: str) -> None:
        self.reach(where)
        self._keyboard.press("Control+A")
        self._keyboard.type(text)

    def choose(self, where: Locator, label: str) -> None:
        self.reach(where)
        self._keyboard.type(label)
        assert where.evaluate("list => list.selectedOptions[0].textContent.trim()") == label

    def reach(self, what: Locator) -> None:
        """Go there and press nothing."""
        what = what.first
        what.wait_for(state="visible")
        trail, before, still = list[str](), "", 0
        for _ in range(_FARTHEST):
            found = self._focus(what)
            if not found["nowhere"]:
                assert not found["fault"], f"{found['name']} {found['fault']}"
            if found["there"]:
                return
            still = still + 1 if found["name"] == before and not found["nowhere"] else 0
            assert still < _PARTS, f"the focus is trapped in {before}"
            before = found["name"]
            trail.append(before[:60])
            self._keyboard.press("Enter" if found["skip"] else "Tab")
        raise AssertionError(f"{what} cannot be reached by keys: {trail[-8:]}")

    def _focus(self, what: Locator) -> dict[str, Any]:
        """A mark may take a frame to be drawn."""
        found: dict[str, Any] = what.evaluate(_FOCUS)
        for _ in range(5):
            if not found["fault"]:
                break
            self._tab.wait_for_timeout(40)
            found = what.evaluate(_FOCUS)
        return found
