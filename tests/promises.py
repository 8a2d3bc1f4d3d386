"""The databases of the workers, made while they read the tests: each finds the address of its own in a file."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.database import TestServer

_PATIENCE = 600


class Promises:
    """Kept by the process that keeps the server."""

    def __init__(self, make_server: Callable[[], TestServer]) -> None:
        self._make_server = make_server
        self._folder = Path(tempfile.mkdtemp(prefix="throughline-addresses-"))
        self._open: list[str] = []
        self._server: TestServer | None = None

    @property
    def server(self) -> TestServer:
        """Made when it is first asked for, which may take as long as all migrations."""
        if self._server is None:
            self._server = self._make_server()
        return self._server

    def promise(self, worker: str) -> str:
        """Where the address will stand; of a worker that comes later than the server, at once."""
        self._open.append(worker)
        if self._server is not None:
            self.keep()
        return str(self._folder / worker)

    def keep(self) -> None:
        while self._open:
            worker = self._open.pop()
            draft = self._folder / f"{worker}.draft"
            draft.write_text(self.server.new_database(worker))
            draft.rename(self._folder / worker)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._server is not None:
            self._server.close()


def promised(place: str) -> str:
    """The address, as soon as it stands there."""
    until = time.monotonic() + _PATIENCE
    while not (file := Path(place)).exists():
        if time.monotonic() > until:
            raise TimeoutError("the database of this worker was not made")
        time.sleep(0.05)
    return file.read_text()
