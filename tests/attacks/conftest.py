"""One furnished world for a module of attacks; every visit is undone."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.proofs.world import World, browser, lasting_world, passing


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


@pytest.fixture
def visit(world: World) -> Iterator[World]:
    """The world for one test: what the test does is undone, and nobody has tried to sign in yet."""
    with passing():
        cache.clear()
        yield world


@pytest.fixture
def admin(visit: World) -> Client:
    return browser(visit.cast.administrator)


@pytest.fixture
def seller(visit: World) -> Client:
    """The owner of everything."""
    return browser(visit.cast.rep_a)
