"""Files of others, which lie beside the project and are no part of it."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def published(*parts: str) -> Path:
    """The file or folder; a plain clone does not have it and skips, continuous integration fails."""
    found = SHARED.joinpath(*parts)
    if not found.exists():
        reason = f"{'/'.join(parts)} lies in ../shared/data, which a plain clone does not have"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
