"""The database answers a query as plain Python does, row by row, whatever the query is."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.query import condition, write
from crm.core.query.nodes import Node, Query, Term, Value, Word
from crm.customers.models import Account
from crm.users.models import User
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.leads import make_lead
from tests.query.evaluation import TODAY, Row, answer
from tests.query.trees import trees

ZONE = "Pacific/Auckland"
_texts = st.sampled_from(["acme", "ÁCM", "söhne", "sohne", "muller", "er & s", "x", "none", "any", "100%", "a_b", "\\"])
_numbers = st.sampled_from(["0", "10", "25", "99.5", "-1"])
_days = st.sampled_from(["2026-03-17", "2026-03-18", "2026-03", "today", "yesterday", "last-7-days", "next-30-days"])
_operators = st.sampled_from(["", "=", "<", "<=", ">", ">="])
_empty = st.sampled_from([Value("none"), Value("any")])


def _with(names: list[str], *values: st.SearchStrategy[Value]) -> st.SearchStrategy[Term]:
    return st.builds(Term, st.sampled_from(names), st.lists(st.one_of(*values), min_size=1, max_size=2).map(tuple))


def _ranges(ends: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    both = st.tuples(ends | st.just(""), ends | st.just("")).filter(any)
    return both.map(lambda pair: Value(pair[0], upto=pair[1]))


_leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Word, st.sampled_from(["anna", "ACME", "müll", "s", "zzz"])),
    st.builds(Word, st.sampled_from(["Anna Berg", "muller sohne"]), st.just(True)),
    _with(
        ["company", "account.industry"],
        st.builds(Value, _texts, st.sampled_from(["", "="])),
        st.builds(Value, st.sampled_from(["acm", "ÁCM", "sö"]), begins=st.just(True)),
    ),
    _with(["rating"], st.builds(Value, st.sampled_from(["hot", "Warm", "none"]))),
    _with(["employees"], st.builds(Value, _numbers.filter(lambda n: "." not in n), _operators), _empty),
    _with(["estimated_value", "account.employees"], _ranges(st.sampled_from(["0", "10", "25"])), _empty),
    _with(["estimated_value"], st.builds(Value, _numbers, _operators), _empty),
    _with(["do_not_email"], st.builds(Value, st.sampled_from(["yes", "no"]))),
    _with(["estimated_close", "created"], st.builds(Value, _days, _operators), _ranges(_days)),
    _with(["estimated_close"], _empty),
    _with(["owner"], st.builds(Value, st.sampled_from(["me", "team", "reports", "none", "any", "north", "cara"]))),
    _with(["account"], st.builds(Value, st.sampled_from(["acme", "hid", "none", "any"]))),
)


@pytest.mark.django_db
def test_the_database_agrees_with_plain_python(cast: Cast) -> None:
    rows = _make_rows(cast)
    with timezone.override(ZONE):
        now = dt.datetime.combine(TODAY, dt.time(11), tzinfo=timezone.get_current_timezone())

        @settings(max_examples=150, deadline=None, database=None)
        @given(trees(_leaves))
        def agrees(root: Node) -> None:
            asked = condition(Query(root), Lead, cast.rep_a, now)
            found = set(Lead.objects.filter(asked).values_list("pk", flat=True))
            assert found == answer(root, rows), write(Query(root))

        agrees()


def _make_rows(cast: Cast) -> list[Row]:
    mine = AccountFactory.create(owner=cast.rep_a, name="Acme Works", industry="Söhne & Co", employees=25)
    bare = AccountFactory.create(owner=cast.rep_a, name="Bare")
    hidden = AccountFactory.create(owner=cast.rep_c, name="Hidden Acme", industry="acme", employees=10)
    return [
        _row(cast.rep_a, "Anna Berg", "ACME 100%", mine, rating="hot", employees=25, created=(2026, 3, 18)),
        _row(cast.rep_b, "Berg Anna", "Müller & Söhne", hidden, estimated_value=Decimal(10), created=(2026, 3, 17)),
        _row(cast.rep_a, "Müller Sohne", "a_b \\ acm", None, estimated_value=Decimal("99.5"), created=(2026, 2, 28)),
        _row(cast.rep_c, "Zoë", "", bare, rating="warm", employees=0, closes=TODAY, created=(2025, 12, 31)),
        _row(cast.rep_a, "X", "axb", None, closes=dt.date(2026, 4, 2), do_not_email=True, created=(2026, 3, 11)),
    ]


def _row(owner: User, name: str, company: str, account: Account | None, **values: Any) -> Row:
    first, _space, last = name.partition(" ")
    created, closes = dt.date(*values.pop("created")), values.pop("closes", None)
    # One minute after the reader's midnight is still the day before in UTC.
    with timezone.override(ZONE):
        at = dt.datetime.combine(created, dt.time(0, 1), tzinfo=timezone.get_current_timezone())
    lead = make_lead(
        owner,
        at=at,
        first_name=first,
        last_name=last,
        company=company,
        topic="T",
        existing_account=account,
        estimated_close_on=closes,
        **values,
    )
    Lead.objects.filter(pk=lead.pk).update(created_at=at)
    seen = account if account is not None and account.name != "Hidden Acme" else None
    return Row(
        lead.pk,
        name,
        company,
        lead.rating,
        lead.employees,
        lead.estimated_value,
        lead.do_not_email,
        closes,
        created,
        owner.name,
        {"name": seen.name, "industry": seen.industry, "employees": seen.employees} if seen else None,
        account is not None,
    )
