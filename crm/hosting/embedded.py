"""The embedded PostgreSQL server: started, watched and stopped by this product alone."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import psutil

from crm.hosting.binaries import MAJOR, server_programs
from crm.hosting.cluster import PRODUCT_TUNING, launch, make_cluster
from crm.hosting.database_url import DATABASE, ROLE
from crm.hosting.errors import HostingError
from crm.hosting.files import read_json, read_text, write_json
from crm.hosting.place import PORT, Place
from crm.hosting.processes import Identity, end, parent_death_signal

# Roll back what is open and write everything; then insist.
FAST_SHUTDOWN = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
_SAY_AFTER, _SAY_EVERY = 3.0, 15.0
# The line of postmaster.pid that tells how far the start has come.
_STATUS_LINE = 7


class EmbeddedServer:
    """One server on one place. `say` receives a sentence for the console now and then."""

    def __init__(self, place: Place, *, say: Callable[[str], None] = print) -> None:
        self.place = place
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_initialised(self) -> bool:
        return (self.place.data / "PG_VERSION").exists()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def url(self, *, role: str = ROLE, database: str = DATABASE) -> str:
        """A libpq address for this server; it contains the password."""
        secret, host = quote(self.place.password(role)), quote(str(self.place.run), safe="")
        return f"postgresql://{role}:{secret}@/{database}?host={host}&port={PORT}"

    def initialise(self, tuning: Mapping[str, str] = PRODUCT_TUNING) -> None:
        """Make the data folder with its role and database, unless it is there."""
        if not self.is_initialised:
            make_cluster(self.place, tuning)

    def start(self) -> int:
        """Start the server as a child and return its number at once; `wait_until_ready` waits.

        Ends the server that a killed start left on this data. Raises HostingError for data of another major
        version and for data in use by a server that this product did not start.
        """
        if self._process is not None:
            self._process.poll()  # a dead child that nobody has waited for still holds its number
        self._refuse_other_version()
        self._take_over()
        program = server_programs(self.place.account) / "postgres"
        options = [part for name, value in self._settings().items() for part in ("-c", f"{name}={value}")]
        with (self.place.keys / "start.log").open("wb") as output:
            self._process = subprocess.Popen(
                [str(program), "-D", str(self.place.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=parent_death_signal(signal.SIGINT),  # noqa: PLW1509 - it only asks the kernel
                **launch(self.place),
            )
        identity = Identity.of(self._process.pid)
        write_json(self._record, identity.as_record() if identity else None)
        return self._process.pid

    def wait_until_ready(self, pause: Callable[[float], None] = time.sleep) -> None:
        """Wait as long as the server needs; recovery from a crash may take minutes.

        `pause` sleeps and may raise to give up. Raises HostingError when the server ends instead.
        """
        began = time.monotonic()
        say_at = began + _SAY_AFTER
        while not self._is_ready():
            if self._process is None or self._process.poll() is not None:
                raise HostingError(f"The database did not start: {self._last_words()}")
            if time.monotonic() >= say_at:
                waited = time.monotonic() - began
                self._say(f"The database is still recovering its data after {waited:.0f} s; waiting.")
                say_at += _SAY_EVERY
            pause(0.02)

    def stop(self) -> None:
        """Roll back what is open, write everything, and wait for the end."""
        if self._process is None:
            return
        for number, patience in FAST_SHUTDOWN:
            self._process.send_signal(number)
            try:
                self._process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                self._say(f"The database did not stop within {patience:.0f} s; insisting.")
        self._process = None

    def abandon(self) -> None:
        """End at once without writing; for data that is thrown away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)
            self._process = None

    @property
    def _record(self) -> Path:
        return self.place.keys / "server.json"

    def _settings(self) -> dict[str, str]:
        """What is not for an administrator to change: no network, a private socket, a week of logs."""
        return {
            "listen_addresses": "",
            "unix_socket_directories": _quoted(self.place.run),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "logging_collector": "on",
            "log_directory": str(self.place.log),
            "log_filename": "postgresql-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": "0",
            # A statement that fails holds what somebody typed, and so does the detail of a broken constraint.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }

    def _refuse_other_version(self) -> None:
        found = (self.place.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise HostingError(
                f"The data in {self.place.data} are of PostgreSQL {found}, this version brings {MAJOR}:"
                " save it with the version of Throughline that made it (“manage.py pgtool pg_dump”), load it"
                " here (“manage.py pgtool pg_restore”); see “Upgrading PostgreSQL” in docs/operations.md."
            )

    def _take_over(self) -> None:
        """End what a killed start left on this data, so that the server is a child of this process again."""
        lock = self.place.data / "postmaster.pid"
        words = read_text(lock).split()
        if not words or not words[0].isdigit():
            return
        running = Identity.of(int(words[0]))
        recorded = Identity.from_record(read_json(self._record))
        if running and recorded and running.pid == recorded.pid and recorded.is_running():
            self._say(f"Ending the database server (process {running.pid}) that a killed start left behind.")
            end([running], FAST_SHUTDOWN)
        elif running and _works_in(running.pid, self.place.data):
            raise HostingError(
                f"A database server that this product did not start (process {running.pid}) uses"
                f" {self.place.data}: stop it first."
            )
        elif running:
            lock.unlink()  # the number belongs to another program by now
        _end_stragglers(self.place.data)

    def _is_ready(self) -> bool:
        lines = read_text(self.place.data / "postmaster.pid").splitlines()
        return len(lines) > _STATUS_LINE and lines[0] == str(self.pid) and lines[_STATUS_LINE].strip() == "ready"

    def _last_words(self) -> str:
        logs = sorted(self.place.log.glob("*.log"), key=lambda log: log.stat().st_mtime)
        for log in (*logs[-1:], self.place.keys / "start.log"):
            fatal = [line for line in read_text(log).splitlines() if "FATAL:" in line or "PANIC:" in line]
            if fatal:
                return f"{fatal[-1].partition(':  ')[2]} (see {log})"
        return f"see {self.place.log}"


def _quoted(folder: Path) -> str:
    """The setting is a list, where a comma or blank would part the name."""
    doubled = str(folder).replace('"', '""')
    return f'"{doubled}"'


def _works_in(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):
        return False


def _end_stragglers(data: Path) -> None:
    """Server processes whose main process was killed hold its memory and would stop the new one."""
    found = [Identity.of(pid) for pid in psutil.pids() if _works_in(pid, data)]
    end([process for process in found if process], ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)))
