"""One `up` for each home."""

import fcntl
import os
from pathlib import Path

from crm.hosting.errors import HostingError


class HomeLock:
    """Held until this process ends or `release` is called; a child never holds it.

    A POSIX record lock belongs to the process: a kill frees it, and forked children do not keep it.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._handle = -1

    def acquire(self) -> None:
        """Raises HostingError naming the process that holds it."""
        try:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise HostingError(f"The home folder {self._home} cannot be used: {error.strerror}.") from error
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 20).decode("ascii", errors="replace").strip()
            os.close(handle)
            raise HostingError(f"Throughline is already running on {self._home} (process {holder}).") from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        self._handle = handle

    def release(self) -> None:
        os.close(self._handle)
