"""The kept estimate: it spares counting, and never decides what is seen."""

import time
from functools import partial

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import counts
from crm.core.access import Branch
from crm.core.actors import SYSTEM
from crm.core.counts import Count, count_up_to
from crm.core.history import action
from crm.core.keyset import keyset_page
from crm.core.plans import Plan, plans_of
from crm.core.screens.lists import selections
from crm.core.sql import Sql
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.core.test_list_screens import names
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    counts.forget_estimates()


def by_owner(*people: int) -> list[Branch]:
    return [Branch(f"report {person}", Q(owner_id=person)) for person in people]


def test_an_estimate_is_given_again_for_a_minute_without_counting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for number in range(4):
        lead_row(cast.rep_a, f"Name {number}")
    seen = by_owner(cast.rep_a.pk)
    first = count_up_to(Lead.objects.all(), seen, limit=2, key="mine")
    assert not first.exact
    with CaptureQueriesContext(connection) as queries:
        assert count_up_to(Lead.objects.all(), seen, limit=2, key="mine") == first
    assert len(queries) == 0
    now += 61
    Lead.objects.all().delete()
    assert count_up_to(Lead.objects.all(), seen, limit=2, key="mine") == Count(0, exact=True)


def test_exact_counts_are_never_kept(cast: Cast) -> None:
    lead_row(cast.rep_a)
    seen = by_owner(cast.rep_a.pk, cast.rep_b.pk)
    assert count_up_to(Lead.objects.all(), seen, limit=2, key="few") == Count(1, exact=True)
    lead_row(cast.rep_b)
    assert count_up_to(Lead.objects.all(), seen, limit=2, key="few") == Count(2, exact=True)


def test_counting_that_takes_long_ends_in_an_estimate_and_spoils_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_row(cast.rep_a)
    slow = Lead.objects.filter(pk__in=RawSQL("SELECT id FROM leads_lead WHERE pg_sleep(0.2) IS NOT NULL", ()))
    monkeypatch.setattr(counts, "MILLISECONDS", 20)
    found = count_up_to(slow, by_owner(cast.rep_a.pk))
    assert not found.exact
    assert found.number >= 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    assert count_up_to(Lead.objects.all(), by_owner(cast.rep_a.pk)) == Count(1, exact=True)
    assert count_up_to(slow, by_owner(cast.rep_a.pk), is_patient=True) == Count(1, exact=True)


@pytest.mark.parametrize("plan", [Plan(rows=70, cost=20_000.0, in_bitmaps=0.0), Plan(70, 5_000.0, 1_500.0)])
def test_what_cannot_be_counted_in_time_is_not_begun(cast: Cast, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_row(cast.rep_a, rating="hot")
    monkeypatch.setattr(counts, "plans_of", lambda statements: [plan] * len(statements))
    with CaptureQueriesContext(connection) as queries:
        assert count_up_to(Lead.objects.filter(rating="hot"), by_owner(cast.rep_a.pk)) == Count(70, exact=False)
    assert len(queries) == 0
    patient = count_up_to(Lead.objects.filter(rating="hot"), by_owner(cast.rep_a.pk), is_patient=True)
    assert patient == Count(1, exact=True)
    assert count_up_to(Lead.objects.all(), by_owner(cast.rep_a.pk)) == Count(1, exact=True), "all is always counted"


def test_the_planner_answers_while_an_action_is_on(cast: Cast) -> None:
    """As in a form that is shown again after it was refused: the history reads ahead there."""
    lead_row(cast.rep_a, rating="hot")
    seen, hot = by_owner(cast.rep_a.pk, cast.rep_b.pk), Lead.objects.filter(rating="hot")
    counts.forget_estimates()
    with action("test.asked", actor=SYSTEM):
        assert count_up_to(hot, seen) == Count(1, exact=True)
        assert len(keyset_page(hot, seen, "-created_at", fields=("pk",)).rows) == 1


def test_costs_are_those_of_a_server_with_its_data_in_memory(cast: Cast) -> None:
    rows = [Sql("SELECT id FROM leads_lead WHERE id = %s", (5,))]
    with connection.cursor() as cursor:
        found = []
        for cost in (1.1, 11):
            counts.forget_estimates()
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"SET LOCAL random_page_cost = {cost}")
            found.append([plan.cost for plan in plans_of(rows)])
    assert found[1] == pytest.approx(found[0], rel=0.3)


def test_a_row_of_several_branches_is_counted_once_and_the_limit_holds_for_all_together(cast: Cast) -> None:
    for person in (cast.rep_a, cast.rep_a, cast.rep_b, cast.rep_c):
        lead_row(person)
    seen = [*by_owner(cast.rep_a.pk, cast.rep_b.pk), Branch("unit", Q(owning_unit=cast.north))]
    assert count_up_to(Lead.objects.all(), seen, limit=3) == Count(3, exact=True)
    assert count_up_to(Lead.objects.filter(owner=cast.rep_b), seen, limit=3) == Count(1, exact=True)
    assert not count_up_to(Lead.objects.all(), [*seen, *by_owner(cast.rep_c.pk)], limit=3).exact


def test_a_kept_estimate_never_changes_what_is_seen_nor_speaks_of_other_rows(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "count_up_to", partial(count_up_to, limit=1))
    monkeypatch.setattr(selections, "keyset_page", partial(keyset_page, size=2))
    grant(cast.rep_a, Depth.OWN, "read")
    grant(cast.rep_c, Depth.OWN, "read")
    for number in range(5):
        lead_row(cast.rep_a, f"Anna {number}", rating="hot")
    cara = client_for(cast.rep_c)
    anna = client_for(cast.rep_a)
    assert "about" in _shown(anna, "?view=all&sort=sort_key")
    lead_row(cast.rep_a, "Anna 00", rating="cold")
    after = _shown(anna, "?view=all&sort=sort_key")
    assert names(after) == ["Anna 0", "Anna 00"], "the new row is there, whatever is kept of the count"
    assert 'id="list-count">1<' in _shown(anna, "?view=all&q=rating:cold"), "other filters, another count"
    assert 'id="list-count">0<' in _shown(cara, "?view=all"), "another person, another count"
    grant(cast.rep_a, Depth.NONE, "read")
    assert anna.get("/leads/?view=all&sort=sort_key").status_code == 403


def _shown(client: Client, query: str) -> str:
    response = client.get(f"/leads/{query}")
    assert response.status_code == 200
    return response.content.decode()
