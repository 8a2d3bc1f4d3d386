"""The throw-away database server of a test run, and one fresh database for each test process.

The migrated data folder is kept in `<home>/test-cache` under a key made from all migrations and installed versions,
so that a later run copies it instead of migrating. `TEST_DATABASE_URL` names another server to use instead; its
role must be allowed to create databases and to set `session_replication_role`.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from psycopg import sql

from crm.hosting.cluster import SUPERUSER, THROWAWAY_TUNING
from crm.hosting.database_url import DATABASE, ROLE
from crm.hosting.embedded import EmbeddedServer
from crm.hosting.files import read_json, write_json
from crm.hosting.place import throwaway_place
from crm.hosting.processes import Identity

_PREFIX = "throughline-test-"
_KEPT_CACHES = 2
_MEMORY = Path("/dev/shm")  # noqa: S108
#: Where there is less, memory is needed for other things.
_ENOUGH_MEMORY = 4 * 1024**3


class TestServer:
    """A server with one migrated database, from which each test process gets a copy."""

    __test__ = False

    def __init__(self, admin_url: str, template: str) -> None:
        self._admin_url = admin_url
        self._template = template
        self._token = secrets.token_hex(4)
        self._made: list[str] = []

    def new_database(self, worker: str) -> str:
        """Copy the migrated database for one worker and return the address of the copy."""
        name = f"test_{self._token}_{worker}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, self._template)
        self._made.append(name)
        return self._address(name)

    def close(self) -> None:
        for name in self._made:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _address(self, database: str) -> str:
        return urlsplit(self._admin_url)._replace(path=f"/{database}").geturl()

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class GivenServer(TestServer):
    """A server that somebody else runs."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"template_{secrets.token_hex(4)}")
        if not self._may_set_replication_role():
            pytest.exit("The role of TEST_DATABASE_URL must be allowed to set session_replication_role.", 2)
        self._execute("CREATE DATABASE {}", self._template)
        self._made.append(self._template)
        try:
            migrate(self._address(self._template))
        except BaseException:
            self.close()
            raise

    def _may_set_replication_role(self) -> bool:
        with psycopg.connect(self._admin_url) as connection:
            found = connection.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')").fetchone()
        return found == (True,)


class OwnServer(TestServer):
    """An embedded server in a temporary folder, without any care for its data."""

    def __init__(self, *, fresh: bool, parent: Path | None = None) -> None:
        """`parent` is the folder below which its own is made; by default one on the disk."""
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent or folder_on_disk()))
        this_process = Identity.of(os.getpid())
        write_json(self._folder / "run.json", this_process.as_record() if this_process else None)
        self._server = EmbeddedServer(throwaway_place(self._folder))
        try:
            self._fill(fresh=fresh)
            self._server.start()
            self._server.wait_until_ready()
        except BaseException:
            self.close()
            raise
        super().__init__(self._server.url(role=SUPERUSER, database=SUPERUSER), DATABASE)
        self._execute("GRANT SET ON PARAMETER session_replication_role TO {}", ROLE)

    def new_database(self, worker: str) -> str:
        super().new_database(worker)
        name = self._made[-1]
        self._execute("ALTER DATABASE {} OWNER TO {}", name, ROLE)
        return self._server.url(database=name)

    def care_for_data(self) -> None:
        """From now on commits reach the disk, as in the product; for what is measured."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = 'on'")
        self._execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        self._server.abandon()
        shutil.rmtree(self._server.place.run, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fill(self, *, fresh: bool) -> None:
        cache = settings.HOME / "test-cache" / _cache_key()
        with _alone(cache):
            if fresh or not self._copy_from(cache):
                self._migrate_anew(cache)

    def _migrate_anew(self, cache: Path) -> None:
        self._server.initialise(THROWAWAY_TUNING)
        self._server.start()
        self._server.wait_until_ready()
        migrate(self._server.url())
        self._server.stop()
        if cache.name == _cache_key():  # else somebody edited a migration meanwhile
            with suppress(OSError):
                self._copy_to(cache)

    def _copy_from(self, cache: Path) -> bool:
        """Another run may remove the cache meanwhile; then this one does without."""
        place = self._server.place
        try:
            os.utime(cache)
            shutil.copytree(cache / "keys", place.keys, dirs_exist_ok=True)
            shutil.copytree(cache / "data", place.data)
        except OSError:
            shutil.rmtree(place.data, ignore_errors=True)
            shutil.rmtree(place.keys, ignore_errors=True)
            place.keys.mkdir(mode=0o700)
            return False
        if place.account is not None:
            for path in (place.data, *place.data.rglob("*")):
                os.chown(path, place.account.uid, place.account.gid)
        return True

    def _copy_to(self, cache: Path) -> None:
        """Several runs may do this at once: a whole folder takes the name, and the first one stays."""
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=cache.parent))
        try:
            shutil.copytree(self._server.place.keys, draft / "keys")
            shutil.copytree(self._server.place.data, draft / "data")
            with suppress(OSError):
                draft.rename(cache)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        kept = sorted(cache.parent.glob("key-????????????????????????"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT_CACHES]:
            shutil.rmtree(old, ignore_errors=True)
            old.with_suffix(".lock").unlink(missing_ok=True)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Migrating is long: of several runs that need the same cache, one makes it and the others wait."""
    cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with cache.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Apply all migrations in a process of its own, which leaves nothing behind in this one."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--run-syncdb", "--noinput", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**environment, "DATABASE_URL": url, "DATABASE_POOL": "off"},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.exit(f"The test database cannot be migrated:\n{done.stderr[-3000:]}", done.returncode)


def _cache_key() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in sorted(f"{found.name}=={found.version}" for found in importlib.metadata.distributions()):
        digest.update(name.encode())
    for path in sorted(_schema_sources()):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
        digest.update(path.read_bytes())
    return f"key-{digest.hexdigest()[:24]}"


def _schema_sources() -> Iterator[Path]:
    """The files that decide what a migrated database holds; the models of an app without migrations too."""
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if not folder.is_relative_to(settings.BASE_DIR) or "site-packages" in folder.parts:
            continue
        migrations = list(folder.glob("migrations/[0-9]*.py"))
        yield from migrations or [*folder.glob("models.py"), *folder.glob("models/**/*.py")]
        yield from folder.glob("apps.py")


def folder_on_disk() -> Path:
    """The server's account cannot follow a root's TMPDIR."""
    return Path("/tmp" if os.geteuid() == 0 else tempfile.gettempdir())  # noqa: S108


def quick_folder() -> Path:
    """In memory where there is enough of it: what is thrown away need not be written to a disk first."""
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return folder_on_disk()
    is_enough = found.f_bavail * found.f_frsize >= _ENOUGH_MEMORY and os.access(_MEMORY, os.W_OK)
    return _MEMORY if is_enough else folder_on_disk()


def _sweep() -> None:
    """Remove what runs that were killed have left."""
    for parent in {_MEMORY, Path("/tmp"), Path(tempfile.gettempdir())}:  # noqa: S108
        for folder in parent.glob(f"{_PREFIX}*"):
            run = Identity.from_record(read_json(folder / "run.json"))
            if run is not None and not run.is_running():
                shutil.rmtree(folder, ignore_errors=True)
