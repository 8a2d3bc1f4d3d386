"""Every page keeps its form in a language whose words are 40 % longer, and in one that is read from right to left."""

import pytest
from playwright.sync_api import BrowserContext
from pytest_django import DjangoDbBlocker

from tests.browser.answers import Shown
from tests.browser.layout import faults_at
from tests.browser.skeletons import distinct
from tests.browser.theatre import Stage
from tests.browser.translated import MIRROR, translated_pages

pytestmark = pytest.mark.browser

_PHONE, _DESK = 390, 1440


@pytest.fixture(scope="module")
def translated(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> list[Shown]:
    return translated_pages(request, django_db_blocker)[0]


def test_longer_words_and_words_from_right_to_left_have_room(
    browser: BrowserContext, stage: Stage, translated: list[Shown]
) -> None:
    tab, wrong = browser.new_page(), list[str]()
    for shown in distinct(translated):
        stage.open(tab, shown)
        wrong += [f"{shown.name}, longer {fault}" for fault in faults_at(tab, (_DESK, _PHONE))]
        tab.evaluate(MIRROR)
        wrong += [f"{shown.name}, right to left {fault}" for fault in faults_at(tab, (_PHONE, _DESK))]
    assert wrong == [], "\n".join(wrong)
