"""What takes long to make and is the same for all workers: one makes it, the others read it."""

import fcntl
import pickle
from collections.abc import Callable
from typing import cast

import pytest


def once[T](request: pytest.FixtureRequest, name: str, make: Callable[[], T]) -> T:
    """What `make` gives, plain data, kept under `name` for this run."""
    if not hasattr(request.config, "workerinput"):
        return make()
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    kept = factory.getbasetemp().parent / f"{name}.pickle"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
    return cast("T", pickle.loads(kept.read_bytes()))  # noqa: S301 - written above
