"""The secret key: given by the environment, else made once and kept in the home folder."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

_SHORTEST = 32


def secret_key(given: str, home: Path) -> str:
    if given:
        if len(given) < _SHORTEST:
            raise ImproperlyConfigured(f"SECRET_KEY must have at least {_SHORTEST} characters.")
        return given
    return _kept_key(home / "secret_key")


def _kept_key(path: Path) -> str:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"The secret key cannot be kept in {path.parent}: {error}.") from error


def _write_once(path: Path) -> None:
    """Several processes may start at once: the key appears whole, and the first one stays."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(get_random_secret_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
