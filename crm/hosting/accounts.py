"""The system account that runs the embedded server when the product is started as root.

PostgreSQL refuses to run as root, and `nobody` is shared with other services: it gets an account of its own.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass

from crm.hosting.errors import HostingError

ACCOUNT = "throughline"
_PACKAGED_ACCOUNT = "postgres"


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account to run the server under; None for an ordinary user, who runs it as themselves."""
    if os.geteuid() != 0:
        return None
    return _find(ACCOUNT) or _make() or _find(_PACKAGED_ACCOUNT) or _refuse()


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", ACCOUNT], check=False, capture_output=True)
    return _find(ACCOUNT)


def _refuse() -> Account:
    raise HostingError(
        f"PostgreSQL does not run as root and the system account “{ACCOUNT}” cannot be made:"
        " start the product as an ordinary user or set DATABASE_URL."
    )
