"""Every text that a person sees can be translated.

The pages are read in a language whose catalogue sets every text into ⟦brackets⟧. What stands outside of them must be
data of the rows, a figure, or one of a few words that are the same in every language.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel import Locale
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real
from pytest_django import DjangoDbBlocker

from crm.core.errors import Refusal
from crm.core.models import CustomModel
from leads.models import CapturedPost
from tests.architecture.visible import visible_texts, without_brackets
from tests.browser.answers import Reader, Shown
from tests.browser.pages import Page, pages
from tests.browser.scenes import NAME_OF_KEY, make_scene
from tests.proofs.world import passing

LANGUAGE = "eo"
#: The same in every language, or no words at all.
#: Names, among them that of the language of brackets.
UNTRANSLATED = {"Throughline", "UTC", "CSV", "Brackets"}
#: Columns with codes of the product itself, which are never shown as they stand.
_CODES = {"state", "status_reason", "kind", "type", "name_key", "sort_key", "permission", "codename", "status"}
#: Ids of requests, secrets, and addresses.
_NO_TEXT = re.compile(r"\b[0-9a-f]{12}\b|\b[A-Z2-7]{32}\b|https?://\S+|\b[\w.]+@[\w.]+\b")
#: Codes of countries and the like count only as whole words.
_SHORT = 3
_WORD = re.compile(r"[^\W\d_]{2,}")


def _in_brackets(name: str) -> Any:
    real = getattr(trans_real, name)

    def bracketed(*arguments: Any) -> str:
        text = real(*arguments)
        return f"⟦{text}⟧" if text and translation.get_language() == LANGUAGE else text

    return bracketed


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[list[Shown], set[str]]]:
    """The pages in the language of brackets, and the texts of all rows."""
    languages = [*settings.LANGUAGES, (LANGUAGE, "Brackets")]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), passing():
        reader, data = Reader(make_scene(), language=LANGUAGE), set(_texts_of_rows())
        cache.clear()
        for name in ("gettext", "ngettext", "pgettext", "npgettext"):
            patch.setattr(translation._trans, name, _in_brackets(name))  # type: ignore[attr-defined]  # its own switch
        with override_settings(LANGUAGES=languages):
            yield [reader.show(page) for page in pages()], data
        cache.clear()


def _texts_of_rows() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in {"contenttypes", "sessions", "pghistory", "auth", "django_tasks_database"}:
            continue
        columns = [field.attname for field in model._meta.concrete_fields if _holds_words(field)]
        for row in model._base_manager.values_list(*columns) if columns else ():
            yield from (line for text in row if isinstance(text, str) for line in text.splitlines() if len(line) > 2)
    for model in (model for model in apps.get_models() if issubclass(model, CustomModel)):
        for added in model._base_manager.values_list("custom", flat=True):
            yield from (line for text in added.values() if isinstance(text, str) for line in text.splitlines())
    for fields in CapturedPost.objects.values_list("fields", flat=True):
        sent = [text for key, values in fields for text in (key, *key.split("_"), *values)]
        yield from (*sent, *(_NO_TEXT.sub(" ", text).strip() for text in sent))


def _holds_words(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices and field.name not in _CODES


def _typed(page: Page) -> set[str]:
    refusal = page.raised
    said = [refusal.sentence, *refusal.details] if isinstance(refusal, Refusal) else []
    values = [*said, *map(str, page.sent.values()), *re.split(r"[=&:]", page.query)]
    return {value for value in values if len(value) > 2}


def _left(text: str, known: list[str]) -> str:
    """What is neither translated nor data nor a figure."""
    text = _NO_TEXT.sub(" ", without_brackets(text))
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
