"""html-validate finds no error on any page; its rules stand in htmlvalidate.json."""

from pathlib import Path

import pytest

from tests.browser.answers import Shown
from tests.browser.markup import html_faults

pytestmark = pytest.mark.browser


def test_html_validate_finds_nothing_on_any_page(answers: list[Shown], tools: Path, tmp_path: Path) -> None:
    assert html_faults(answers, tools, tmp_path) == []
