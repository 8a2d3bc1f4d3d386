"""Take the pictures of the README from a running demonstration.

    uv run manage.py up --demo
    uv run python -m bench.screenshots --login anton --password '…'

Writes docs/img/*.png, each below 150 kB.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "img"
_WIDTH, _HEIGHT, _LARGEST = 1440, 900, 150_000
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main() -> int:
    options = _options()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is not installed.")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=_FLAGS,
            viewport={"width": _WIDTH, "height": _HEIGHT},
            reduced_motion="reduce",
        )
        page = browser.new_page()
        _sign_in(page, options.url, options.login, options.password)
        _take(page, f"{options.url}/leads/", "leads")
        page.locator("table tbody a").nth(3).click()
        page.wait_for_load_state("networkidle")
        _store(page, "lead")
        browser.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--login", default="anton")
    parser.add_argument("--password", default=os.environ.get("DEMO_PASSWORD", ""))
    return parser.parse_args()


def _sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/")


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    _store(page, name)


def _store(page: Page, name: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.relative_to(IMAGES.parent.parent)}: {size // 1000} kB")
    if size > _LARGEST:
        raise SystemExit(f"{path.name} is larger than {_LARGEST // 1000} kB.")


if __name__ == "__main__":
    sys.exit(main())
