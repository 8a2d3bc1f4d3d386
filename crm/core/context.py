"""What every page of the frame needs: its navigation, the New menu, the search."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

# The five tables of the chain are drawn as nodes; `components` know them under this name.
_DRAWN_AS = {"line": "chain"}


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One place in the navigation; apps register theirs in `AppConfig.ready()`.

    With `new_url_name` it also stands in the New menu, for those who may create where they may read.
    """

    label: str | Promise
    url_name: str
    icon: str
    group: str
    permission: str = ""
    position: int = 100
    new_label: str | Promise = ""
    new_url_name: str = ""

    @property
    def new_permission(self) -> str:
        return self.permission.replace(".read_", ".create_")


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


def nav_entries() -> list[NavEntry]:
    return sorted(_entries.values(), key=lambda entry: entry.position)


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"product_name": "Throughline", "nav": []}
    return {
        "product_name": "Throughline",
        "nav": list(_links(user, request.path)),
        "new_links": list(_new_links(user)),
        "search_url": _address("core:search"),
    }


def _links(user: Any, path: str) -> Iterable[NavLink]:
    for entry in nav_entries():
        url = _address(entry.url_name)
        if url and (not entry.permission or user.has_perm(entry.permission)):
            current = path == url or (url != "/" and path.startswith(url))
            yield NavLink(entry.label, url, entry.icon, _DRAWN_AS.get(entry.group, entry.group), current)


def _new_links(user: Any) -> Iterable[dict[str, Any]]:
    for entry in nav_entries():
        url = _address(entry.new_url_name) if entry.new_url_name else ""
        if url and (not entry.permission or user.has_perm(entry.new_permission)):
            yield {"label": entry.new_label or entry.label, "url": url}


def _address(url_name: str) -> str:
    """A place without an address is left out; the start-up checks name it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
