"""Fixtures for every test: the cast, signed-in clients, and foundations after each flush of the database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from psycopg import sql

from crm.core.foundations import lay_foundations
from crm.users.models import User
from tests.factories.cast import Cast, make_cast

type ClientFor = Callable[[User], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def client_for() -> ClientFor:
    """`client_for(cast.rep_a).get("/leads/")`: a browser in which this person has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(scope="session", autouse=True)
def _foundations_after_flush() -> Iterator[None]:
    """A transactional test ends with empty tables; Django announces that as if it had migrated, last app last."""

    def lay_again(**_kwargs: Any) -> None:
        _forget_numbers()
        cache.clear()  # attempts to sign in are counted in a table that no flush empties
        lay_foundations()

    sender = apps.get_app_config("pghistory")
    post_migrate.connect(lay_again, sender=sender, weak=False)
    yield
    post_migrate.disconnect(lay_again, sender=sender)


def _forget_numbers() -> None:
    """A flush leaves the sequences of document numbers where they are."""
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE 'number\_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SEQUENCE {}").format(sql.Identifier(name)))
