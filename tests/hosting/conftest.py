"""A home below a closed folder, and what the server of such a home leaves elsewhere."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.hosting.cluster import THROWAWAY_TUNING
from crm.hosting.embedded import EmbeddedServer
from crm.hosting.place import known_place, prepared_place

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server under another account")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet, in a folder that only its owner may enter."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "project" / "var"
    yield home
    root = known_place(home).root
    if root.is_relative_to("/var/lib"):
        shutil.rmtree(root, ignore_errors=True)
        root.with_suffix(".home").unlink(missing_ok=True)


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedServer]:
    """The server of that home, made but not started."""
    server = EmbeddedServer(prepared_place(home), say=lambda sentence: None)
    server.initialise(THROWAWAY_TUNING)
    yield server
    server.abandon()
