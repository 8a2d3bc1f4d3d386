"""A wrong declaration stops the start with an id and a sentence."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import models

from crm.core import checks, panels
from crm.core.actions import Action
from crm.core.filters import RecordFilter
from crm.core.indexes import is_indexed
from crm.core.panels import Panel
from crm.core.screens import ListView
from crm.core.tables import Column, LinkColumn, Table
from crm.users.models import IdempotencyKey
from leads.models import Lead
from tests.core.lead_screens import CONTACT, LeadTable

NAMES = {"leads:lead_detail", "leads:lead_contact"}


def found(messages: Iterable[CheckMessage]) -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in messages]


def test_a_right_table_has_no_faults() -> None:
    assert found(checks.check_table(LeadTable, NAMES)) == []


@pytest.mark.parametrize(
    ("column", "number", "words"),
    [
        (Column("x", "colour"), "E001", "names the path “colour”, which Lead does not have."),
        (Column("x", "owner__colour"), "E001", "names the path “owner__colour”, which Lead does not have."),
        (Column("x", "company", sort="company"), "E002", "sorts by “company”, which no index of Lead begins with."),
        (Column("x", "company", sort="colour"), "E002", "sorts by “colour”, which no index of Lead begins with."),
        (LinkColumn("x", "name", url_name="leads:lead"), "E003", "links to “leads:lead”, which is no URL name."),
    ],
)
def test_a_wrong_column_is_named(column: Column, number: str, words: str) -> None:
    faulty = type("FaultyTable", (Table,), {"model": Lead, "columns": (column,), "__module__": "faulty"})
    assert found(checks.check_table(faulty, NAMES)) == [(f"throughline.{number}", f"faulty.FaultyTable {words}")]


def test_a_list_that_starts_in_an_order_without_index_or_searches_what_is_not_there_is_named() -> None:
    table = type("OddTable", (LeadTable,), {"default_sort": "-topic"})
    filterset = type("OddFilter", (RecordFilter,), {"search_fields": ("colour",)})
    view = type("OddView", (ListView,), {"model": Lead, "table": table, "filterset": filterset})
    numbers = [number for number, _words in found(checks.check_list(view, NAMES))]
    assert numbers == ["throughline.E002", "throughline.E010"]


def _faulty_action(**changes: Any) -> Action:
    values = {name: getattr(CONTACT, name) for name in ("name", "label", "model", "right", "perform", "url_name")}
    return Action(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "number"),
    [({"move": "evaporate"}, "E006"), ({"url_name": "leads:lead_gone"}, "E003"), ({"template": "no.html"}, "E009")],
)
def test_a_wrong_action_is_named(changes: dict[str, str], number: str) -> None:
    messages = found(checks.check_actions([_faulty_action(**changes)], NAMES))
    assert [message_id for message_id, _words in messages] == [f"throughline.{number}"]
    assert next(iter(changes.values())) in messages[0][1]


def test_a_right_action_has_no_faults() -> None:
    assert found(checks.check_actions([CONTACT], NAMES)) == []


def test_a_panel_without_its_template_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Panel(name="lost", title="Lost", template="leads/panels/lost.html")
    monkeypatch.setattr(panels, "_registry", {Lead: {"lost": panel}})
    words = "The panel “lost” of Lead names the template “leads/panels/lost.html”, which is not there."
    assert found(checks.check_panels()) == [("throughline.E009", words)]


def test_a_table_without_history_must_say_why() -> None:
    class _Options:
        label, auto_created, proxy = "leads.Forgotten", False, False

    forgotten: Any = type("Forgotten", (), {"_meta": _Options, "__module__": "leads.models"})
    excused: Any = type("Excused", (), {"_meta": _Options, "__module__": "leads.models", "untracked_because": "a log"})
    assert found(checks.check_history([Lead, IdempotencyKey, excused])) == []
    words = "leads.models.Forgotten keeps no history: decorate it with `tracked` or say `untracked_because`."
    assert found(checks.check_history([forgotten])) == [("throughline.E008", words)]


def test_a_unique_column_and_one_with_a_branch_index_may_be_sorted_by() -> None:
    assert is_indexed(Lead, "created_at")
    assert is_indexed(Lead, "number")
    assert not is_indexed(Lead, "topic")
    assert isinstance(Lead._meta.get_field("topic"), models.CharField)
