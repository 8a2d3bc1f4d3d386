"""Where exported files lie: outside of everything that the web server gives away, under names that say nothing."""

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Open to its owner alone."""
    place = Path(settings.EXPORTS_ROOT)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def new_name(ending: str) -> str:
    return f"{uuid.uuid4().hex}.{ending}"


def make_private(name: str) -> Path:
    """An empty file of this name that nobody else can read."""
    path = folder() / name
    path.touch(mode=0o600)
    path.chmod(0o600)
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
