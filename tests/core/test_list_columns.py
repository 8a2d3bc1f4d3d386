"""Columns that somebody chose, orders without an index, groups: within the rights of the reader."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.counts import Count
from crm.core.screens.lists import Selection, selection, selections
from crm.users.depth import Depth
from crm.users.models import User
from leads.models import Lead
from leads.views.leads import LeadListView
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def selected(actor: User, address: str) -> Selection:
    return selection(LeadListView(), QueryDict(f"view=all&{address}"), actor)


def heads(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>|\s+", " ", head).strip() for head in re.findall(r"<th scope=\"col\".*?</th>", page, re.S)]


def names(page: str) -> list[str]:
    return re.findall(r'<td class="is-name at-name"><a href="[^"]+" title="[^"]+">([^<]+)</a>', page)


def page_of(client: Client, address: str) -> str:
    response = client.get(f"/leads/?view=all&{address}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, "read", "create")
    return client_for(cast.rep_a)


def test_the_chosen_columns_stand_in_their_order_behind_the_name(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Mine", rating="hot", employees=1200, estimated_close_on=dt.date(2026, 12, 18))
    page = page_of(anna, "columns=employees,rating,estimated_close_on,created_by,do_not_phone")
    assert heads(page)[:3] == ["Name", "Employees", "Rating"]
    row = page.split("<tbody>")[1]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row)[:3] == ["1,200", "Hot", "18 Dec 2026"]
    assert "Est. value" not in heads(page)


def test_a_column_that_is_gone_is_left_out_with_a_sentence(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_a, "Mine")
    page = page_of(anna, "columns=name,shoe_size,owner__password")
    assert names(page) == ["Mine"]
    assert "There is no column “shoe_size” any more; it was left out." in page
    assert "There is no column “owner__password” any more; it was left out." in page


def test_fields_of_a_record_that_one_may_not_see_are_empty_and_sort_nothing(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    role = cast.rep_a.user_roles.get().role
    role.privileges.create(permission="customers.account_read", depth=Depth.OWN)
    role.privileges.create(permission="customers.read_account", depth=Depth.OWN)
    cast.rep_a.__dict__.pop("_reach", None)
    hers = AccountFactory.create(name="Zulu", industry="Secret trade", owner=cast.rep_c, owning_unit=cast.south)
    mine = AccountFactory.create(name="Alpha", industry="Brewing", owner=cast.rep_a, owning_unit=cast.north)
    lead_row(cast.rep_a, "With hers", existing_account=hers)
    lead_row(cast.rep_a, "With mine", existing_account=mine)
    lead_row(cast.rep_a, "Without")
    found = selected(cast.rep_a, "columns=name,account,account.industry&sort=account.industry")
    rows = found.page().rows
    html = found.sheet.rows_html(rows, actor=cast.rep_a)
    assert [row[1] for row in rows] == ["With mine", "With hers", "Without"]
    assert "Brewing" in html
    assert ">Alpha<" in html
    assert "Secret" not in html
    assert "Zulu" not in html
    assert "An account you may not see" in html


def test_a_short_list_sorts_by_any_field_and_pages_through_it_both_ways(cast: Cast, anna: Client) -> None:
    for number in range(60):
        lead_row(cast.rep_a, f"Lead {number:02}", company=f"company {number % 7}" if number % 3 else "")
    expected = [
        name
        for name, _key in sorted(
            ((lead.name, (not lead.company, lead.company, lead.pk)) for lead in Lead.objects.all()),
            key=lambda one: one[1],
        )
    ]
    first = page_of(anna, "sort=company")
    following = re.search(r'rel="next" href="/leads/(\?[^"]+)"', first)
    assert following
    second = anna.get("/leads/" + following.group(1).replace("&amp;", "&")).content.decode()
    assert names(first) + names(second) == expected
    previous = re.search(r'rel="prev" href="/leads/(\?[^"]+)"', second)
    assert previous
    assert names(anna.get("/leads/" + previous.group(1).replace("&amp;", "&")).content.decode()) == names(first)
    assert 'aria-sort="ascending"' in first
    down = page_of(anna, "sort=-company")
    assert (
        names(down)[0]
        == sorted((lead for lead in Lead.objects.all() if lead.company), key=lambda lead: (lead.company, lead.pk))[
            -1
        ].name
    )


@pytest.mark.parametrize(
    "sort", ["rating", "-rating", "estimated_value", "owner", "state", "do_not_phone", "-next_step"]
)
def test_every_kind_of_field_sorts_or_says_that_it_does_not(cast: Cast, anna: Client, sort: str) -> None:
    lead_row(cast.rep_a, "Cold", rating="cold", estimated_value=Decimal(5))
    lead_row(cast.rep_a, "Hot", rating="hot")
    page = page_of(anna, f"sort={sort}")
    assert set(names(page)) == {"Cold", "Hot"}
    assert ("cannot be sorted" in page) == (sort in {"-next_step"})


def test_a_choice_sorts_in_the_order_of_its_choices(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    for rating in ("cold", "warm", "hot"):
        lead_row(cast.rep_a, rating, rating=rating)
    rows = selected(cast.rep_a, "sort=rating").page().rows
    assert [row[1] for row in rows] == [key for key, _word in Lead.Rating.choices]


def test_a_long_list_keeps_its_order_and_says_why(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selections, "count_up_to", lambda *_args, **_options: Count(12_000, exact=False))
    lead_row(cast.rep_a, "Mine")
    page = page_of(anna, "sort=company&group=rating")
    assert "More than 10,000 rows match, too many for this order. Narrow the list first." in page
    assert "is-group" not in page


def test_groups_have_heads_with_the_number_of_their_rows_on_all_pages(cast: Cast, anna: Client) -> None:
    for number in range(55):
        lead_row(cast.rep_a, f"Warm {number:02}", rating="warm")
    lead_row(cast.rep_a, "Hot", rating="hot")
    page = page_of(anna, "group=rating&columns=name,company")
    found = re.findall(
        r'<tr class="is-group"><th scope="colgroup" colspan="2">([^<]+) <span class="tab-count">(\d+)</span>', page
    )
    assert found == [("Hot", "1"), ("Warm", "55")]
    assert names(page)[0] == "Hot"
    grant(cast.rep_a, Depth.OWN, "read")
    assert ">Anna North <" in page_of(anna, "group=owner")


@pytest.mark.parametrize(
    "address", ["columns=name,account,account.industry,account.owner,owner,rating", "group=owner", "sort=-company"]
)
def test_what_is_chosen_costs_the_same_few_queries_for_two_rows_and_for_fifty(
    cast: Cast, client_for: ClientFor, address: str
) -> None:
    client = client_for(cast.manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page_of(client, address)
        return len(seen)

    for number in range(2):
        lead_row(cast.rep_a, f"Lead {number}")
    page_of(client, address)
    few = queries()
    for number in range(48):
        lead_row(cast.rep_b, f"Other {number}")
    assert few == queries() <= 8


def test_on_a_phone_a_chosen_column_without_a_place_stands_as_label_and_value(
    cast: Cast, client_for: ClientFor
) -> None:
    lead_row(cast.rep_a, "Mine", rating="hot")
    client = client_for(cast.rep_a)
    page = client.get("/leads/?view=all&columns=name,rating,owner.email").content.decode()
    assert '<td class="at-more" data-label="Rating">Hot</td>' in page
    assert page.count('data-label="Owner: e-mail"') == 1
    assert "data-label" not in client.get("/leads/?view=all").content.decode()
