"""Where uploaded files lie: outside of everything that the web server gives away, under names that say nothing."""

import datetime as dt
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings


def folder() -> Path:
    """Open to its owner alone."""
    place = Path(settings.IMPORTS_ROOT)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def new_path() -> Path:
    path = folder() / f"{uuid.uuid4().hex}.csv"
    path.touch(mode=0o600)
    return path


def path_of(name: str) -> Path:
    return folder() / Path(name).name


def remove(name: str) -> None:
    """Nothing happens where it is gone already."""
    if name:
        path_of(name).unlink(missing_ok=True)


def remove_older_than(moment: dt.datetime) -> None:
    """What a killed process left behind, too."""
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < moment.timestamp():
            path.unlink(missing_ok=True)


@contextmanager
def as_file(upload: Any) -> Iterator[Path]:
    """An upload as a file of its own, for as long as it is read."""
    with tempfile.NamedTemporaryFile(dir=folder(), suffix=".upload") as kept:
        shutil.copyfileobj(upload, kept)
        kept.flush()
        yield Path(kept.name)
