"""Registries as the tests of the screens need them: only what they declare themselves."""

import pytest
from pytest_django.fixtures import Settings

from crm.core import actions, context, deletion, line, panels, search
from leads.models import Lead
from tests.core.lead_screens import CONTACT, DISQUALIFY


@pytest.fixture
def lead_screens(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The screens of `tests.core.lead_screens` are those of the site."""
    settings.ROOT_URLCONF = "tests.core.lead_screens"
    monkeypatch.setattr(actions, "_registry", {Lead: {action.name: action for action in (CONTACT, DISQUALIFY)}})
    for module in (panels, search, line):
        monkeypatch.setattr(module, "_registry", {})
    monkeypatch.setattr(context, "_entries", {})
    for name in ("_holding", "_belonging", "_refusing"):
        monkeypatch.setattr(deletion, name, {})
