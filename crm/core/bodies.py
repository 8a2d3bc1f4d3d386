"""Bodies of requests, read whole before anything looks at them.

The web server hands a request over as soon as its head is there, so whoever sends a body slowly holds a thread, and one
that breaks off in the middle ends without an error. A thread that waits for a body needs a seat; there are fewer seats
than threads, and few for each address, so that pages are answered whatever somebody else does not send.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any

SEATS = 5
SEATS_OF_ONE_ADDRESS = 3
_PATIENCE = 0.5
_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024


class NoSeat(Exception):
    """Too many are sending slowly at this moment."""


class BrokenOff(Exception):
    """The sender went away in the middle of its body."""


class Seats:
    """Who may wait for a body now. A full row is waited for as long as somebody sat down in it a moment ago."""

    def __init__(self, seats: int = SEATS, of_one_address: int = SEATS_OF_ONE_ADDRESS) -> None:
        self._seats, self._of_one = seats, of_one_address
        self._taken: list[tuple[str, float]] = []
        self._changed = threading.Condition()

    @contextmanager
    def seat(self, address: str) -> Iterator[None]:
        with self._changed:
            if not self._changed.wait_for(lambda: self._full(address) is None, self._patience(address)):
                raise NoSeat
            place = (address, monotonic())
            self._taken.append(place)
        try:
            yield
        finally:
            with self._changed:
                self._taken.remove(place)
                self._changed.notify_all()

    def _full(self, address: str) -> list[float] | None:
        """Since when those sit who are in the way; None when nobody is."""
        own = [since for taker, since in self._taken if taker == address]
        if len(own) >= self._of_one:
            return own
        return [since for _taker, since in self._taken] if len(self._taken) >= self._seats else None

    def _patience(self, address: str) -> float:
        """Bodies that come at all come at once: behind those that do not, nobody queues."""
        with_seats = self._full(address) or [monotonic()]
        return max(0.0, max(with_seats) + _PATIENCE - monotonic())


def take_body(environ: dict[str, Any], limit: int) -> None:
    """Read the body, at most one byte more than `limit`, and put it in place of the connection.

    One without an announced length gets it. Raises `BrokenOff` if less comes than was announced.
    """
    source, declared = environ["wsgi.input"], announced(environ)
    kept = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the request closes it
    wanted = min(declared, limit + 1) if declared else limit + 1
    size = 0
    while size < wanted and (piece := source.read(min(_PIECE, wanted - size))):
        size += kept.write(piece)
    if declared and size < wanted:
        raise BrokenOff
    kept.seek(0)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = kept, str(size)


def drop_body(environ: dict[str, Any]) -> None:
    """Read the announced body and keep nothing of it: a browser reads an answer only once it has sent all.

    Raises `BrokenOff` if less comes than was announced.
    """
    source, left = environ["wsgi.input"], announced(environ)
    while left and (piece := source.read(min(_PIECE, left))):
        left -= len(piece)
    if left:
        raise BrokenOff


def announced(environ: dict[str, Any]) -> int:
    """The length that the head names; 0 for none, and for what is no number."""
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length[:18]) if length.isascii() and length.isdigit() else 0


def is_coming(environ: dict[str, Any]) -> bool:
    """Is there a body on its way?"""
    return announced(environ) > 0 or "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
