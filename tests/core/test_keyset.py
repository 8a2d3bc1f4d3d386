"""Pages read branch by branch: together they are the ordered set, each row once, in both directions."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core import keyset
from crm.core.access import Branch
from crm.core.branches import Pieces
from crm.core.counts import Count, count_up_to
from crm.core.keyset import Page, keyset_page
from crm.core.plans import Plan, forget_plans
from crm.core.sql import Sql
from crm.users.services.ownership import owner_fields
from leads.models import Lead
from tests.core.lead_rows import lead_row
from tests.factories.cast import Cast
from tests.factories.users import UserFactory

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
FIELDS = ("pk", "name", "estimated_close_on")
# Few values, so that ties and overlaps are the rule.
ROW = st.tuples(st.integers(0, 3), st.sampled_from([None, 1, 2, 3]), st.integers(0, 2), st.booleans())
ORDERS = ["created_at", "-created_at", "estimated_close_on", "-estimated_close_on", "sort_key", "-sort_key"]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def branches(cast: Cast) -> list[Branch]:
    """Overlapping ones: a row may be seen for three reasons."""
    return [
        Branch("own", Q(owner_id=cast.rep_a.pk)),
        Branch("report", Q(owner=cast.rep_b)),
        Branch("unit", Q(owning_unit=cast.north)),
        Branch("shared", Q(decision_maker=True)),
    ]


def walk(rows: Any, seen: Sequence[Branch], order: str, size: int) -> list[Page]:
    """All pages from the first to the last."""
    pages = [keyset_page(rows, seen, order, fields=FIELDS, size=size)]
    while pages[-1].following:
        pages.append(keyset_page(rows, seen, order, fields=FIELDS, size=size, after=pages[-1].following))
    return pages


def expected(cast: Cast, order: str) -> list[int]:
    field = order.removeprefix("-")
    way = F(field).desc(nulls_last=True) if order.startswith("-") else F(field).asc(nulls_last=True)
    visible = Q(owner__in=[cast.rep_a, cast.rep_b]) | Q(owning_unit=cast.north) | Q(decision_maker=True)
    tie = "-pk" if order.startswith("-") else "pk"
    return list(Lead.objects.filter(visible).order_by(way, tie).values_list("pk", flat=True))


def make_rows(cast: Cast, rows: Sequence[tuple[int, int | None, int, bool]]) -> None:
    for day, close, owner, is_shared in rows:
        lead_row(
            (cast.rep_c, cast.rep_a, cast.rep_b)[owner],
            name=f"Name {day}",
            created_at=NOON + dt.timedelta(days=day),
            estimated_close_on=dt.date(2026, 6, close) if close else None,
            decision_maker=is_shared,
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=14), order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_all_pages_together_are_the_ordered_set_without_repeats(
    cast: Cast, rows: Sequence[tuple[int, int | None, int, bool]], order: str, size: int
) -> None:
    with undone():
        make_rows(cast, rows)
        pages = walk(Lead.objects.all(), branches(cast), order, size)
        assert [row[0] for page in pages for row in page.rows] == expected(cast, order)
        assert all(len(page.rows) == size for page in pages[:-1])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=14), order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_the_way_back_shows_the_same_pages(
    cast: Cast, rows: Sequence[tuple[int, int | None, int, bool]], order: str, size: int
) -> None:
    with undone():
        make_rows(cast, rows)
        pages = walk(Lead.objects.all(), branches(cast), order, size)
        page = pages[-1]
        for earlier in reversed(pages[:-1]):
            page = keyset_page(
                Lead.objects.all(), branches(cast), order, fields=FIELDS, size=size, before=page.previous
            )
            assert page.rows == earlier.rows
            assert page.following
        assert page.previous == ""


def test_a_page_is_one_statement(cast: Cast) -> None:
    make_rows(cast, [(day, None, True, True) for day in range(3)])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = keyset_page(Lead.objects.all(), branches(cast), "-estimated_close_on", fields=FIELDS, size=2)
    assert len(page.rows) == 2
    assert len(queries) == 1
    assert queries[0]["sql"].count("UNION ALL") == 5
    assert "OFFSET" not in queries[0]["sql"]


@pytest.mark.parametrize(
    ("filters", "people", "narrowed", "together"),
    [
        ({}, 6, False, 1),
        ({"deleted_at": None}, 6, False, 1),
        ({"state": "open"}, 6, True, 1),
        ({"rating": ""}, 1, True, 1),
    ],
)
def test_keys_are_read_one_by_one_or_all_as_one_condition(
    filters: dict[str, Any], people: int, narrowed: bool, together: int
) -> None:
    """Where columns narrow the rows, each key by itself may have to be read far for the few rows that match."""
    branches = [Branch(f"report {person}", Q(owner_id=person)) for person in range(1, people + 1)]
    found = Pieces(Lead.objects.filter(**filters), branches)
    assert (found.count, len(found.together), found.is_narrowed) == (people, together, narrowed)


@pytest.mark.parametrize("way", range(3))
@pytest.mark.parametrize("order", ["-created_at", "estimated_close_on", "-estimated_close_on"])
def test_whatever_the_planner_says_the_pages_are_the_same(
    cast: Cast, order: str, way: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gathered, along the order for all keys at once, and for each by itself."""
    asked: list[str] = []

    def costs(statements: Sequence[Sql]) -> list[Plan]:
        asked.append(statements[way].text)
        return [Plan(rows=1, cost=0.0 if each == way else 9e9, in_bitmaps=0.0) for each in range(len(statements))]

    monkeypatch.setattr(keyset, "plans_of", costs)
    make_rows(cast, [(day % 3, close, day % 3, day % 2 == 0) for day, close in enumerate([None, 1, 2, 1, None, 3, 2])])
    hot = Lead.objects.filter(state="open", decision_maker=True)
    pages = walk(hot, branches(cast), order, 2)
    seen = set(hot.values_list("pk", flat=True))
    assert [row[0] for page in pages for row in page.rows] == [pk for pk in expected(cast, order) if pk in seen]
    back = keyset_page(hot, branches(cast), order, fields=FIELDS, size=2, before=pages[-1].previous)
    assert back.rows == pages[-2].rows
    assert all(("OFFSET 0" in text) == (way == 0) for text in asked)


