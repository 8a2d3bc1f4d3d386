"""Where the embedded server of one home keeps its things.

Everything lies in `<home>/database`. Started as root, that folder holds the passwords and a file `place`:
data, log and socket lie in a folder of the server's own account below `/var/lib/throughline`, since
that account may be unable to reach the home, and opening the home to it would open it to everybody.
"""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from crm.hosting.accounts import Account, server_account
from crm.hosting.errors import HostingError

SYSTEM_FOLDER = Path("/var/lib/throughline")
PORT = 5432
# A socket address has 108 bytes (104 on BSD) with its closing zero; the server appends the name.
_LONGEST_SOCKET = 103
_SOCKET_NAME = f"/.s.PGSQL.{PORT}"


@dataclass(frozen=True, slots=True)
class Place:
    """`keys` holds the passwords; `root` holds data and log; `run` holds the socket."""

    keys: Path
    root: Path
    run: Path
    account: Account | None = None

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def password(self, role: str) -> str:
        """The kept password of a database role; empty before the first start."""
        try:
            return (self.keys / f"{role}.password").read_text(encoding="ascii")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise HostingError(
                f"The database password in {self.keys} cannot be read ({error.strerror}):"
                " run this as the user who started the product first."
            ) from error


def known_place(home: Path) -> Place:
    """The place of this home's server as it is now, making nothing; also before the first start."""
    keys = home / "database"
    root = keys
    try:
        root = Path((keys / "place").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HostingError(
            f"The database folder {keys} cannot be read ({error.strerror}):"
            " run this as the user who started the product first."
        ) from error
    return Place(keys, root, _socket_folder(root))


def prepared_place(home: Path) -> Place:
    """The place of this home's server with all its folders made, each open to its owner alone.

    Changes no folder that was there before; raises HostingError where one belongs to somebody else.
    """
    keys = home / "database"
    _make_folder(home, None)
    _make_folder(keys, None)
    if keys.stat().st_uid != os.geteuid():
        raise HostingError(f"The database folder {keys} belongs to another user: start the product as that user.")
    account = server_account()
    if account is not None:
        _assign_system_folder(home, keys, account)
    known = known_place(home)
    place = Place(keys, known.root, known.run, account)
    for folder in (place.root, place.log, place.run):
        _make_folder(folder, account)
    _refuse_foreign_folder(place.run, account)
    return place


def throwaway_place(folder: Path) -> Place:
    """A place inside a folder that the caller made for it and removes after use."""
    account = server_account()
    keys, root = folder / "keys", folder / "server"
    place = Place(keys, root, _socket_folder(root), account)
    if account is not None:
        folder.chmod(0o711)
    _make_folder(keys, None)
    for inside in (root, place.log, place.run):
        _make_folder(inside, account)
    _refuse_foreign_folder(place.run, account)
    return place


def _socket_folder(root: Path) -> Path:
    folder = root / "run"
    if len(os.fsencode(folder)) + len(_SOCKET_NAME) <= _LONGEST_SOCKET:
        return folder
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    # Not from TMPDIR: every process of this home has to find the same folder, whatever its environment.
    return Path("/tmp") / f"throughline-{digest}"  # noqa: S108 - checked by _refuse_foreign_folder


def _make_folder(folder: Path, account: Account | None) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        return
    except OSError as error:
        raise HostingError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def _refuse_foreign_folder(folder: Path, account: Account | None) -> None:
    """A socket folder may lie in a shared place, where somebody else could have made it first."""
    found = folder.lstat()
    owner = os.geteuid() if account is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise HostingError(
            f"The socket folder {folder} is not a folder of the database server's user alone: remove it."
        )


def _assign_system_folder(home: Path, keys: Path, account: Account) -> None:
    """Give the home a folder below `/var/lib`, once; a copied home must not reach the first one's data."""
    if (keys / "data").exists():
        raise HostingError(f"The database in {keys} was made by an ordinary user: start the product as that user.")
    pointer = keys / "place"
    if not pointer.exists():
        _make_shared_folder()
        root = SYSTEM_FOLDER / secrets.token_hex(8)
        _make_folder(root, account)
        _home_record(root).write_text(f"{home}\n", encoding="utf-8")
        pointer.write_text(f"{root}\n", encoding="utf-8")
        return
    root = Path(pointer.read_text(encoding="utf-8").strip())
    record = _home_record(root)
    other = Path(record.read_text(encoding="utf-8").strip()) if record.exists() else home
    if other == home:
        return
    if _points_to(other, root):
        raise HostingError(
            f"The folder {home} is a copy of {other} and would share its database:"
            f" remove {keys} to begin with a new one, or use {other}."
        )
    record.write_text(f"{home}\n", encoding="utf-8")


def _points_to(home: Path, root: Path) -> bool:
    try:
        return Path((home / "database" / "place").read_text(encoding="utf-8").strip()) == root
    except OSError:
        return False


def _home_record(root: Path) -> Path:
    return root.with_suffix(".home")


def _make_shared_folder() -> None:
    """Root's own folder, which the accounts below it may pass through but not list."""
    try:
        SYSTEM_FOLDER.mkdir(mode=0o711)
        SYSTEM_FOLDER.chmod(0o711)  # mkdir is subject to the umask
    except FileExistsError:
        if SYSTEM_FOLDER.stat().st_uid != 0:
            raise HostingError(f"The folder {SYSTEM_FOLDER} does not belong to root.") from None
    except OSError as error:
        raise HostingError(f"The folder {SYSTEM_FOLDER} cannot be made: {error.strerror}.") from error
