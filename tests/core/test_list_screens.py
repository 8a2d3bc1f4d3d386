"""Lists: views, filters, order, pages, regions, and what happens to an address that makes no sense."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.models import Currency
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    """Signed in as `rep_a`, who may do everything with her own leads."""
    grant(cast.rep_a, Depth.OWN, "read", "create", "write", "delete")
    return client_for(cast.rep_a)


def page_of(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"/leads/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<td class="is-name at-name"><a href="[^"]+" title="[^"]+">([^<]+)</a>', page)


def test_the_first_view_holds_my_open_leads(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Mine")
    lead_row(cast.rep_a, "Closed", state="qualified", status_reason="qualified", closed_at=dt.datetime.now(dt.UTC))
    lead_row(cast.rep_c, "Hers")
    page = page_of(anna)
    assert names(page) == ["Mine"]
    assert re.search(r'href="/leads/\?view=my-open" aria-current="page">My open leads', page)
    assert names(page_of(anna, "?view=all&sort=sort_key")) == ["Closed", "Mine"]


def test_a_record_that_one_may_not_see_is_neither_listed_nor_counted(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_c, "Secret")
    page = page_of(anna, "?view=all")
    assert "Secret" not in page
    assert '<span class="muted" id="list-count">0</span>' in page


def test_a_row_shows_its_values_for_people(cast: Cast, anna: Client) -> None:
    lead = lead_row(
        cast.rep_a,
        "Owen <b>Prescott</b>",
        company="Cascadia & Sons",
        rating="hot",
        employees=1200,
        estimated_value=Decimal("86000.4"),
        currency=Currency.objects.get(code="USD"),
        estimated_close_on=dt.date(2026, 12, 18),
        created_at=dt.datetime(2024, 11, 15, 10, tzinfo=dt.UTC),
    )
    page = page_of(anna)
    assert f'<a href="/leads/{lead.pk}/" title="Owen &lt;b&gt;Prescott&lt;/b&gt;">' in page
    for cell in (
        '<td class="at-sub">Cascadia &amp; Sons</td>',
        "<td>Hot</td>",
        "New</span></td>",
        '<time datetime="2024-11-15T10:00+00:00" title="2024-11-15 10:00 UTC">15 Nov 2024</time>',
        "<td>18 Dec 2026</td>",
        '<td class="num">1,200</td>',
        '<td class="num money at-amount"><span class="code">USD</span> 86,000</td>',
        "<td>&lt;Cascadia &amp; Sons&gt;</td>",
        '<span class="visually-hidden">Anna North</span>',
    ):
        assert cell in page


def test_money_in_the_base_currency_has_no_code(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, estimated_value=Decimal("41500"), currency=Currency.objects.get(code="EUR"))
    assert '<td class="num money at-amount">41,500</td>' in page_of(anna)


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("sort=colour", "This list cannot be sorted by “colour”."),
        ("sort=owner__password", "This list cannot be sorted by “owner__password”."),
        ("view=none", "There is no view “none”; this is the usual one."),
        ("after=nonsense", "The address named no page of this list; this is the first one."),
        ("before=nonsense", "The address named no page of this list; this is the first one."),
        ("rating=lukewarm", "“Rating” was ignored"),
        ("existing_account=999999999999999999999", "was ignored"),
        ("estimated_close_on__gte=yesterday", "was ignored"),
        ("colour=red", "“colour” is not a filter of this list and was ignored."),
    ],
)
def test_what_an_address_asks_in_vain_is_ignored_with_a_notice(
    cast: Cast, anna: Client, query: str, notice: str
) -> None:
    lead_row(cast.rep_a, "Mine")
    page = page_of(anna, f"?{query}")
    assert names(page) == ["Mine"]
    assert notice in page


def test_the_search_finds_names_in_any_writing_and_companies_by_their_beginning(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Chloé Marchetti", company="Laiterie du Vercors")
    lead_row(cast.rep_a, "Rui Tanaka", company="Hokuto")
    assert names(page_of(anna, "?q=MARCHE")) == ["Chloé Marchetti"]
    assert names(page_of(anna, "?q=chloe")) == ["Chloé Marchetti"]
    assert names(page_of(anna, "?q=hok")) == ["Rui Tanaka"]
    assert names(page_of(anna, "?q=kuto")) == []
    assert names(page_of(anna, "?q=%25")) == []


def test_pages_lead_to_the_next_and_back_with_the_filters_kept(cast: Cast, anna: Client) -> None:
    for number in range(120):
        lead_row(cast.rep_a, f"Lead {number:03}", rating="hot")
    seen: list[str] = []
    query = "?q=rating:hot&sort=sort_key"
    while query:
        page = page_of(anna, query)
        seen += names(page)
        following = re.search(r'rel="next" href="/leads/(\?[^"]+)"', page)
        query = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [f"Lead {number:03}" for number in range(120)]
    assert "20 of 120 · sorted by name" in page
    previous = re.search(r'rel="prev" href="/leads/(\?[^"]+)"', page)
    assert previous
    assert names(page_of(anna, previous.group(1).replace("&amp;", "&"))) == [f"Lead {n:03}" for n in range(50, 100)]


def test_a_head_sorts_and_turns_round(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Zora")
    lead_row(cast.rep_a, "Adam")
    page = page_of(anna, "?sort=sort_key&after=old")
    assert names(page) == ["Adam", "Zora"]
    assert 'aria-sort="ascending"' in page
    assert 'href="/leads/?sort=-sort_key"' in page
    assert names(page_of(anna, "?sort=-sort_key")) == ["Zora", "Adam"]


def test_htmx_gets_the_region_with_its_title_and_count(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Mine")
    response = anna.get("/leads/?view=all", headers={"HX-Request": "true", "HX-Target": "list"})
    region = response.content.decode()
    assert region.lstrip().startswith('<section id="list"')
    assert '<span class="muted" id="list-count" hx-swap-oob="true">1</span>' in region
    assert "<title>Leads</title>" in region
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in response["Vary"].split(",")}
    assert "<html" in page_of(anna, **{"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"})


def test_an_empty_table_says_what_it_is_for_and_offers_the_first_record(cast: Cast, anna: Client) -> None:
    page = page_of(anna)
    assert "No leads yet" in page
    assert page.count('href="/leads/new/"') == 1
    assert 'name="q"' not in page.split('id="list"')[1]


def test_filters_that_match_nothing_can_be_cleared(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a)
    page = page_of(anna, "?view=all&q=rating:cold")
    assert "No lead matches this query" in page
    assert (
        'title="Change"><span class="muted">Rating:</span> Cold</a><a class="chip-drop" href="/leads/?view=all&amp;q="'
        in page
    )
    assert 'href="/leads/?view=all">Clear the query' in page


def test_without_the_right_to_read_the_list_says_so(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Secret")
    grant(cast.rep_b, Depth.ALL, "write")
    response = client_for(cast.rep_b).get("/leads/")
    assert response.status_code == 403
    assert "None of your roles gives you the right to read leads." in response.content.decode()
    assert "Secret" not in response.content.decode()


def test_without_the_right_to_create_there_is_no_button(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    assert "/leads/new/" not in page_of(client_for(cast.rep_a))


def test_a_list_costs_the_same_few_queries_for_two_rows_and_for_fifty(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.manager, Depth.UNIT_AND_BELOW, "read", "create")
    client = client_for(cast.manager)
    for number in range(2):
        lead_row(cast.rep_a, f"Lead {number}")
    page_of(client, "?view=all")
    with CaptureQueriesContext(connection) as few:
        page_of(client, "?view=all")
    for number in range(48):
        lead_row(cast.rep_b, f"Other {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(names(page_of(client, "?view=all"))) == 50
    assert len(few) == len(many)
    assert len(many) <= 8, [query["sql"] for query in many]


def test_lists_read_tuples_and_no_records(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_row(cast.rep_a, "Mine")

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a list made a model instance")

    monkeypatch.setattr(Lead, "from_db", refuse)
    assert names(page_of(anna)) == ["Mine"]