def test_the_planner_is_asked_once_for_the_same_question(cast: Cast) -> None:
    forget_plans()
    hot = Lead.objects.filter(rating="hot")
    for queries in (2, 1):
        with CaptureQueriesContext(connection) as counted:
            keyset_page(hot, branches(cast), "-created_at", fields=FIELDS, size=2)
        assert len(counted) == queries


def test_the_filters_of_the_queryset_hold_in_every_branch(cast: Cast) -> None:
    kept = lead_row(cast.rep_a, company="Kestrel")
    lead_row(cast.rep_a, company="Other")
    lead_row(cast.rep_c, company="Other", decision_maker=True)
    page = keyset_page(Lead.objects.filter(company="Kestrel"), branches(cast), "sort_key", fields=("pk",))
    assert page.rows == [(kept.pk,)]


def test_rows_hold_the_asked_values_and_nothing_else(cast: Cast) -> None:
    lead = lead_row(cast.rep_a, name="Owen Prescott")
    page = keyset_page(Lead.objects.all(), branches(cast), "-created_at", fields=("name", "owner__name", "pk", "name"))
    assert page.rows == [("Owen Prescott", "Anna North", lead.pk, "Owen Prescott")]


def test_nobody_sees_nothing(cast: Cast) -> None:
    lead_row(cast.rep_a)
    nothing = [Branch("nothing", Q(pk__in=()))]
    assert keyset_page(Lead.objects.all(), nothing, "-created_at", fields=("pk",)).rows == []
    assert keyset_page(Lead.objects.all(), [], "-created_at", fields=("pk",)).rows == []
    assert count_up_to(Lead.objects.all(), nothing) == Count(0, exact=True)


@pytest.mark.parametrize("token", ["x", "a:b:c", "\x00", "é" * 500, "WzFd:1:abc", "null"])
def test_a_token_that_is_none_gives_the_first_page_and_says_so(cast: Cast, token: str) -> None:
    lead = lead_row(cast.rep_a)
    for after, before in ((token, None), (None, token)):
        page = keyset_page(
            Lead.objects.all(), branches(cast), "-created_at", fields=("pk",), after=after, before=before
        )
        assert (page.rows, page.bad_token, page.previous) == ([(lead.pk,)], True, "")


def test_a_token_of_another_order_is_none(cast: Cast) -> None:
    make_rows(cast, [(day, day, True, False) for day in (1, 2, 3)])
    first = keyset_page(Lead.objects.all(), branches(cast), "-created_at", fields=("pk",), size=1)
    page = keyset_page(Lead.objects.all(), branches(cast), "created_at", fields=("pk",), size=1, after=first.following)
    assert page.bad_token
    assert page.rows == keyset_page(Lead.objects.all(), branches(cast), "created_at", fields=("pk",), size=1).rows


