"""Small private files, and files that may be missing or damaged."""

import json
import os
from pathlib import Path

from crm.hosting.accounts import Account


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Make a new file that only its owner may read; never follows or replaces what is there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        if account is not None:
            os.fchown(handle, account.uid, account.gid)
        file.write(text)


def read_text(path: Path) -> str:
    """The text; empty when there is none to be had."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def write_json(path: Path, content: object) -> None:
    """Replace the file at once, so that a reader never sees half of it."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


def read_json(path: Path) -> object:
    """What `write_json` wrote; None when there is none to be had."""
    try:
        return json.loads(read_text(path) or "null")
    except ValueError:
        return None
