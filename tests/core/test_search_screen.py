"""The search over all tables."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.search import SearchSource, register_search
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    register_search(
        SearchSource(
            model=Lead,
            label="Leads",
            url_name="leads:lead_detail",
            subtitle="company",
            lookups=("sort_key", "number", "email"),
        )
    )
    grant(cast.rep_a, Depth.OWN, "read")
    return client_for(cast.rep_a)


def page_of(client: Client, query: str) -> str:
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    return response.content.decode()


def test_records_are_found_by_the_beginning_of_name_number_and_email(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, "Tereza Dvořáková", company="Moravské <sklárny>", email="Tereza@sklarny.example")
    link = f'<a href="/leads/{lead.pk}/">Tereza Dvořáková</a><span class="muted">Moravské &lt;sklárny&gt;</span>'
    for query in ("tereza d", "TEREZA", lead.number.lower(), "tereza@", " tereza "):
        assert link in page_of(anna, query)
    assert link not in page_of(anna, "dvorakova")
    assert "Nothing found for “%_”" in page_of(anna, "%_")


def test_what_one_may_not_see_is_not_found(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_c, "Tereza Dvořáková")
    assert "Dvořáková" not in page_of(anna, "tereza")


def test_ten_are_shown_and_more_are_announced(cast: Cast, anna: Client) -> None:
    for number in range(12):
        lead_row(cast.rep_a, f"Anna {number}")
    page = page_of(anna, "anna")
    assert page.count('<li><a href="/leads/') == 10
    assert '<span class="card-count">10+</span>' in page


@pytest.mark.parametrize("query", ["", "   ", "\x00", "é" * 5000, "<script>"])
def test_anything_may_be_typed(anna: Client, query: str) -> None:
    page = page_of(anna, query)
    assert "<script>" + "</h" not in page
    assert "“<script>”" not in page


def test_each_table_costs_one_query(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Anna")
    page_of(anna, "anna")
    with CaptureQueriesContext(connection) as queries:
        page_of(anna, "anna")
    assert sum("leads_lead" in query["sql"] for query in queries) == 1
