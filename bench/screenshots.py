"""Picture every page of the demonstration, at 1440 and 390 px, in light and in dark.

    uv run python -m bench.screenshots [--only lead]

Tells the demonstration to a throw-away embedded database, starts the real server on it, and writes
docs/screens/*.webp with an index page. Needs Chromium.
"""

import argparse
import io
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright
from playwright.sync_api import Page as Tab

from bench.throwaway import throwaway_database

_DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER = _DOCS / "screens"
#: Width, height, and the height beyond which a page is not pictured.
_SIZES = ((1440, 900, 1100), (390, 844, 1266))
_THEMES = ("light", "dark")
#: Nothing that is in sight waits to be fetched.
_ALL_FETCHED = """() => ![...document.querySelectorAll(".is-waiting")].some(
    panel => panel.getBoundingClientRect().top < innerHeight)"""
_LARGEST, _LARGEST_OF_ALL = 40_000, 10_000_000
#: By how much it is shrunk, and how well it is kept: smaller letters are better than smeared ones.
_PACKINGS = ((1, 60), (1, 40), (1, 25), (0.75, 30), (0.5, 40), (0.5, 15))
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only pages whose title contains this")
    only = parser.parse_args().only.lower()
    if shutil.which("chromium") is None:
        raise SystemExit("Chromium is not installed.")
    with throwaway_database() as url:
        _picture(url, only)
    return _weigh()


def _picture(database_url: str, only: str) -> None:
    # What stands on models can be imported only when Django is set up.
    from django.utils import timezone  # noqa: PLC0415

    from bench.screens import GROUPS, Screen  # noqa: PLC0415
    from crm.reports.demo.telling import tell_demo  # noqa: PLC0415
    from tests.proofs.running import running_server  # noqa: PLC0415

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    passwords = {person.login: person.password for person in tell_demo(timezone.now())}
    chosen: list[Screen] = [screen for group in GROUPS.values() for screen in group if only in screen.title.lower()]
    _make_room(whole=not only)
    with running_server(database_url) as place, _browser() as browser, ThreadPoolExecutor(2) as pool:
        camera = _Camera(browser, f"http://{place}", passwords, pool)
        missed = [screen.title for screen in chosen if not camera.takes(screen)]
        camera.finish()
    if not only:
        _write_index({title: [(one.title, one.name) for one in group] for title, group in GROUPS.items()})
    if missed:
        raise SystemExit(f"No pictures of {', '.join(missed)}.")


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        yield browser
        browser.close()


def _make_room(*, whole: bool) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in FOLDER.glob("*.webp") if whole else ():
        picture.unlink()


class _Camera:
    """One window for each person and width; a page is loaded once for both themes."""

    def __init__(self, browser: Browser, site: str, passwords: dict[str, str], pool: ThreadPoolExecutor) -> None:
        self._browser, self._site, self._passwords, self._pool = browser, site, passwords, pool
        self._tabs: dict[tuple[str, int], Tab] = {}
        self._cookies: dict[str, Any] = {}
        self._stored: list[Future[None]] = []

    def takes(self, screen: Any) -> bool:
        """One page that cannot be pictured does not stop the others."""
        try:
            self._take(screen)
        except (Error, LookupError) as error:
            print(f"{screen.title}: {error}")
            return False
        print(screen.title)
        return True

    def _take(self, screen: Any) -> None:
        for width, height, deepest in _SIZES:
            tab = self._tab(screen.who, width, height)
            tab.emulate_media(color_scheme="light")
            tab.set_viewport_size({"width": width, "height": height})
            tab.goto(f"{self._site}{screen.url()}")
            if screen.act:
                screen.act(tab)
            self._unfold(tab, width, height, deepest)
            for theme in _THEMES:
                self._shoot(tab, theme, FOLDER / f"{screen.name}-{width}-{theme}.webp")

    def _unfold(self, tab: Tab, width: int, height: int, deepest: int) -> None:
        """The window becomes as deep as the page; what is then in sight is fetched, and makes the page deeper."""
        before = 0
        tab.wait_for_load_state("networkidle")
        while before < (deep := int(tab.evaluate("document.documentElement.scrollHeight"))):
            before = deep
            # Bars that stick to the foot of the window belong to the foot of the picture.
            tab.set_viewport_size({"width": width, "height": max(height, min(deep, deepest))})
            tab.wait_for_function(_ALL_FETCHED)

    def finish(self) -> None:
        for stored in self._stored:
            stored.result()

    def _tab(self, who: str, width: int, height: int) -> Tab:
        if (who, width) not in self._tabs:
            context = self._browser.new_context(
                viewport={"width": width, "height": height},
                is_mobile=width < 768,
                has_touch=width < 768,
                reduced_motion="reduce",
                locale="en-GB",
            )
            self._tabs[who, width] = context.new_page()
            if who:
                self._sign_in(context, self._tabs[who, width], who)
        return self._tabs[who, width]

    def _sign_in(self, context: BrowserContext, tab: Tab, who: str) -> None:
        if who in self._cookies:
            context.add_cookies(self._cookies[who])
            return
        tab.goto(f"{self._site}/login/")
        tab.fill("input[name=login]", who)
        tab.fill("input[name=password]", self._passwords[who])
        tab.get_by_role("button", name="Sign in", exact=True).click()
        tab.wait_for_url(f"{self._site}/")
        self._cookies[who] = context.cookies()

    def _shoot(self, tab: Tab, theme: str, path: Path) -> None:
        tab.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        tab.wait_for_timeout(250)  # colours change over a moment
        self._stored.append(self._pool.submit(_store, tab.screenshot(), path))


def _store(shot: bytes, path: Path) -> None:
    """As good as it can be in the room that one picture has."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    for shrunk, quality in _PACKINGS:
        size = (round(image.width * shrunk), round(image.height * shrunk))
        packed = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(packed, "WEBP", quality=quality, method=4)
        if packed.tell() <= _LARGEST:
            break
    path.write_bytes(packed.getvalue())


def _write_index(groups: dict[str, list[tuple[str, str]]]) -> None:
    lines = ["# Screens", ""]
    lines += ["Every page of the demonstration at 1440 and 390 px, light and dark, made by", ""]
    lines += ["```", "uv run python -m bench.screenshots", "```", ""]
    for group, screens in groups.items():
        lines += [f"## {group}", ""]
        for title, name in screens:
            lines += [f"### {title}", "", " ".join(_thumbnails(title, name)), ""]
    (FOLDER / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _thumbnails(title: str, name: str) -> Iterator[str]:
    for width, _height, _deepest in _SIZES:
        for theme in _THEMES:
            file = f"{name}-{width}-{theme}.webp"
            alt = f"{title}, {width} px, {theme}"
            shown = 330 if width > 768 else 90
            yield f'<a href="{file}"><img src="{file}" width="{shown}" alt="{alt}"></a>'


def _weigh() -> int:
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.webp")}
    heavy = [name for name, size in sizes.items() if size > _LARGEST]
    print(f"{len(sizes)} pictures, {sum(sizes.values()) / 1e6:.1f} MB")
    if heavy or sum(sizes.values()) > _LARGEST_OF_ALL:
        print(f"Too large: {', '.join(heavy) or 'all together'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
