"""The search over all tables: what is found, in which order, and by whom."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import finding_sql
from crm.core.search import sources
from crm.core.word_frequencies import Frequencies, forget_frequencies, frequencies_of
from crm.users.depth import Depth
from crm.users.models import Share, User
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    finding_sql.forget_reach()
    forget_frequencies()
    yield
    finding_sql.forget_reach()
    forget_frequencies()


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, "read")
    return client_for(cast.rep_a)


def page_of(client: Client, query: str, noun: str = "") -> str:
    response = client.get("/search/", {"q": query, **({"in": noun} if noun else {})})
    assert response.status_code == 200
    return str(response.content.decode().partition("<main")[2].partition("</main>")[0])


def found(client: Client, query: str) -> list[str]:
    """The titles in their order."""
    return re.findall(r'<li><a href="/leads/\d+/">([^<]*)</a>', page_of(client, query))


def test_a_hit_shows_what_it_is_and_leads_to_its_page(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, "Tereza Dvořáková", company="Moravské <sklárny>")
    page = page_of(anna, "DVOŘ ter")
    assert (
        f'<a href="/leads/{lead.pk}/">Tereza Dvořáková</a><span class="muted">Moravské &lt;sklárny&gt;</span>' in page
    )
    assert 'href="/leads/?view=all&amp;q=DVO%C5%98+ter"' in page
    assert "Nothing found for “%_”" in page_of(anna, "%_")


def test_what_one_may_not_see_is_not_found_and_not_counted(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Tereza Own")
    before = page_of(anna, "tereza")
    for _number in range(12):
        lead_row(cast.rep_c, "Tereza Hidden")
    assert page_of(anna, "tereza") == before
    assert found(anna, "hidden") == []


def test_the_exact_comes_first_then_beginnings_then_whole_words(cast: Cast, anna: Client) -> None:
    for name in ("Mei Annabel", "Lee Ann", "Annabel Lee", "Ann"):
        lead_row(cast.rep_a, name)
    assert found(anna, "ann") == ["Ann", "Annabel Lee", "Lee Ann", "Mei Annabel"]
    assert found(anna, "annabel mei") == ["Mei Annabel"]
    lead_row(cast.rep_a, "Twelve", number="LEAD-2026-00012")
    lead_row(cast.rep_a, "12th street")
    assert found(anna, "12") == ["12th street", "Twelve"]
    assert found(anna, "lead-2026-00012") == ["Twelve"]


def test_a_person_is_found_by_the_last_six_digits_of_a_phone(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Owen", phone="+44 7700 900123", phone_e164="+447700900123")
    for typed in ("900123", "900 123", "+44 (0)7700 900123", "07700/900123", "7700-900-123"):
        assert found(anna, typed) == ["Owen"], typed
    assert found(anna, "900124") == []


def test_ten_are_shown_and_fifty_of_one_noun(cast: Cast, anna: Client) -> None:
    for number in range(12):
        lead_row(cast.rep_a, f"Anna {number}")
    assert len(found(anna, "anna")) == 10
    page = page_of(anna, "anna", "lead")
    assert page.count('<li><a href="/leads/') == 12
    assert '<span class="card-count">12</span>' in page


def test_the_best_of_a_thousand_are_ranked_and_more_are_announced(
    cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding_sql, "CANDIDATES", 3)
    monkeypatch.setattr("crm.core.finding.CANDIDATES", 3)
    lead_row(cast.rep_a, "Ann")
    for number in range(6):
        lead_row(cast.rep_a, f"Anna {number}")
    page = page_of(anna, "ann")
    assert '<span class="card-count">3+</span>' in page


@pytest.mark.parametrize("reach", [(1000, 0.0), (0, 0.0), (0, 10_000_000.0), (60, 10_000_000.0)])
@pytest.mark.parametrize("depth", [Depth.OWN, Depth.UNIT, Depth.ALL])
def test_every_way_to_the_rows_finds_the_same(
    cast: Cast,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    depth: Depth,
    reach: tuple[int, float],
) -> None:
    """However far the rights reach, however common the words are taken for, and with rows that are shared."""
    few_rows, rows = reach
    grant(cast.rep_a, depth, "read")
    common = Frequencies(rows, ("anna", "zimmer"), (0.5, 0.0001))
    monkeypatch.setattr("crm.core.finding.frequencies_of", lambda names: dict.fromkeys(names, common))
    monkeypatch.setattr(finding_sql, "FEW_ROWS", few_rows)
    owners: list[User] = [cast.rep_a, cast.rep_b, cast.rep_c]
    for owner in owners:
        for name in ("Anna Zimmer", "Anna Amsel", "Bea Zimmer"):
            lead_row(owner, f"{name} {owner.username}")
    shared = lead_row(cast.rep_c, "Anna Zimmer shared")
    Share.objects.create(content_type=ContentType.objects.get_for_model(Lead), object_id=shared.pk, user=cast.rep_a)
    client = client_for(cast.rep_a)
    expected = set(Lead.objects.visible_to(cast.rep_a).values_list("name", flat=True))
    assert set(found(client, "anna")) == {name for name in expected if name.startswith("Anna")}
    assert set(found(client, "zimmer anna")) == {name for name in expected if name.startswith("Anna Zimmer")}
    assert {"Anna Zimmer rep_a", "Anna Zimmer shared"} <= set(found(client, "anna"))


def test_words_are_known_to_be_common_as_the_database_counts_them(cast: Cast) -> None:
    for number in range(20):
        lead_row(cast.rep_a, f"Common {'Rare' if number == 7 else ''}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")
    known = frequencies_of(["lead_search"])["lead_search"]
    assert (known.rows, known.beginning_with("comm"), known.equal_to("common")) == (20.0, 1.0, 1.0)
    assert (known.beginning_with("zebra"), known.equal_to("commo")) == (0.0, 0.0)


@pytest.mark.parametrize("query", ["", "   ", "\x00", "é" * 5000, "<script>", "%", ":*", "a:*&!(b|c)", "\u202e", "😀"])
def test_anything_may_be_typed(anna: Client, query: str) -> None:
    page = page_of(anna, query)
    assert "<script>" + "</h" not in page
    assert "“<script>”" not in page


def test_each_table_costs_one_statement_and_all_are_asked_at_once(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.administrator, "Anna")
    client = client_for(cast.administrator)
    page_of(client, "anna")
    with CaptureQueriesContext(connection) as queries:
        page_of(client, "anna")
    for source in sources():
        assert sum(f'"{source.model._meta.db_table}"."deleted_at"' in query["sql"] for query in queries) == 1
    assert len(queries) <= len(sources()) + 3


def test_kept_plans_find_the_same_for_other_words_and_numbers(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Anna Zimmer", number="LEAD-2026-00012")
    lead_row(cast.rep_a, "Bea Amsel", number="LEAD-2026-00013")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    asked = {"anna": ["Anna Zimmer"], "bea a": ["Bea Amsel"], "lead-2026-00013": ["Bea Amsel"], "carla": []}
    assert connection.connection is not None
    connection.connection.prepare_threshold = 1
    try:
        for _time in range(3):
            assert {text: found(anna, text) for text in asked} == asked
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%leads_lead%'")
            assert cursor.fetchone() != (0,)
    finally:
        connection.connection.prepare_threshold = None
