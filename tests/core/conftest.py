"""Registries as the tests of the screens need them: only what they declare themselves."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from crm.core import actions, context, deletion, line, panels, search
from crm.core.screens import nouns
from leads.models import Lead
from tests.core.lead_screens import CONTACT, DISQUALIFY


@pytest.fixture
def lead_screens(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """The screens of `tests.core.lead_screens` are those of the site."""
    nouns._view_at.cache_clear()
    settings.ROOT_URLCONF = "tests.core.lead_screens"
    monkeypatch.setattr(actions, "_registry", {Lead: {action.name: action for action in (CONTACT, DISQUALIFY)}})
    for module in (panels, search, line):
        monkeypatch.setattr(module, "_registry", {})
    monkeypatch.setattr(context, "_entries", {})
    for name in ("_holding", "_belonging", "_refusing"):
        monkeypatch.setattr(deletion, name, {})
    yield
    nouns._view_at.cache_clear()
