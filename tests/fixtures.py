"""Fixtures for every test: the cast, signed-in clients, and what would be slow if each test did it again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from crm.core import counts
from crm.users.models import User
from tests.factories.cast import Cast
from tests.kept_cast import put_cast

type ClientFor = Callable[[User], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    """As `make_cast` makes it."""
    return put_cast()


@pytest.fixture
def client_for() -> ClientFor:
    """`client_for(cast.rep_a).get("/leads/")`: a browser in which this person has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords whose hash is quickly made: what is tried is the door, not how long a guess takes."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _time_to_count() -> Iterator[None]:
    """A busy machine must not turn a number into an estimate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "MILLISECONDS", 20_000)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once() -> Iterator[None]:
    """Every new client loads the middleware, and with it the headers of all static files; they stay the same."""
    find = WhiteNoiseMiddleware.add_files_from_finders

    kept: dict[str, Any] = {}

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not kept:
            find(middleware)
            kept.update(middleware.files)
        middleware.files.update(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield
