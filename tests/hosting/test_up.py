"""`manage.py up`, started as a person starts it, on the database of the suite."""

# ruff: noqa: S603 - starts nothing but manage.py

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from tests.starting_point import put_back

type Up = Callable[..., "Started"]

PATIENCE = 60


class Started:
    """One `up` and what it says."""

    def __init__(self, home: Path, database_url: str, port: int, *options: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "BASE_URL"}
        environment |= {"THROUGHLINE_HOME": str(home), "DATABASE_URL": database_url}
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", f"--port={port}", *options],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def wait_until_running(self) -> list[psutil.Process]:
        """All processes below it, once it says that it runs."""
        assert self.process.stdout is not None
        while not any("is running at" in line for line in self.lines):
            line = self.process.stdout.readline()
            assert line, self.lines
            self.lines.append(line.strip())
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> tuple[int, str]:
        """The exit code and all that was said, once it has ended by itself."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, "\n".join([*self.lines, output.strip()])


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def up(
    tmp_path: Path, database_url: str, port: int, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Up]:
    """What its workers have written is taken back, since their schedules start jobs at once."""
    started: list[Started] = []

    def start(*options: str, home: str = "home", on: int = port, url: str = database_url) -> Started:
        started.append(Started(tmp_path / home, url, on, *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.communicate(timeout=PATIENCE)
    with django_db_blocker.unblock():
        put_back()


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def test_it_serves_pages_and_files_and_a_signal_ends_it_without_leaving_a_process(up: Up) -> None:
    started = up()
    processes = started.wait_until_running()
    assert len(processes) >= 5  # two web workers below their server, and one worker for each queue
    assert status(started.port, "/healthz") == 200
    started.process.send_signal(signal.SIGINT)
    code, said = started.end()
    assert (code, alive(processes)) == (0, [])
    assert said.splitlines()[-1] == "Stopping."
    assert "Warning" not in said


def test_a_second_start_on_the_same_home_says_that_it_is_running(up: Up, tmp_path: Path) -> None:
    first = up()
    first.wait_until_running()
    code, said = up().end()
    assert code == 1
    assert f"is already running on {tmp_path / 'home'} (process {first.process.pid})" in said
    assert status(first.port, "/healthz") == 200


def test_the_next_start_after_a_kill_works_and_nothing_of_the_killed_one_stays(up: Up) -> None:
    killed = up()
    processes = killed.wait_until_running()
    killed.process.kill()
    killed.process.communicate(timeout=PATIENCE)
    following = up()
    following.wait_until_running()
    assert alive(processes) == []
    assert status(following.port, "/healthz") == 200


def test_a_used_port_is_named_in_one_sentence(up: Up, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        code, said = up().end()
    assert code == 1
    assert f"Port {port} of 127.0.0.1 is in use" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("options", [{"port": "70000"}, {"port": "http"}, {"workers": "0"}])
def test_a_number_out_of_its_range_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="must be a number from 1 to"):
        call_command("up", *(f"--{name}={value}" for name, value in options.items()))


def test_a_malformed_address_of_the_database_stops_it_with_one_sentence(up: Up) -> None:
    code, said = up(url="mysql://user:geheim@host/name").end()
    assert code == 2
    assert "DATABASE_URL must look like" in said
    assert "geheim" not in said
    assert "Traceback" not in said


def test_a_database_server_that_is_away_is_named_in_one_line(up: Up, tmp_path: Path) -> None:
    code, said = up(url=f"postgresql://nobody@/none?host={tmp_path}").end()
    assert code == 1
    assert "The database server cannot be used: " in said
    assert "No such file or directory" in said
    assert "Traceback" not in said


def test_only_pages_have_their_statements_stopped(tmp_path: Path) -> None:
    """What is loaded for all children limits nothing: migrations and tasks take as long as they need."""
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.db import connections\n"
        "from crm.hosting.forking import load_for_children\n"
        "load_for_children(settings.ROOT_URLCONF)\n"
        "print('statement_timeout' in str(connections.settings['default']['OPTIONS']))\n"
        "import crm.wsgi\n"
        "print('statement_timeout' in str(connections.settings['default']['OPTIONS']))\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "crm.settings", "THROUGHLINE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "True"]
