"""The administration as all other pages: axe and html-validate find nothing that is ours, in light and in dark."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.answers import Shown
from tests.browser.axe import faults, faults_of_colours, tab_with_axe
from tests.browser.markup import html_faults
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage

pytestmark = pytest.mark.browser

_MISSING = "no-missing-references: Element references missing id"
#: Faults of the packages below, one by one, and nothing else.
_GIVEN = {
    # unfold: the search across all tables, hidden until it is called for, has a placeholder alone. The template is as
    # much its script as its markup, so that another one would break with each version.
    "input-missing-label: <input> element does not have a <label> (#search-input-command)",
    # unfold: the list of its shortcuts, hidden until it is called for, has the head of a page of its own.
    "heading-level: Multiple <h1> are not allowed (html > body > div:nth-child(5) > div > div:nth-child(1) > h1)",
    # unfold: the box that takes an address away stands in a block within its label.
    "element-permitted-content: <div> element is not permitted as content under <label>"
    " (#addresses-data > div:nth-child(1) > div:nth-child(1) > div > div > label > div)",
    # Django: a date refers to a warning that its script writes below where the browser has another time zone.
    f'{_MISSING} "id_valid_from_timezone_warning_helptext" (#id_valid_from)',
    f'{_MISSING} "id_valid_to_timezone_warning_helptext" (#id_valid_to)',
    f'{_MISSING} "id_effective_from_timezone_warning_helptext" (#id_effective_from)',
    f'{_MISSING} "id_effective_to_timezone_warning_helptext" (#id_effective_to)',
    f'{_MISSING} "id_expires_on_timezone_warning_helptext" (#id_expires_on)',
    f'{_MISSING} "id_estimated_close_on_timezone_warning_helptext" (#id_estimated_close_on)',
    f'{_MISSING} "id_starts_at_timezone_warning_helptext" (#id_starts_at_0)',
    f'{_MISSING} "id_starts_at_timezone_warning_helptext" (#id_starts_at_1)',
    f'{_MISSING} "id_ends_at_timezone_warning_helptext" (#id_ends_at_0)',
    f'{_MISSING} "id_ends_at_timezone_warning_helptext" (#id_ends_at_1)',
    f'{_MISSING} "id_due_at_timezone_warning_helptext" (#id_due_at_0)',
    f'{_MISSING} "id_due_at_timezone_warning_helptext" (#id_due_at_1)',
    f'{_MISSING} "id_happened_at_timezone_warning_helptext" (#id_happened_at_0)',
    f'{_MISSING} "id_happened_at_timezone_warning_helptext" (#id_happened_at_1)',
}


def test_axe_finds_nothing_in_the_administration(
    browser: BrowserContext, stage: Stage, admin_answers: list[Shown], tools: Path
) -> None:
    tab, wrong = tab_with_axe(browser, tools), list[str]()
    for shown in distinct(admin_answers):
        tab.emulate_media(color_scheme="light")
        stage.open(tab, shown)
        wrong += [f"{shown.name}: {fault}" for fault in faults(tab)]
        tab.emulate_media(color_scheme="dark")
        stage.open(tab, shown)  # it asks for the scheme when it is loaded
        wrong += [f"{shown.name}, dark: {fault}" for fault in faults_of_colours(tab)]
    assert wrong == [], "\n".join(wrong)


def test_html_validate_finds_what_is_given_and_nothing_else(
    admin_answers: list[Shown], tools: Path, tmp_path: Path
) -> None:
    found = {fault.partition(" ")[2] for fault in html_faults(admin_answers, tools, tmp_path)}
    assert found - _GIVEN == set()
    assert _GIVEN - found == set(), "these are mended"
