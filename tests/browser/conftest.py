"""A real Chromium, a running server, and a website that is not ours; and every page as it was answered."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from playwright.sync_api import Page as Tab
from pytest_django import DjangoDbBlocker

from tests.browser.admin_pages import admin_pages
from tests.browser.answers import Reader, Shown
from tests.browser.pages import pages
from tests.browser.scenes import make_scene
from tests.browser.theatre import Stage, open_stage
from tests.browser.website import Website, running_website
from tests.once import once
from tests.proofs.sites import Site, furnished_site
from tests.proofs.world import passing

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOOLS = Path(__file__).parent / "node_modules"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that the system has; required where CI is set."""
    found = shutil.which("chromium")
    if found is None:
        _missing("Chromium")
    return str(found)


@pytest.fixture(scope="session")
def tools() -> Path:
    """axe and html-validate, as `npm install --prefix tests/browser` puts them; required where CI is set."""
    if not (TOOLS / "axe-core").is_dir() or shutil.which("node") is None:
        _missing("Node or tests/browser/node_modules")
    return TOOLS


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing although CI is set")
    pytest.skip(f"{what} is not installed")


@pytest.fixture
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, place: str) -> Iterator[Site]:
    with django_db_blocker.unblock(), furnished_site(place) as found:
        yield found


@pytest.fixture
def website(site: Site) -> Iterator[Website]:
    with running_website(action=f"http://{site.place}/capture/{site.form_key}/") as found:
        yield found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright keeps an event loop in this thread, which Django would take for async code."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as found:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield found


@pytest.fixture(scope="module")
def chrome(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield found
    found.close()


@pytest.fixture
def browser(chrome: Browser) -> Iterator[BrowserContext]:
    """Nobody has signed in yet."""
    context = chrome.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB", accept_downloads=False
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def _shown(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> list[list[Shown]]:
    """Every page, asked for once; nothing of the scene is left in the database."""

    def ask() -> list[list[Shown]]:
        with django_db_blocker.unblock(), passing():
            reader = Reader(make_scene())
            return [[reader.show(page) for page in asked] for asked in (pages(), admin_pages())]

    return once(request, "pages", ask)


@pytest.fixture(scope="session")
def answers(_shown: list[list[Shown]]) -> list[Shown]:
    """Every page of the product."""
    return _shown[0]


@pytest.fixture(scope="session")
def admin_answers(_shown: list[list[Shown]]) -> list[Shown]:
    """Pages of the administration that stand for all."""
    return _shown[1]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage() as found:
        yield found


@pytest.fixture
def tab(browser: BrowserContext) -> Tab:
    return browser.new_page()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where the pictures of the steps go; git does not see them."""
    folder = Path(settings.BASE_DIR) / "tests" / "shots"
    folder.mkdir(exist_ok=True)
    return folder
