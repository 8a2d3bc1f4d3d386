"""html-validate finds no error on any page; its rules stand in htmlvalidate.json."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.browser.answers import Shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]


def test_html_validate_finds_nothing_on_any_page(answers: list[Shown], tools: Path, tmp_path: Path) -> None:
    for shown in answers:
        name = re.sub(r"[^\w]+", "-", shown.name)
        (tmp_path / f"{name}.html").write_text(shown.html, encoding="utf-8")
    script = tools.parent / "check_html.mjs"
    done = subprocess.run(["node", script, tmp_path], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
