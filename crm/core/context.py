"""What every page of the frame needs: its navigation."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One place in the navigation; apps register theirs in `AppConfig.ready()`."""

    label: str | Promise
    url_name: str
    icon: str
    group: str
    permission: str = ""
    position: int = 100


@dataclass(frozen=True, slots=True)
class NavLink:
    label: str | Promise
    url: str
    icon: str
    group: str
    current: bool


_entries: dict[str, NavEntry] = {}


def register_nav(*entries: NavEntry) -> None:
    for entry in entries:
        _entries[entry.url_name] = entry


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"product_name": "Throughline", "nav": []}
    return {
        "product_name": "Throughline",
        "nav": [_link(entry, request.path) for entry in _entries_for(user)],
    }


def _entries_for(user: Any) -> list[NavEntry]:
    allowed = [entry for entry in _entries.values() if not entry.permission or user.has_perm(entry.permission)]
    return sorted(allowed, key=lambda entry: entry.position)


def _link(entry: NavEntry, path: str) -> NavLink:
    url = reverse(entry.url_name)
    current = path == url or (url != "/" and path.startswith(url))
    return NavLink(entry.label, url, entry.icon, entry.group, current)
