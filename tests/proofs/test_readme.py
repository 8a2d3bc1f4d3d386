"""The README tells what is so: every variable, every command, every link."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text(encoding="utf-8")
_READ = re.compile(r'\benv\.(?:text|flag|number|choice|names|base_url|email|mailers)\(\s*"([A-Z_]+)"')


def test_the_table_names_every_variable_that_the_settings_read_and_no_other() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "crm" / "settings").glob("*.py"))
    table = README.partition("## Settings")[2].partition("`TEST_DATABASE_URL`")[0]

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == set(_READ.findall(source))


def test_the_two_commands_stand_there_as_promised() -> None:
    assert "\npip install uv && uv run manage.py up --demo\n" in README
    assert "\npip install uv && uv run pytest\n" in README


every_page = pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))], ids=lambda path: path.name
)


@every_page
def test_commands_that_pages_name_exist(path: Path) -> None:
    named = re.findall(r"\bmanage\.py (\w+)", path.read_text(encoding="utf-8"))

    assert set(named) <= set(get_commands())


@every_page
def test_links_of_pages_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "screens").glob("*.webp"))

    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 40_000] == []
