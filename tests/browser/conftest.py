"""A real Chromium, a running server, and a website that is not ours."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.browser.website import Website, running_website
from tests.proofs.sites import Site, furnished_site

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that the system has; required where CI is set."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing although CI is set")
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, database_url: str) -> Iterator[Site]:
    with django_db_blocker.unblock(), furnished_site(database_url) as found:
        yield found


@pytest.fixture
def website(site: Site) -> Iterator[Website]:
    with running_website(action=f"http://{site.place}/capture/{site.form_key}/") as found:
        yield found


@pytest.fixture
def browser(chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """A new profile. Playwright keeps an event loop in this thread, which Django would take for async code."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium,
            args=FLAGS,
            viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(30_000)
        yield context
        context.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where the pictures of the steps go; git does not see them."""
    folder = Path(settings.BASE_DIR) / "tests" / "shots"
    folder.mkdir(exist_ok=True)
    return folder
