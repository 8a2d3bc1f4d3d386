"""A query in the pages and counts of a list, for readers with many reasons to see rows."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.core.access import READ
from crm.core.counts import count_up_to
from crm.core.keyset import keyset_page
from crm.core.query import condition, parse
from crm.customers.models import Account
from crm.users.models import User
from leads.models import Lead
from tests.core.lead_rows import lead_row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory

pytestmark = pytest.mark.django_db

QUERIES = (
    "row",
    "not row",
    "row or rating:hot",
    "owner:me,ben employees:>2",
    "not (owner:me or account.industry:steel)",
    "account.industry:steel created:today",
    "account:any not rating:cold",
    '"row 1" or company:b',
    "rating:none name:row",
)


def test_pages_and_counts_are_those_of_the_condition(cast: Cast) -> None:
    steel = AccountFactory.create(name="Steel", industry="Steel", owner=cast.rep_b)
    for number in range(12):
        owner = (cast.rep_a, cast.rep_b, cast.rep_c)[number % 3]
        account = steel if number % 4 == 0 else None
        rating, company = ("hot", "", "cold")[number % 3], "abc"[number % 3]
        lead_row(
            owner, f"Row {number}", employees=number, rating=rating, company=company,
            company_key=company, existing_account=account,
        )  # fmt: skip
    assert len(Lead.objects.visible_to(cast.manager).branches(cast.manager, READ)) >= 4
    for text in QUERIES:
        for reader in (cast.manager, cast.rep_a, cast.administrator):
            _compare(text, reader)


def _compare(text: str, reader: User) -> None:
    rows = Lead.objects.filter(condition(parse(text), Lead, reader, timezone.now()))
    branches = Lead.objects.all().branches(reader, READ)
    wanted = list(rows.visible_to(reader).order_by("-created_at", "-pk").values_list("pk", flat=True))
    found: list[int] = []
    after = None
    while after != "":
        page = keyset_page(rows, branches, "-created_at", fields=["pk"], after=after, size=3)
        found += [pk for (pk,) in page.rows]
        after = page.following
    assert found == wanted, (text, reader)
    assert count_up_to(rows, branches).number == len(wanted), (text, reader)


def test_what_is_asked_is_no_part_of_the_statement(cast: Cast) -> None:
    """Other values of the same query are the same statement, which the database knows already."""
    statements = set()
    for name in ("ann", "berg"):
        text = f"{name} company:{name} rating:hot account:{name} estimated_value:>{len(name)}"
        rows = Lead.objects.filter(condition(parse(text), Lead, cast.administrator, timezone.now()))
        statements.add(rows.query.get_compiler(connection=connection).as_sql()[0])
    assert len(statements) == 1


def test_words_and_names_are_answered_by_the_index_of_words(cast: Cast) -> None:
    """Of all rows: without the condition of the bin no index of an order can stand in for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    asked: list[tuple[Any, str, str]] = [
        (Lead, "ann", "lead_search"),
        (Lead, '"ann berg" rating:hot', "lead_search"),
        (Account, "name:acme", "account_search"),
    ]
    for model, text, index in asked:
        rows = model._base_manager.filter(condition(parse(text), model, cast.administrator, timezone.now()))
        assert index in rows.explain(), text


@pytest.mark.parametrize("column", ["country", "industry", "source"])
def test_a_rare_value_is_found_through_the_index_of_its_column(cast: Cast, column: str) -> None:
    lead_row(cast.rep_a, "Rare", **{column: "Ísland"})
    lead_row(cast.rep_a, "Usual", **{column: "Norge"})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Lead._base_manager.filter(condition(parse(f"{column}:isl"), Lead, cast.administrator, timezone.now()))
    assert f"lead_{column}_values" in rows.explain()
    assert [lead.name for lead in rows] == ["Rare"]
    assert not Lead.objects.filter(
        condition(parse(f"{column}:nowhere"), Lead, cast.administrator, timezone.now())
    ).exists()