def test_when_everything_beyond_the_token_has_gone_the_first_page_is_shown(cast: Cast) -> None:
    make_rows(cast, [(1, None, True, False), (2, None, True, False)])
    first = keyset_page(Lead.objects.all(), branches(cast), "created_at", fields=("pk",), size=1)
    Lead.objects.exclude(pk=first.rows[0][0]).update(deleted_at=NOON)
    page = keyset_page(Lead.objects.all(), branches(cast), "created_at", fields=("pk",), size=1, after=first.following)
    assert (page.rows, page.previous, page.following, page.bad_token) == (first.rows, "", "", False)


def test_a_page_can_follow_a_row_that_has_gone(cast: Cast) -> None:
    make_rows(cast, [(day, None, True, False) for day in (0, 1, 2)])
    first = keyset_page(Lead.objects.all(), branches(cast), "created_at", fields=("pk", "name"), size=1)
    Lead.objects.filter(pk=first.rows[0][0]).update(deleted_at=NOON)
    page = keyset_page(
        Lead.objects.all(), branches(cast), "created_at", fields=("name",), size=1, after=first.following
    )
    assert page.rows == [("Name 1",)]


def test_counting_is_exact_up_to_the_limit_and_counts_a_row_once(cast: Cast) -> None:
    make_rows(cast, [(1, None, True, True)] * 3)
    assert count_up_to(Lead.objects.all(), branches(cast), limit=3) == Count(3, exact=True)
    assert count_up_to(Lead.objects.all(), branches(cast)[:1], limit=3) == Count(3, exact=True)


def test_beyond_the_limit_the_count_is_an_estimate_above_it(cast: Cast) -> None:
    make_rows(cast, [(1, None, True, True)] * 3)
    count = count_up_to(Lead.objects.all(), branches(cast), limit=2)
    assert not count.exact
    assert count.number >= 3


def _nodes(plan: dict[str, Any], above: str = "") -> Iterator[dict[str, Any]]:
    yield {**plan, "Above": above}
    for inner in plan.get("Plans", []):
        yield from _nodes(inner, plan["Node Type"])


def _own_and_unit(cast: Cast) -> list[Branch]:
    """Two keys of one column, and one of another."""
    return branches(cast)[:3]


def _plan_of(cast: Cast, order: str, **token: Any) -> list[dict[str, Any]]:
    """The plan of the page's own statement."""
    seen = _own_and_unit(cast)
    with CaptureQueriesContext(connection) as queries:
        keyset_page(Lead.objects.all(), seen, order, fields=("pk", "name", "owner__name"), size=2, **token)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {queries[-1]['sql']}")
        row = cursor.fetchone()
    assert row
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return list(_nodes(plan[0]["Plan"]))


def _many_rows(cast: Cast) -> None:
    """Enough, and spread over enough owners, for the planner to find an index worth its while."""
    people = [cast.rep_a, *(UserFactory.create(business_unit=cast.north) for _number in range(9))]
    people += [UserFactory.create(business_unit=cast.south) for _number in range(10)]
    Lead.objects.bulk_create(
        Lead(
            number=f"MANY-{number}",
            topic="Topic",
            name=f"Name {number % 50}",
            sort_key=f"name {number % 50}",
            created_at=NOON + dt.timedelta(hours=number % 70),
            estimated_close_on=None if number % 3 else dt.date(2026, 6, 1 + number % 20),
            **owner_fields(people[number % 20]),
        )
        for number in range(4000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")


def test_every_branch_is_answered_by_its_index_in_both_directions(cast: Cast) -> None:
    _many_rows(cast)
    for order in ORDERS:
        # Marks in the middle: near an end any index is as good as another.
        first = keyset_page(Lead.objects.all(), _own_and_unit(cast), order, fields=("pk",), size=600)
        second = keyset_page(
            Lead.objects.all(), _own_and_unit(cast), order, fields=("pk",), size=1, after=first.following
        )
        for token in ({}, {"after": first.following}, {"before": second.previous}):
            nodes = _plan_of(cast, order, **token)
            scans = [node for node in nodes if node.get("Relation Name") == "leads_lead"]
            own = [scan for scan in scans if re.fullmatch(r"lead_o\d", scan["Index Name"])]
            unit = [scan for scan in scans if re.fullmatch(r"lead_u\d", scan["Index Name"])]
            rest = [scan for scan in scans if scan not in own + unit]
            assert own, (order, token)
            assert len(own) == len(unit), (order, token)
            assert {scan["Above"] for scan in own + unit} == {"Limit"}, "the index gives the order"
            assert [scan["Index Name"] for scan in rest] == ["leads_lead_pkey"], "the rows of the page, by their keys"
            if token:
                marked = [scan for scan in scans if "ROW(" in scan["Index Cond"]]
                assert len(marked) == 2, (order, token)
