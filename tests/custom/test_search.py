"""Searchable texts that administrators added, in the search of everything, the palette and the words of a list."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import finding_sql
from crm.core.custom.finding import beginning_with, behind, searched_fields
from crm.core.custom.tasks import build_index
from crm.core.models import CustomField, Job
from crm.core.word_frequencies import Frequencies, forget_frequencies
from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from leads.models import Lead
from tests.core.test_palette import HTMX
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    finding_sql.forget_reach()
    forget_frequencies()
    yield
    finding_sql.forget_reach()
    forget_frequencies()


def make_searched(label: str, **values: Any) -> CustomField:
    field = make_field(label, "text", is_searchable=True, **values)
    CustomField.objects.filter(pk=field.pk).update(index_state="ready")
    return field


def lead_with(owner: Any, last_name: str, **custom: Any) -> Lead:
    lead = make_lead(owner, first_name="", last_name=last_name, company="")
    Lead.objects.filter(pk=lead.pk).update(custom=custom)
    return lead


def found(client: Client, query: str) -> list[str]:
    page = client.get("/search/", {"q": query}).content.decode()
    return re.findall(r'<li><a href="/leads/\d+/">([^<]*)</a>', page)


def listed(client: Client, query: str) -> set[str]:
    page = client.get("/leads/", {"view": "all", "q": query}).content.decode()
    return set(re.findall(r'<a[^>]* href="/leads/\d+/[^"]*"[^>]*>([^<]*)</a>', page.partition("<tbody")[2]))


def test_a_record_is_found_by_the_beginning_of_the_value_the_exact_first(cast: Cast, client_for: ClientFor) -> None:
    make_searched("Licence")
    lead_with(cast.rep_a, "Longer", licence="Bergwerk ÄX-7731")
    lead_with(cast.rep_a, "Exact", licence="bergwerk")
    lead_with(cast.rep_a, "Bergwerk name")
    lead_with(cast.rep_a, "Inside", licence="Altes Bergwerk")
    lead_with(cast.rep_c, "Hidden", licence="Bergwerk")
    client = client_for(cast.rep_a)

    assert found(client, "BERGWERK") == ["Exact", "Bergwerk name", "Longer"]
    assert found(client, "bergwerk ax-77") == ["Longer"]
    assert found(client, "b") == ["Bergwerk name"]
    assert listed(client, "bergwerk") == {"Exact", "Bergwerk name", "Longer"}
    assert listed(client, "not bergwerk") == {"Inside"}
    assert "Longer" in client.get("/palette/", {"q": "bergwerk ax"}, headers=HTMX).content.decode()


def test_a_field_that_one_may_not_read_finds_nothing(cast: Cast, client_for: ClientFor) -> None:
    make_searched("Margin note", readers=[Role.objects.get(name=SALES_MANAGER).pk])
    lead_with(cast.rep_a, "Open", margin_note="Secretly thin")
    nothing = client_for(cast.rep_a).get("/search/", {"q": "nothingatall"}).content.decode()

    assert found(client_for(cast.manager), "secretly") == ["Open"]
    assert found(client_for(cast.rep_a), "secretly") == []
    assert listed(client_for(cast.rep_a), "secretly") == set()
    secret = client_for(cast.rep_a).get("/search/", {"q": "secretly"}).content.decode()
    of_page = re.compile(r"<main.*</main>", re.DOTALL)
    pages = [of_page.findall(page)[0] for page in (nothing.replace("nothingatall", "secretly"), secret)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "change", [{"index_state": "building"}, {"retired_at": "2026-03-01T00:00Z"}, {"kind": "whole"}]
)
def test_only_texts_in_use_whose_index_is_ready_are_looked_into(
    change: dict[str, str], cast: Cast, client_for: ClientFor
) -> None:
    field = make_searched("Licence")
    lead_with(cast.rep_a, "Longer", licence="77")
    assert found(client_for(cast.rep_a), "77") == ["Longer"]
    CustomField.objects.filter(pk=field.pk).update(**change)
    assert found(client_for(cast.rep_a), "77") == []


@pytest.mark.parametrize("reach", [(1000, 0.0), (0, 0.0), (0, 10_000_000.0)])
def test_every_way_to_the_rows_finds_the_same(
    reach: tuple[int, float], cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_rows, rows = reach
    common = Frequencies(rows, ("mine",), (0.5,))
    monkeypatch.setattr("crm.core.finding.frequencies_of", lambda names: dict.fromkeys(names, common))
    monkeypatch.setattr(finding_sql, "FEW_ROWS", few_rows)
    make_searched("Licence")
    make_searched("Mine")
    for owner in (cast.rep_a, cast.rep_b, cast.rep_c):
        lead_with(owner, f"Both {owner}", licence="Mine 4", mine="mine 5")
        lead_with(owner, f"Other {owner}", licence="4")
    expected = {f"Both {owner}" for owner in (cast.rep_a, cast.rep_b)}
    assert sorted(found(client_for(cast.manager), "mine")) == sorted(expected)
    assert found(client_for(cast.rep_a), "mine 5") == ["Both Anna North"]


def test_the_index_answers_and_the_search_costs_no_query_more(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    found(client, "kiln")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            found(client, "kiln")
        return len(asked)

    before = cost()
    field = make_field("Licence", "text", is_searchable=True)
    build_index.call(Job.objects.get().pk)
    found(client, "kiln")
    assert cost() == before
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        [condition] = beginning_with('"leads_lead"', searched_fields(Lead, cast.administrator), "kiln")
        explained = f"EXPLAIN SELECT id FROM leads_lead WHERE {condition.text}"  # noqa: S608 - our own text
        cursor.execute(explained, condition.params)
        assert f"custom_field_{field.pk}" in str(cursor.fetchall())


def test_the_end_of_a_beginning_isbehind_all_that_begin_so() -> None:
    for text in ("a", "z\U0010ffff", "\ud7ff", "\U0010ffff"):
        assert text.encode() < behind(text).encode()
        assert (text + "\U0010fffe").encode() < behind(text).encode()
