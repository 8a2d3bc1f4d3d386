"""The web server as a part, and the address it listens on."""

import errno
import http.client
import multiprocessing
import os
import signal
import socket
from functools import partial
from pathlib import Path

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from crm.hosting.errors import HostingError
from crm.hosting.processes import ask_for_death_signal

# Those that work hold one database connection each, of which a process has fewer; the others read or send slowly.
THREADS = 8
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not bound


def reachable_host(host: str) -> str:
    """Where a program on this machine reaches a server that listens on `host`."""
    return _ANY_ADDRESS.get(host, host)


def address(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    name = reachable_host(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def refuse_unusable_port(host: str, port: int) -> None:
    """Raises HostingError with the reason when nothing can listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise HostingError(
                f"Port {port} of {host} is in use: stop what uses it or choose another with --port."
            ) from error
        raise HostingError(f"The server cannot listen on port {port} of {host}: {error.strerror}.") from error


def answers(host: str, port: int) -> bool:
    """Whether any answer comes, whatever its status."""
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


def make_static_folder() -> None:
    """The application warns each time it is loaded without it."""
    Path(settings.STATIC_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)


def serve(host: str, port: int, workers: int) -> None:
    """Serve until a signal; the workers are forks of this process and end with it."""
    module, _, name = settings.WSGI_APPLICATION.rpartition(".")
    multiprocessing.set_start_method("fork", force=True)
    os.register_at_fork(after_in_child=partial(ask_for_death_signal, signal.SIGTERM))
    Granian(
        f"{module}:{name}",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
