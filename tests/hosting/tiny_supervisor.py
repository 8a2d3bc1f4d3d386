"""A supervisor with parts that only sleep, to be killed by a test: `tiny_supervisor.py RECORD`.

It prints the number of each part that it starts; the part `stubborn` outlives its parent.
"""

# ruff: noqa: S607 - starts nothing but what this file names

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from crm.hosting.forking import fork
from crm.hosting.processes import ask_for_death_signal
from crm.hosting.supervisor import Part, StopAskedError, Supervisor

STEPS = ((signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0))


def say(sentence: str) -> None:
    os.write(1, f"{sentence}\n".encode())  # whole lines, although several processes write


def sleep(name: str) -> None:
    say(f"{name} {os.getpid()}")
    if name == "stubborn":
        ask_for_death_signal(signal.SIGCONT)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        helper = subprocess.Popen(["sleep", "600"])
        say(f"helper {helper.pid}")
    try:
        time.sleep(600)
    finally:
        say(f"end of {name}")


def stop(name: str, _number: int, _frame: object) -> None:
    say(f"stopped {name}")
    os._exit(0)


def part(name: str, layer: int) -> Part:
    def target() -> None:
        signal.signal(signal.SIGTERM, partial(stop, name))
        sleep(name)

    return Part(name, partial(fork, target), layer, stop=STEPS)


def main() -> None:
    supervisor = Supervisor(Path(sys.argv[1]), say=say, insist=STEPS)
    supervisor.end_leftovers()
    supervisor.take_charge()
    try:
        for layer, name in enumerate(("base", "stubborn", "top")):
            supervisor.start(part(name, layer))
        say("started")
        while True:
            supervisor.watch(1.0)
    except StopAskedError:
        supervisor.stop()
    say("done")


if __name__ == "__main__":
    main()
