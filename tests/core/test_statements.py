"""A statement that may not take long, alone and within another transaction."""

from contextlib import nullcontext

import pytest
from django.db import connection, transaction

from crm.core.sql import Sql
from crm.core.statements import ask_within


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_within", [False, True])
def test_what_may_not_take_long_is_stopped_and_leaves_the_limit_as_it_was(is_within: bool) -> None:
    with transaction.atomic() if is_within else nullcontext():
        before = limit_of_statements()
        assert ask_within(20, Sql("SELECT %s::int FROM pg_sleep(2)", (1,))) is None
        assert ask_within(500, Sql("SELECT %s::int, current_setting('statement_timeout')", (7,))) == [(7, "500ms")]
        assert limit_of_statements() == before


def limit_of_statements() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])
