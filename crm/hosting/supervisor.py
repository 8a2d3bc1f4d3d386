"""Keeps the parts of the product running: restarts a dead one with growing delays, and ends all in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crm.hosting.errors import HostingError
from crm.hosting.files import read_json, write_json
from crm.hosting.forking import ended_children, reap, reap_all
from crm.hosting.processes import Identity, end, sessions, take_in_orphans

type Steps = tuple[tuple[signal.Signals, float], ...]

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INSIST: Steps = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
# Leftovers have lost their database already, so that waiting gains little.
_INSIST_SOON: Steps = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))
_TICK = 0.1
_LAST_PATIENCE = 3.0


class StopAskedError(Exception):
    """A person or the system asked this process to stop."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to keep running. `start` makes a child that leads its own session and gives its number.

    Parts of a higher layer are stopped first, those of one layer together; `stop` gives the signals and the
    seconds to wait after each. A part that is not `recorded` looks after its own leftovers.
    """

    name: str
    start: Callable[[], int]
    layer: int
    stop: Steps = _INSIST
    recorded: bool = True


@dataclass(slots=True)
class Backoff:
    """Delays before restarts in seconds: doubled each time, small again after a long run."""

    first: float = 0.5
    longest: float = 30.0
    stable_after: float = 60.0
    _next: float = 0.0

    def delay(self, ran: float) -> float:
        """The delay after a run of `ran` seconds."""
        self._next = self.first if ran >= self.stable_after or not self._next else self._next
        delay, self._next = self._next, min(self._next * 2, self.longest)
        return delay


@dataclass(slots=True)
class _Watched:
    part: Part
    pid: int
    identity: Identity | None
    since: float
    backoff: Backoff = field(default_factory=Backoff)
    restart_at: float | None = None


class Supervisor:
    """Watches parts. `record` is a file that tells the next start what a killed one may have left.

    `insist` is how leftovers and interrupted preparations are ended.
    """

    def __init__(self, record: Path, *, say: Callable[[str], None] = print, insist: Steps = _INSIST_SOON) -> None:
        self._record = record
        self._insist = insist
        self._say = say
        self._watched: list[_Watched] = []
        self._stop_asked = False

    def take_charge(self) -> None:
        """Let signals ask for an orderly stop, and become the parent of what dead parts leave."""
        take_in_orphans()
        for number in _STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def end_leftovers(self) -> None:
        """End what a killed supervisor started, and all that those processes started."""
        record = read_json(self._record)
        leaders = [Identity.from_record(each) for each in record] if isinstance(record, list) else []
        left = sessions(leader for leader in leaders if leader)
        if left:
            self._say(f"Ending {len(left)} processes that a killed start left behind.")
            end(left, self._insist)
        self._record.unlink(missing_ok=True)

    def start(self, part: Part) -> None:
        self.adopt(part, part.start())

    def adopt(self, part: Part, pid: int) -> None:
        """Watch a part that was started before."""
        self._watched.append(_Watched(part, pid, Identity.of(pid), time.monotonic()))
        self._write_record()

    def pause(self, seconds: float) -> None:
        """Sleep; raises StopAskedError as soon as a signal asks for it."""
        until = time.monotonic() + seconds
        while not self._stop_asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(_TICK, left))
        if self._stop_asked:
            raise StopAskedError

    def watch(self, seconds: float) -> None:
        """Like `pause`, restarting meanwhile what dies."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.tick()
            self.pause(_TICK)

    def run_to_end(self, pid: int) -> int:
        """The exit code of a child that is to end by itself; it is ended when a signal asks to stop."""
        child = Identity.of(pid)
        try:
            while (code := reap(pid)) is None:
                self.pause(0.02)
        except StopAskedError:
            end([child] if child else [], self._insist)
            raise
        return code

    def tick(self) -> None:
        """Look at each part once."""
        codes = dict(ended_children())
        for watched in self._watched:
            if watched.restart_at is None and watched.pid in codes:
                self._plan_restart(watched, codes[watched.pid])
            elif watched.restart_at is not None and time.monotonic() >= watched.restart_at:
                self._restart(watched)

    def stop(self) -> None:
        """End all parts, the highest layer first, and leave no process behind."""
        for layer in sorted({watched.part.layer for watched in self._watched}, reverse=True):
            self._stop_layer([watched for watched in self._watched if watched.part.layer == layer])
        self._watched.clear()
        reap_all(_LAST_PATIENCE)
        self._record.unlink(missing_ok=True)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked = True

    def _plan_restart(self, watched: _Watched, code: int) -> None:
        delay = watched.backoff.delay(time.monotonic() - watched.since)
        watched.restart_at = time.monotonic() + delay
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._say(f"The {watched.part.name} {how}; starting it again in {delay:g} s.")
        self._end_session(watched)

    def _restart(self, watched: _Watched) -> None:
        watched.since = time.monotonic()
        try:
            watched.pid = watched.part.start()
        except (HostingError, OSError) as error:
            delay = watched.backoff.delay(0)
            watched.restart_at = watched.since + delay
            self._say(f"The {watched.part.name} does not start: {error} Trying again in {delay:g} s.")
            return
        watched.identity, watched.restart_at = Identity.of(watched.pid), None
        self._write_record()
        self._say(f"The {watched.part.name} was started again.")

    def _stop_layer(self, layer: list[_Watched]) -> None:
        by_steps: dict[Steps, list[Identity]] = {}
        for watched in layer:
            if watched.identity and watched.restart_at is None:
                by_steps.setdefault(watched.part.stop, []).append(watched.identity)
        for steps, identities in by_steps.items():
            for left in end(identities, steps):
                self._say(f"Process {left.pid} could not be ended.")
        for watched in layer:
            self._end_session(watched)

    def _end_session(self, watched: _Watched) -> None:
        """What the part itself started dies with it."""
        if watched.identity and watched.part.recorded:
            end(sessions([watched.identity]), ((signal.SIGKILL, 5.0),))

    def _write_record(self) -> None:
        kept = [each.identity.as_record() for each in self._watched if each.identity and each.part.recorded]
        write_json(self._record, kept)
