"""Rows are read in a thread while the server writes, and the server learns how a table has grown."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation

from crm.core.bulk import copy_rows
from crm.core.growth import Growth
from crm.data.importing.ahead import Ahead
from crm.users.models import Territory


def test_items_come_in_order_and_are_made_elsewhere_in_the_language_of_the_person() -> None:
    made, prepared = list[tuple[int, str | None, bool]](), list[int]()

    def items() -> Iterator[int]:
        for number in range(3):
            made.append((number, translation.get_language(), threading.current_thread() is threading.main_thread()))
            yield number

    with translation.override("de"):
        ahead = Ahead(items(), prepared.append)
        for number in ahead:
            assert len(made) == number + 1, "nothing is begun before somebody says so"
            if number == 0:
                ahead.begin()
                ahead.begin()
    assert made == [(0, "de", True), (1, "de", False), (2, "de", True)]
    assert prepared == [1]


def test_what_goes_wrong_with_an_item_is_raised_where_it_is_asked_for() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    ahead = Ahead(items(), lambda _item: None)
    coming = iter(ahead)
    assert next(coming) == 1
    ahead.begin()
    with pytest.raises(ValueError, match="broken"):
        next(coming)


@pytest.mark.django_db
def test_a_table_that_has_grown_is_looked_at_anew() -> None:
    def known() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'users_territory'")
            return float(cursor.fetchone()[0])

    growth, before = Growth(Territory), known()
    copy_rows(Territory, ["name", "description"], [(f"T{number}", "") for number in range(1_000)])
    growth.add(999)
    assert known() == before
    growth.add(1)
    assert known() == 1_000
    growth.add(2_999)
    copy_rows(Territory, ["name", "description"], [("Last", "")])
    assert known() == 1_000
    growth.add(1)
    assert known() == 1_001
