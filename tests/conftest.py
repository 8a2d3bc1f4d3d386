"""The database of a test run: one server, started on first need, and one database for each test process."""

import gc
import os
import sys
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from crm.core.foundations import lay_foundations
from crm.hosting.database_url import database_from_url
from tests.database import GivenServer, OwnServer, TestServer, quick_folder
from tests.kept_cast import keep_cast
from tests.order import longest_first
from tests.promises import Promises, promised
from tests.proofs.running import running_server
from tests.starting_point import keep_starting_point, put_back_after_each_test, put_back_what_is_left

pytest_plugins = ["tests.fixtures"]

_IS_READY = pytest.StashKey[bool]()
_DATABASES = pytest.StashKey[Promises]()

# Workers, and the programs that tests start, would else compile the same modules again and again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A tenth of all work would else be to look for objects that refer to each other in circles.
gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        longest_first(items)


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: they need not be looked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """With workers, this process keeps the server and makes each worker's database."""
    node.workerinput["database"] = _databases(node.config).promise(node.workerinput["workerid"])


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    """Once the workers have started, which have the tests to read."""
    yield
    if _DATABASES in session.config.stash:
        _databases(session.config).keep()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _DATABASES in config.stash:
        _databases(config).close()


def _databases(config: pytest.Config) -> Promises:
    def make_server() -> TestServer:
        given = os.environ.get("TEST_DATABASE_URL")
        fresh = bool(config.getoption("create_db"))
        return GivenServer(given) if given else OwnServer(fresh=fresh, parent=quick_folder())

    if _DATABASES not in config.stash:
        config.stash[_DATABASES] = Promises(make_server)
    return config.stash[_DATABASES]


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of this process's own database, also for programs that a test starts."""
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput:
        return promised(workerinput["database"])
    return _databases(request.config).server.new_database("main")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, database_url: str, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Point Django at the migrated copy; settings were read before this file."""
    os.environ.pop("DATABASE_URL_FILE", None)
    os.environ.update(DATABASE_URL=database_url, DATABASE_POOL="off")
    with django_db_blocker.unblock():
        connections["default"].settings_dict.update(database_from_url(database_url, pooled=False))
        lay_foundations()
        keep_starting_point()
        keep_cast()
    request.config.stash[_IS_READY] = True
    with put_back_after_each_test():
        yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="module", autouse=True)
def _nothing_left(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """Of the files before, where this process has a database already."""
    if request.config.stash.get(_IS_READY, False):
        with django_db_blocker.unblock():
            put_back_what_is_left()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One after the other, each another one; made by whoever writes into it, since most tests never do."""
    base = tmp_path_factory.mktemp("files")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def uploads(settings: Any, folders: Iterator[Path]) -> Path:
    """Files that a test uploads or exports go to folders of its own."""
    folder = next(folders)
    settings.MEDIA_ROOT = folder / "uploads"
    settings.EXPORTS_ROOT = folder / "exports"
    settings.IMPORTS_ROOT = folder / "imports"
    return folder / "uploads"


@pytest.fixture(scope="session")
def place(database_url: str, django_db_setup: None) -> Iterator[str]:
    """Host and port of a running Throughline on the database of this process: started on first need, and for all."""
    with running_server(database_url) as found:
        yield found
