"""One running server for a module of proofs."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.proofs.sites import Site, furnished_site


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, place: str) -> Iterator[Site]:
    with django_db_blocker.unblock(), furnished_site(place) as found:
        yield found
