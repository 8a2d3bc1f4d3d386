"""Restarts, orderly ends, and what a killed supervisor leaves."""

# ruff: noqa: S603 - starts nothing but what this file names

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.hosting.errors import HostingError
from crm.hosting.lock import HomeLock
from crm.hosting.processes import Identity
from crm.hosting.supervisor import Backoff

type Start = Callable[[], "Tiny"]

HOLDER = """
import sys
from pathlib import Path
from crm.hosting.lock import HomeLock
HomeLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


class Tiny:
    """A running tiny supervisor and the numbers of its parts."""

    def __init__(self, record: Path) -> None:
        command = [sys.executable, "-m", "tests.hosting.tiny_supervisor", str(record)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self.read_until("started", "base ", "stubborn ", "helper ", "top ")

    def read_until(self, *beginnings: str) -> None:
        """Read lines until each of these beginnings has been seen since the call."""
        assert self.process.stdout is not None
        wanted = set(beginnings)
        while wanted:
            line = self.process.stdout.readline()
            assert line, f"the supervisor ended before saying {wanted}: {self.lines}"
            self.lines.append(line.strip())
            wanted = {beginning for beginning in wanted if not line.startswith(beginning)}

    def part(self, name: str) -> Identity:
        """The newest process of this name."""
        number = [line.split()[1] for line in self.lines if line.startswith(f"{name} ")][-1]
        identity = Identity.of(int(number))
        assert identity is not None
        return identity


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Tiny] = []

    def start_one() -> Tiny:
        started.append(Tiny(tmp_path / "up.json"))
        return started[-1]

    yield start_one
    for tiny in started:
        if tiny.process.poll() is None:
            tiny.process.terminate()
        tiny.process.wait(20)


def test_delays_double_up_to_a_limit_and_begin_anew_after_a_long_run() -> None:
    backoff = Backoff(first=0.5, longest=3.0, stable_after=60.0)
    assert [backoff.delay(1.0) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert backoff.delay(60.0) == 0.5
    assert backoff.delay(59.9) == 1.0


def test_a_killed_part_is_started_again_and_the_others_go_on(start: Start) -> None:
    tiny = start()
    base, top = tiny.part("base"), tiny.part("top")
    os.kill(top.pid, signal.SIGKILL)
    tiny.read_until("The top was killed by signal 9; starting it again in 0.5 s.", "top ", "The top was started")
    assert tiny.part("top") != top
    assert tiny.part("base") == base


def test_what_a_killed_part_had_started_dies_with_it(start: Start) -> None:
    tiny = start()
    helper = tiny.part("helper")
    os.kill(tiny.part("stubborn").pid, signal.SIGKILL)
    tiny.read_until("The stubborn was started again.")
    assert not helper.is_running()


def test_a_stop_ends_the_highest_layer_first_insists_and_leaves_nothing(start: Start, tmp_path: Path) -> None:
    tiny = start()
    parts = [tiny.part(name) for name in ("base", "stubborn", "helper", "top")]
    tiny.process.send_signal(signal.SIGINT)
    tiny.read_until("done")
    assert tiny.process.wait(10) == 0
    assert [line for line in tiny.lines if line.startswith("stopped")] == ["stopped top", "stopped base"]
    assert not [part for part in parts if part.is_running()]
    assert not (tmp_path / "up.json").exists()


def test_the_next_start_ends_what_a_killed_supervisor_left(start: Start) -> None:
    tiny = start()
    stubborn, helper = tiny.part("stubborn"), tiny.part("helper")
    tiny.process.kill()
    tiny.process.wait()
    assert stubborn.is_running()
    following = start()
    assert following.lines[0] == "Ending 2 processes that a killed start left behind."
    assert not stubborn.is_running()
    assert not helper.is_running()
    assert following.part("stubborn") != stubborn


def test_a_damaged_record_stops_nothing(start: Start, tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text('[{"pid": "x"}, 3')
    assert start().part("top").is_running()


def test_a_second_start_on_the_same_home_names_the_first(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with pytest.raises(HostingError, match=rf"already running on .* \(process {first.pid}\)"):
        HomeLock(tmp_path).acquire()
    first.kill()
    first.wait()
    lock = HomeLock(tmp_path)
    lock.acquire()
    assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"
    lock.release()
