"""The embedded server: what it makes, whom it lets in, and how it comes back."""

# ruff: noqa: S603, S607 - starts nothing but what this file names

import errno
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from crm.hosting.cluster import SUPERUSER, THROWAWAY_TUNING
from crm.hosting.embedded import EmbeddedServer
from crm.hosting.errors import HostingError
from crm.hosting.files import write_json
from crm.hosting.place import SYSTEM_FOLDER, known_place, prepared_place
from crm.hosting.processes import Identity, end
from tests.hosting.conftest import needs_root

# Starts the server of a home, says its number, and waits to be killed.
STARTER = """
import sys, time
from pathlib import Path
from crm.hosting import embedded, place
server = embedded.EmbeddedServer(place.prepared_place(Path(sys.argv[1])), say=lambda sentence: None)
embedded.parent_death_signal = lambda number: lambda: None
print(server.start(), flush=True)
server.wait_until_ready()
print("ready", flush=True)
time.sleep(60)
"""

# Becomes another user and connects to a socket; its exit code is the error number.
CONNECTOR = """
import os, socket, sys
connection = socket.socket(socket.AF_UNIX)
user = int(sys.argv[2])
os.setgroups([])
os.setgid(user)
os.setuid(user)
sys.exit(connection.connect_ex(sys.argv[1]))
"""


def running(server: EmbeddedServer) -> EmbeddedServer:
    server.start()
    server.wait_until_ready()
    return server


def modes(folder: Path) -> dict[Path, int]:
    return {each: each.stat().st_mode for each in (folder, *folder.parents)}


def test_the_product_connects_as_a_role_that_is_no_superuser_to_a_server_that_loses_nothing(home: Path) -> None:
    server = EmbeddedServer(prepared_place(home))
    server.initialise()
    with psycopg.connect(running(server).url()) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolcreaterole, current_setting('listen_addresses'),"
            " current_setting('fsync') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    server.stop()
    assert row == ("throughline", False, False, "", "on")


@pytest.mark.parametrize("role", ["throughline", SUPERUSER])
def test_a_wrong_password_is_refused_even_for_its_owner(server: EmbeddedServer, role: str) -> None:
    right = server.place.password(role)
    address = running(server).url(role=role)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address.replace(right, "wrong"))
    psycopg.connect(address).close()


def test_its_folders_and_passwords_are_open_to_nobody_else(server: EmbeddedServer) -> None:
    place = server.place
    folders = (place.keys, place.root, place.data, place.log, place.run)
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert {key.stat().st_mode & 0o777 for key in place.keys.glob("*.password")} == {0o600}


def test_folders_that_were_there_before_keep_their_modes(home: Path) -> None:
    SYSTEM_FOLDER.parent.mkdir(exist_ok=True)
    home.parent.mkdir(mode=0o750)
    before = modes(home.parent) | modes(SYSTEM_FOLDER.parent) | modes(Path(sys.prefix))
    server = EmbeddedServer(prepared_place(home))
    server.initialise(THROWAWAY_TUNING)
    running(server).stop()
    after = modes(home.parent) | modes(SYSTEM_FOLDER.parent) | modes(Path(sys.prefix))
    assert after == before


def error_of_connecting(socket_path: Path, user: int) -> int:
    """The error number that another user gets who knows where the socket lies; 0 when the server answers."""
    done = subprocess.run([sys.executable, "-c", CONNECTOR, str(socket_path), str(user)], check=False)
    return done.returncode


@needs_root
def test_another_local_user_cannot_reach_the_database_of_root(server: EmbeddedServer) -> None:
    running(server)
    path = server.place.run / ".s.PGSQL.5432"
    assert error_of_connecting(path, 0) == 0
    assert error_of_connecting(path, pwd.getpwnam("nobody").pw_uid) == errno.EACCES


@needs_root
def test_root_runs_the_server_under_an_account_of_its_own(server: EmbeddedServer) -> None:
    owner = Path(f"/proc/{running(server).pid}").stat().st_uid
    assert owner == server.place.data.stat().st_uid
    assert owner not in {0, 65534}


