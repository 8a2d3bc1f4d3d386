"""One furnished world for a module of attacks; every visit is undone."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from crm.users.models import User
from tests.attacks.hashing import QuickHasher
from tests.factories.users import PASSWORD
from tests.proofs.world import World, browser, lasting_world, passing


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        for person in vars(made.cast).values():
            if isinstance(person, User):
                person.password = make_password(PASSWORD, hasher=QuickHasher())
                person.save(update_fields=["password"])
        yield made


@pytest.fixture
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.attacks.hashing.QuickHasher"]


@pytest.fixture
def visit(world: World, quick_passwords: None) -> Iterator[World]:
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
