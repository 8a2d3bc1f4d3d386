"""The pages in a language that nobody speaks: every message is 40 % longer, accented, and in ⟦brackets⟧.

What is not in brackets has escaped translation; what does not fit would not fit in German or Finnish either. Mirrored,
the letters are Hebrew ones, so that the browser orders them from right to left.
"""

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from string import ascii_letters
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real
from pytest_django import DjangoDbBlocker

from crm.core.models import CustomModel
from leads.models import CapturedPost
from tests.browser.answers import Reader, Shown
from tests.browser.pages import pages
from tests.browser.scenes import make_scene
from tests.once import once
from tests.proofs.world import passing

LANGUAGE = "eo"
#: Columns with codes of the product itself, which are never shown as they stand.
_CODES = {"state", "status_reason", "kind", "type", "name_key", "sort_key", "permission", "codename", "status"}
#: Ids of requests, secrets, and addresses.
NO_TEXT = re.compile(r"\b[0-9a-f]{12}\b|\b[A-Z2-7]{32}\b|https?://\S+|\b[\w.]+@[\w.]+\b")
_MESSAGES = ("gettext", "ngettext", "pgettext", "npgettext")
_GROWTH = 0.4
#: What a message takes in from the rows, or says to the browser: it stays as it is.
_KEPT = re.compile(r"(%\(\w+\)[-#0-9.]*[a-zA-Z]|%[a-zA-Z%]|\{[^{}]*\}|<[^<>]*>|&#?\w+;)")
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTED = "àƀçðéƒğĥîĵķļɱñöþɋřšţûṽŵẋýžÀƁÇÐÉƑĞĤÎĴĶĻṀÑÖÞɊŘŠŢÛṼŴẊÝŽ"
_ACCENTS = str.maketrans(ascii_letters, _ACCENTED)
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשתםןףץ" * 2

#: Turns a page in this language into one that is written from right to left, in words as long as the English ones.
MIRROR = f"""() => {{
    const letters = new Map({json.dumps(list(zip(_ACCENTED, _HEBREW, strict=True)))});
    const word = new RegExp("[{_ACCENTED}]+", "g");
    const short = grown => [...grown].slice(0, Math.floor(grown.length / {1 + _GROWTH}));
    const mirrored = grown => short(grown).map(one => letters.get(one)).join("");
    document.documentElement.dir = "rtl";
    document.documentElement.lang = "he";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {{
        const text = walker.currentNode.data;
        if (text.match(word)) walker.currentNode.data = text.replace(word, mirrored);
    }}
}}"""


def longer(text: str) -> str:
    """`Save %(noun)s` is `⟦Šàṽéšà %(noun)s⟧`."""
    parts = _KEPT.split(text)
    parts[::2] = [_WORD.sub(_grown, part) for part in parts[::2]]
    return f"⟦{''.join(parts)}⟧"


def _grown(word: re.Match[str]) -> str:
    more = word[0][: math.ceil(len(word[0]) * _GROWTH)]
    return (word[0] + more.lower()).translate(_ACCENTS)


def translated_pages(request: pytest.FixtureRequest, blocker: DjangoDbBlocker) -> tuple[list[Shown], set[str]]:
    """Every page, and the texts of all rows that were there; asked for once in a run."""

    def ask() -> tuple[list[Shown], set[str]]:
        with blocker.unblock(), passing():
            reader, data = Reader(make_scene(), language=LANGUAGE), set(_texts_of_rows())
            with _translating():
                return [reader.show(page) for page in pages()], data

    return once(request, "translated", ask)


@contextmanager
def _translating() -> Iterator[None]:
    """Whoever asks for `LANGUAGE` is answered in it."""
    cache.clear()
    with pytest.MonkeyPatch.context() as patch:
        for name in _MESSAGES:
            patch.setattr(translation._trans, name, _translated(name))  # type: ignore[attr-defined]  # its own switch
        with override_settings(LANGUAGES=[*settings.LANGUAGES, (LANGUAGE, "Brackets")]):
            yield
    cache.clear()


def _translated(name: str) -> Any:
    real = getattr(trans_real, name)

    def message(*arguments: Any) -> str:
        text = str(real(*arguments))
        return longer(text) if text and translation.get_language() == LANGUAGE else text

    return message


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
        yield from (*sent, *(NO_TEXT.sub(" ", text).strip() for text in sent))


def _holds_words(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices and field.name not in _CODES
