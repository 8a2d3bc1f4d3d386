"""A storm: `kill -9` of postgres, a web worker, a task worker and `up` itself under a loop of writes.

    uv run python bench/faults.py [--rounds 2] [--seconds 4] [--writers 4]

Starts the product on a home and a port of its own, posts leads through the capture form from several threads, kills
one part after the other, and at the end looks for every post that was answered with 200. It fails when one is missing,
when the product does not come back, or when a process is left after Ctrl-C. It talks to the loopback address
only and ends by itself.
"""

import argparse
import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

PROJECT = Path(__file__).resolve().parent.parent
START_PATIENCE = 120.0
RECOVERY_PATIENCE = 60.0
REQUEST_TIMEOUT = 30.0
COUNT = """
from leads.models import CapturedPost, Lead
print("LEADS", *Lead.objects.filter(email__endswith="@storm.example").values_list("email", flat=True))
print("POSTS", *(bytes(body).decode() for body in CapturedPost.objects.values_list("body", flat=True)))
"""


class StormError(Exception):
    """What the storm was to find."""


@dataclass
class Product:
    """One running `up`, and every process that was ever seen below it."""

    home: Path
    port: int
    process: subprocess.Popen[str] | None = None
    seen: set[psutil.Process] = field(default_factory=set)
    started_in: list[float] = field(default_factory=list)

    def start(self) -> None:
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            cwd=PROJECT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._echo, args=(self.process, ready), daemon=True).start()
        if not ready.wait(START_PATIENCE):
            raise StormError("The product did not start.")
        self.started_in.append(time.monotonic() - began)
        self.look()

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
        return {**kept, "THROUGHLINE_HOME": str(self.home)}

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise StormError(f"manage.py {arguments[0]} failed: {done.stderr[-500:]}")
        return done.stdout.strip()

    def look(self) -> list[psutil.Process]:
        """The direct children of `up`; remembers all processes below them."""
        up = psutil.Process(self._running().pid)
        self.seen.update(up.children(recursive=True))
        return up.children()

    def victim(self, name: str) -> psutil.Process:
        children = self.look()
        if name == "up":
            return psutil.Process(self._running().pid)
        postgres = [child for child in children if child.name() == "postgres"]
        web = [child for child in children if child not in postgres and child.children()]
        tasks = [child for child in children if child not in postgres and child not in web]
        candidates = {"postgres": postgres, "web worker": [w for main in web for w in main.children()]}
        found = candidates.get(name, tasks)
        if not found:
            raise StormError(f"There is no {name} to kill.")
        return found[0]

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        process = self._running()
        self.look()
        process.send_signal(signal.SIGINT)
        return process.wait(60)

    def left(self) -> list[psutil.Process]:
        return [each for each in self.seen if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None:
            raise StormError("The product was not started.")
        return self.process

    def _echo(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        for line in process.stdout or ():
            print(f"    {line.rstrip()}", flush=True)
            if "is running at" in line:
                ready.set()


class Writers:
    """Threads that post one lead after the other and remember which were answered with 200."""

    def __init__(self, port: int, key: str, threads: int) -> None:
        self.acknowledged: list[str] = []
        self.failed = 0
        self._port = port
        self._path = f"/capture/{key}/"
        self._numbers = itertools.count(1)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(threads)]

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def wait_for_another(self) -> float:
        """Seconds until one more post than now has been answered."""
        began, before = time.monotonic(), len(self.acknowledged)
        while len(self.acknowledged) <= before:
            if time.monotonic() - began > RECOVERY_PATIENCE:
                raise StormError("No post was answered any more.")
            time.sleep(0.01)
        return time.monotonic() - began

    def _write(self) -> None:
        while not self._stop.is_set():
            email = f"lead{next(self._numbers)}@storm.example"
            if self._post(email):
                self.acknowledged.append(email)
            else:
                self.failed += 1
                time.sleep(0.05)

    def _post(self, email: str) -> bool:
        body = urlencode({"last_name": f"Storm {email}", "email": email, "company": f"Company of {email}"})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=REQUEST_TIMEOUT)
        try:
            connection.request("POST", self._path, body, headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def storm(product: Product, writers: Writers, rounds: int, seconds: float) -> None:
    for _ in range(rounds):
        for name in ("postgres", "web worker", "task worker", "up"):
            time.sleep(seconds)
            victim = product.victim(name)
            print(f"kill -9 {name} ({victim.pid})", flush=True)
            victim.kill()
            if name == "up":
                victim.wait()
                product.start()
            print(f"  next answer after {writers.wait_for_another():.2f} s", flush=True)
    time.sleep(seconds)


def missing(product: Product, acknowledged: list[str]) -> tuple[int, list[str]]:
    """How many leads were made, and the answered posts of which there is neither a lead nor the kept body."""
    lines = product.manage("shell", "-v", "0", "-c", COUNT).splitlines()
    leads = next(line for line in lines if line.startswith("LEADS")).split()[1:]
    bodies = next(line for line in lines if line.startswith("POSTS"))
    kept = {email for email in acknowledged if urlencode({"email": email}) in bodies}
    return len(leads), sorted(set(acknowledged) - set(leads) - kept)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def run(home: Path, rounds: int, seconds: float, threads: int) -> None:
    product = Product(home, free_port())
    try:
        product.start()
        writers = Writers(product.port, product.manage("capture_form", "Storm").splitlines()[-1], threads)
        with writers.running():
            storm(product, writers, rounds, seconds)
        leads, lost = missing(product, writers.acknowledged)
        code = product.interrupt()
    finally:
        if product.process and product.process.poll() is None:
            product.process.terminate()
            product.process.wait(60)
    left = product.left()
    starts = ", ".join(f"{each:.1f}" for each in product.started_in)
    print(f"{len(writers.acknowledged)} answered, {writers.failed} failed, {leads} leads, {len(lost)} lost")
    print(f"starts took {starts} s; exit code {code}; {len(left)} processes left")
    if lost or left or code:
        raise StormError(f"lost {lost[:10]}, left {left}, exit code {code}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4.0, help="of writes before each kill")
    parser.add_argument("--writers", type=int, default=4)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="throughline-storm-"))
    try:
        run(folder / "home", options.rounds, options.seconds, options.writers)
    except StormError as error:
        print(f"FAILED: {error}")
        return 1
    finally:
        remove(folder)
    return 0


def remove(folder: Path) -> None:
    """As root the data lie outside of the home."""
    place = folder / "home" / "database" / "place"
    if place.exists():
        root = Path(place.read_text(encoding="utf-8").strip())
        shutil.rmtree(root, ignore_errors=True)
        root.with_suffix(".home").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
