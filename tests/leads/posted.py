"""Posts for the capture tests: the shared bodies of real forms, and encoders for the three kinds of body."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from crm.core.folding import storable

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
BOUNDARY = "----WebKitFormBoundaryq7Zx0"

type Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Post:
    """Body and content type of one request."""

    body: bytes
    content_type: str


def shared_file(*names: str) -> Path:
    """A file of the shared data; the test is skipped without it, but not where CI promises it."""
    path = SHARED.joinpath(*names)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path.name} is missing although CI is set")
        pytest.skip(f"the shared data has no {path.name}")
    return path


def shared_json(*names: str) -> Any:
    return json.loads(shared_file(*names).read_text(encoding="utf-8"))


def hostile_strings() -> list[str]:
    """The naughty strings, the odd names and the odd addresses of the shared data."""
    return [
        *shared_json("hostile", "blns", "blns.json"),
        *shared_json("hostile", "names_unicode.json"),
        *shared_file("hostile", "emails.txt").read_text(encoding="utf-8").split("\n"),
    ]


def urlencoded(pairs: Pairs) -> Post:
    return Post(urlencode(pairs).encode(), "application/x-www-form-urlencoded")


def multipart(pairs: Pairs) -> Post:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in pairs]
    body = "".join(parts) + f"--{BOUNDARY}--\r\n"
    return Post(body.encode(), f"multipart/form-data; boundary={BOUNDARY}")


def flat_json(pairs: Pairs) -> Post:
    grouped: dict[str, list[str]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    flat = {key: values if len(values) > 1 else values[0] for key, values in grouped.items()}
    return Post(json.dumps(flat).encode(), "application/json")


def hubspot_json(pairs: Pairs) -> Post:
    fields = [{"objectTypeId": "0-1", "name": key, "value": value} for key, value in pairs]
    return Post(json.dumps({"fields": fields}).encode(), "application/json; charset=utf-8")


def beacon(pairs: Pairs) -> Post:
    return Post(urlencode(pairs).encode(), "text/plain;charset=UTF-8")


ENCODERS = (urlencoded, multipart, flat_json, hubspot_json, beacon)


def kept(text: str) -> str:
    """The text as a reading keeps it."""
    return storable(text)
