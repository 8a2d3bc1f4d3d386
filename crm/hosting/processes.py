"""Processes told apart by number and start time, since the system gives a number again."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Self

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_M_ARENA_MAX = -8
# The start time is read from a clock that may be corrected between two readings.
_CLOCK_SLACK = 2.0

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Identity:
    """One process; `started` is in seconds since the epoch."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process that has this number now; None when there is none or it has ended."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid, process.create_time())
        except psutil.Error:
            return None

    @classmethod
    def from_record(cls, record: object) -> Self | None:
        """What `as_record` gave, read back from a file that may be damaged."""
        match record:
            case {"pid": int(pid), "started": int() | float() as started}:
                return cls(pid, float(started))
            case _:
                return None

    def as_record(self) -> dict[str, float]:
        return asdict(self)

    def is_running(self) -> bool:
        now = Identity.of(self.pid)
        return now is not None and abs(now.started - self.started) < _CLOCK_SLACK


def ask_for_death_signal(number: signal.Signals) -> None:
    """Have the kernel send this process the signal when its parent dies.

    Only Linux has this; elsewhere the next start ends what a killed one left.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def take_in_orphans() -> None:
    """Make this process the parent of whatever its children leave behind, instead of process 1 (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def keep_one_heap() -> None:
    """Have the threads of this process and of its later children share one heap (glibc).

    Python's own lock leaves them nothing to gain from heaps of their own, which only take memory.
    """
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def parent_death_signal(number: signal.Signals) -> Callable[[], None]:
    """`ask_for_death_signal` for the next child of this process, also if the parent dies before it is called."""
    parent = os.getpid()

    def ask() -> None:
        ask_for_death_signal(number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask


def sessions(leaders: Iterable[Identity]) -> list[Identity]:
    """Every running process of the sessions that these processes lead or led."""
    since = {leader.pid: leader.started - _CLOCK_SLACK for leader in leaders}
    found = []
    for pid in psutil.pids():
        try:
            session = os.getsid(pid)
        except OSError:
            continue
        process = Identity.of(pid) if session in since else None
        if process is not None and process.started >= since[session]:
            found.append(process)
    return found


def end(processes: Iterable[Identity], steps: Iterable[tuple[signal.Signals, float]]) -> list[Identity]:
    """Send each signal in turn to those still running and wait up to its seconds; gives who is left."""
    left = [process for process in processes if process.is_running()]
    for number, patience in steps:
        for process in left:
            _send(process, number)
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = [process for process in left if process.is_running()]
        if not left:
            break
    return left


def _send(process: Identity, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, number)