@needs_root
def test_a_copied_home_does_not_share_the_database(server: EmbeddedServer, home: Path) -> None:
    copy = home.parent / "copy"
    shutil.copytree(home, copy)
    with pytest.raises(HostingError, match="is a copy of"):
        prepared_place(copy)
    assert prepared_place(home) == server.place


@needs_root
def test_a_moved_home_keeps_its_database(server: EmbeddedServer, home: Path) -> None:
    moved = home.parent / "moved"
    home.rename(moved)
    assert prepared_place(moved).data == server.place.data
    moved.rename(home)
    assert prepared_place(home) == server.place


def test_a_home_with_blanks_and_a_quote_in_its_name_works(home: Path) -> None:
    odd = home / 'o\'d, "home"'
    place = prepared_place(odd)
    server = EmbeddedServer(place)
    try:
        server.initialise(THROWAWAY_TUNING)
        psycopg.connect(running(server).url()).close()
    finally:
        server.stop()
        if place.root.is_relative_to(SYSTEM_FOLDER):
            shutil.rmtree(place.root)
            place.root.with_suffix(".home").unlink()


def test_an_interrupted_making_is_made_anew(home: Path) -> None:
    place = prepared_place(home)
    (place.root / "data.new").mkdir()
    (place.root / "data.new" / "half").write_text("made")
    server = EmbeddedServer(place)
    assert not server.is_initialised
    server.initialise(THROWAWAY_TUNING)
    assert server.is_initialised
    assert not (place.data / "half").exists()


def test_data_of_another_major_version_are_refused_and_stay_as_they_are(server: EmbeddedServer) -> None:
    version = server.place.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(HostingError, match=r"of PostgreSQL 17, this version brings 18: .*pgtool pg_dump"):
        server.start()
    assert version.read_text() == "17\n"
    assert server.pid == 0


def test_a_committed_row_survives_the_kill_of_the_server(home: Path) -> None:
    server = EmbeddedServer(prepared_place(home))
    server.initialise()
    with psycopg.connect(running(server).url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)
    with psycopg.connect(running(server).url()) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    server.stop()
    assert row == (1,)


def test_a_server_that_ends_while_it_starts_is_named_with_its_reason(server: EmbeddedServer) -> None:
    (server.place.data / "postgresql.conf").write_text("shared_buffers = nonsense\n")
    server.start()
    with pytest.raises(HostingError, match="contains errors"):
        server.wait_until_ready()


def test_the_server_that_a_killed_start_left_is_taken_over(server: EmbeddedServer, home: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(home)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    orphan = Identity.of(int(starter.stdout.readline()))
    assert starter.stdout.readline() == "ready\n"
    starter.kill()
    starter.wait()
    assert orphan is not None
    assert orphan.is_running()
    running(server)
    assert not orphan.is_running()
    assert server.pid != orphan.pid


def test_a_server_that_somebody_else_started_on_the_data_is_left_alone(server: EmbeddedServer) -> None:
    running(server)
    write_json(server.place.keys / "server.json", {"pid": server.pid, "started": 1.0})
    second = EmbeddedServer(server.place)
    with pytest.raises(HostingError, match=f"process {server.pid}"):
        second.start()
    psycopg.connect(server.url()).close()


def test_a_lock_whose_number_went_to_another_program_is_removed(server: EmbeddedServer) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (server.place.data / "postmaster.pid").write_text(f"{bystander.pid}\n{server.place.data}\n")
        psycopg.connect(running(server).url()).close()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_number_with_another_start_time_is_another_process() -> None:
    process = Identity.of(os.getpid())
    assert process is not None
    assert process.is_running()
    stranger = Identity(process.pid, process.started - 60)
    assert not stranger.is_running()
    assert end([stranger], ((signal.SIGKILL, 1.0),)) == []


def test_the_place_of_a_home_stays_the_same(server: EmbeddedServer, home: Path) -> None:
    assert prepared_place(home) == server.place
    assert known_place(home).data == server.place.data


def test_stopping_is_clean(server: EmbeddedServer) -> None:
    running(server)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10
    assert not (server.place.data / "postmaster.pid").exists()
