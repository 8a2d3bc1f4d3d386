"""A list as a board: the same rows in columns of one value, counted, added up and within the rights of the reader."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.counts import Count
from crm.core.screens.lists import selections
from crm.users.depth import Depth
from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from leads.models import Lead
from sales.models import Opportunity
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.customers import AccountFactory
from tests.factories.sales import make_opportunity
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

type Column = tuple[str, str, list[str], str]


def page_of(client: Client, address: str, path: str = "/leads/") -> str:
    response = client.get(f"{path}?view=all&{address}")
    assert response.status_code == 200
    return response.content.decode()


def columns_of(page: str) -> list[Column]:
    """Of each column: label, count with the sum, names of the cards, and what stands below."""
    found = []
    for part in page.split('<section class="board-column"')[1:]:
        head, _end, rest = part.partition("</h2>")
        label = head.rpartition(">")[2]
        counted = re.sub(r"<[^>]+>|\s+", " ", rest.partition("</div>")[0]).split()
        names = re.findall(r'<div class="is-name at-name">.*?<a href="[^"]+" title="[^"]+">([^<]+)</a>', rest)
        more = re.search(r'board-more"[^>]*>([^<]+)', rest)
        found.append((label, " ".join(counted), names, more.group(1) if more else ""))
    return found


def test_each_value_is_a_column_with_its_first_cards_in_the_order_of_the_list(
    cast: Cast, client_for: ClientFor
) -> None:
    for number in range(23):
        lead_row(cast.rep_a, f"Warm {number:02}", rating="warm", company=f"company {23 - number:02}")
    lead_row(cast.rep_a, "Hot", rating="hot")
    lead_row(cast.rep_a, "Unrated", rating="")
    lead_row(cast.rep_a, "Old", rating="boiling")
    client = client_for(cast.rep_a)
    page = page_of(client, "layout=board&group=rating&sort=company&q=owner:me")
    words = [str(word) for _key, word in Lead.Rating.choices]
    assert words == ["Hot", "Warm", "Cold"]
    assert columns_of(page) == [
        ("Hot", "1", ["Hot"], ""),
        ("Warm", "23", [f"Warm {number:02}" for number in range(22, 2, -1)], "3 more"),
        ("Cold", "0", [], ""),
        ("boiling", "1", ["Old"], ""),
        ("Without a value", "1", ["Unrated"], ""),
    ]
    assert 'id="list-count">26<' in page
    link = re.search(r'class="board-more" href="([^"]+)"', page)
    assert link
    narrowed = client.get(unescape(link.group(1)))
    assert narrowed.context["count_words"] == "23"
    assert narrowed.context["board"] is None
    assert "layout" not in link.group(1)


def test_the_columns_of_opportunities_are_added_up_in_base_currency_of_what_one_sees(
    cast: Cast, client_for: ClientFor
) -> None:
    sums = ((cast.rep_a, "committed", "48000"), (cast.rep_a, "committed", "1000.40"), (cast.rep_c, "committed", "7"))
    for owner, category, amount in sums:
        made = make_opportunity(owner, topic=f"For {amount}", forecast_category=category)
        Opportunity.objects.filter(pk=made.pk).update(
            estimated_revenue=Decimal(1), base_estimated_revenue=Decimal(amount)
        )
    role = cast.rep_a.user_roles.get().role
    role.privileges.filter(permission="sales.read_opportunity").update(depth=Depth.OWN)
    page = page_of(client_for(cast.rep_a), "layout=board&sort=-base_estimated_revenue", "/opportunities/")
    assert columns_of(page) == [
        ("Pipeline", "0", [], ""),
        ("Best case", "0", [], ""),
        ("Committed", "2 Est. revenue 49,000", ["For 48000", "For 1000.40"], ""),
        ("Omitted", "0", [], ""),
    ]
    without_money = page_of(client_for(cast.rep_a), "layout=board&columns=topic", "/opportunities/")
    assert columns_of(without_money)[2][1] == "2"


def test_a_hidden_field_and_what_makes_no_columns_are_left_out_with_a_sentence(
    cast: Cast, client_for: ClientFor
) -> None:
    margin = make_field("Margin", "choice", choices="Thin,Fat", readers=[Role.objects.get(name=SALES_MANAGER).pk])
    lead_row(cast.rep_a, "Mine", rating="hot", custom={margin.key: "thin"})
    lead_row(cast.rep_c, "Hers")
    seen = columns_of(page_of(client_for(cast.manager), f"layout=board&group={margin.key}"))
    assert [(label, names) for label, _count, names, _more in seen] == [("Thin", ["Mine"]), ("Fat", [])]
    grant(cast.rep_a, Depth.OWN, "read")
    client = client_for(cast.rep_a)
    for address, sentence, is_board in (
        ("layout=map", "This list cannot be shown as “map”.", False),
        ("layout=board&group=owner__password", "This list cannot be grouped by “owner__password”.", True),
        (f"layout=board&group={margin.key}", f"This list cannot be grouped by “{margin.key}”.", True),
        ("layout=board&group=owner", "A board has no columns for “owner”.", True),
        ("layout=board&group=account.state", "This list cannot be grouped by “account.state”.", True),
        ("layout=board&after=none&only=1", "", False),
        ("layout=board&q=ratin:hot", "", False),
    ):
        page = page_of(client, address)
        assert sentence in unescape(page), address
        assert ('class="board"' in page) == is_board, address
        assert "Hers" not in page
        assert "Thin" not in page
        if is_board:
            assert [(label, names) for label, _count, names, _more in columns_of(page) if names] == [("New", ["Mine"])]


def test_more_rows_than_can_be_counted_are_a_list_and_no_board(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "count_up_to", lambda *_args, **_options: Count(12_000, exact=False))
    lead_row(cast.rep_a, "Mine")
    page = page_of(client_for(cast.rep_a), "layout=board")
    assert "More than 10,000 rows match, too many for this order. Narrow the list first." in page
    assert 'class="board"' not in page
    assert ">Mine</a>" in page


def test_cards_show_the_cells_of_the_list_and_chosen_columns_with_their_labels(
    cast: Cast, client_for: ClientFor
) -> None:
    lead_row(cast.rep_a, "Mine", company="Acme", rating="hot")
    client = client_for(cast.rep_a)
    card = page_of(client, "layout=board").split('<li class="board-card">')[1].split("</li>")[0]
    assert re.findall(r'<div class="([^"]*)"', card) == [
        "is-name at-name",
        "at-sub",
        "at-mark",
        "num money at-amount",
        "at-step",
        "at-owner",
    ]
    chosen = page_of(client, "layout=board&columns=name,rating,owner")
    assert '<div class="at-more" data-label="Rating">Hot</div>' in chosen


def test_a_board_costs_the_same_few_queries_for_two_rows_and_for_fifty(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    account = AccountFactory.create(owner=cast.rep_a, owning_unit=cast.north)

    def queries(address: str, path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page_of(client, address, path)
        return len(seen)

    boards = (("layout=board", "/leads/"), ("layout=board", "/opportunities/"), ("layout=board&group=state", "/leads/"))
    for number in range(2):
        lead_row(cast.rep_a, f"Lead {number}")
        make_opportunity(cast.rep_a, customer_account=account)
    for board in boards:
        page_of(client, *board)
    few = [queries(*board) for board in boards]
    for number in range(48):
        lead_row(cast.rep_b, f"Other {number}")
    columns: Any = Opportunity.objects.values()[0]
    Opportunity.objects.bulk_create(Opportunity(**{**columns, "id": None}) for _number in range(48))
    assert few == [queries(*board) for board in boards]
    assert max(few) <= 8


def test_a_list_without_a_field_of_its_own_for_it_takes_its_state(cast: Cast, client_for: ClientFor) -> None:
    AccountFactory.create(name="Acme", owner=cast.rep_a, owning_unit=cast.north)
    page = page_of(client_for(cast.rep_a), "layout=board", "/accounts/")
    assert [(label, names) for label, _count, names, _more in columns_of(page)] == [
        ("Active", ["Acme"]),
        ("Inactive", []),
    ]
    assert '<a href="/accounts/?view=all">List</a>' in page
