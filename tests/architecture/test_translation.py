"""Every text that a person sees can be translated.

The pages are read in a language whose catalogue sets every text into ⟦brackets⟧. What stands outside of them must be
data of the rows, a figure, or one of a few words that are the same in every language.
"""

import re
from typing import Any

import pytest
from babel import Locale
from pytest_django import DjangoDbBlocker

from crm.core.errors import Refusal
from tests.architecture.visible import visible_texts, without_brackets
from tests.browser.answers import Shown
from tests.browser.pages import Page, pages
from tests.browser.scenes import NAME_OF_KEY
from tests.browser.translated import LANGUAGE, NO_TEXT, translated_pages

#: The same in every language, or no words at all.
#: Names, among them that of the language of brackets.
UNTRANSLATED = {"Throughline", "UTC", "CSV", "Brackets"}
#: Codes of countries and the like count only as whole words.
_SHORT = 3
_WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> tuple[list[Shown], set[str]]:
    """The pages in the language of brackets, and the texts of all rows."""
    return translated_pages(request, django_db_blocker)


def _typed(page: Page) -> set[str]:
    refusal = page.raised
    said = [refusal.sentence, *refusal.details] if isinstance(refusal, Refusal) else []
    values = [*said, *map(str, page.sent.values()), *re.split(r"[=&:]", page.query)]
    return {value for value in values if len(value) > 2}


def _left(text: str, known: list[str]) -> str:
    """What is neither translated nor data nor a figure."""
    text = NO_TEXT.sub(" ", without_brackets(text))
    for one in known:
        if len(one) > _SHORT and one in text:
            text = text.replace(one, " ")
    return " ".join(word for word in _WORD.findall(text) if word not in UNTRANSLATED and word not in known)


def _names() -> set[str]:
    """Months, days, countries and currencies come from the tables of the language itself."""
    locale = Locale.parse(LANGUAGE)
    periods: Any = (locale.months, locale.days)
    found = {name for kind in periods for width in kind["format"].values() for name in width.values()}
    return found | set(locale.territories) | set(locale.territories.values()) | set(locale.currencies)


def test_no_text_of_any_page_escapes_translation(world: tuple[list[Shown], set[str]]) -> None:
    answers, data = world
    names = _names()
    typed = {page.name: _typed(page) for page in pages()}
    wrong: dict[str, str] = {}
    for shown in answers:
        own = sorted(data | names | typed[shown.name] | {NAME_OF_KEY}, key=len, reverse=True)
        for text in {*visible_texts(shown.html)}:
            left = _left(text, own) if _WORD.search(without_brackets(text)) else ""
            if left:
                wrong.setdefault(left, f"{shown.name}: {' '.join(text.split())}")
    assert wrong == {}, "\n".join(sorted(wrong.values()))
