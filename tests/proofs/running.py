"""A running Throughline: the web server as a process of its own, on the database of this test process."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_PATIENCE = 300.0


@contextmanager
def running_server(
    database_url: str, *, well: int = 200, workers: int = 1, application: str = "crm.wsgi:application"
) -> Iterator[str]:
    """Start the server, give `host:port`, stop it at the end. `well` is the status that says that it is up."""
    port = _free_port()
    place = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "error", application]
    environment = {**os.environ, "DATABASE_URL": database_url, "BASE_URL": f"http://{place}"}
    Path(settings.STATIC_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)  # else the worker complains
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)  # noqa: S603 - our own words
    try:
        _wait(place, process, well)
        yield place
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait(place: str, process: "subprocess.Popen[bytes]", well: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        connection = http.client.HTTPConnection(place, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == well:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server does not answer")
