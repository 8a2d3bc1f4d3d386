"""What every page of the frame needs: its navigation, the New menu, the search, the menu of the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from crm.core.fragments import fragment
from crm.core.models import Organisation

PRODUCT_NAME = "Throughline"
_MOST_UNREAD = 99
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


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One place in the menu of the person: what is theirs alone."""

    label: str | Promise
    url_name: str
    icon: str
    permission: str = ""


_own: dict[str, OwnEntry] = {}


def register_own(*entries: OwnEntry) -> None:
    for entry in entries:
        _own[entry.url_name] = entry


def frame(request: HttpRequest) -> dict[str, Any]:
    """The template context of every page; `shell` renders nothing that the page does not ask for."""
    return {"product_name": PRODUCT_NAME, "shell": Shell(request)}


class Shell:
    """The parts of the frame around a page, as markup. Templates name them: `{{ shell.nav }}`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def head(self) -> SafeString:
        return fragment("frame/head.html", (), dict)

    @property
    def organisation(self) -> str:
        """Who runs this, once it has been set up; for those who have not signed in."""
        name = Organisation.load().name
        return "" if name == Organisation._meta.get_field("name").default else name

    @property
    def opener(self) -> SafeString:
        """The button that opens the navigation on a phone."""
        return fragment("frame/opener.html", (), dict)

    @property
    def nav(self) -> SafeString:
        places = [(entry, _address(entry.url_name)) for entry in self._allowed()]
        links = tuple(_link(entry, url, self._request.path) for entry, url in places if url)
        return fragment("frame/nav.html", links, lambda: {"nav": links, "product_name": PRODUCT_NAME})

    @property
    def look(self) -> SafeString:
        """Theme and density as attributes of the page; nothing where nobody is signed in or nothing is chosen."""
        if not self._is_signed_in():
            return SafeString()
        user: Any = self._request.user
        chosen = (user.theme, user.density)
        return fragment("frame/look.html", chosen, lambda: {"theme": chosen[0], "density": chosen[1]})

    @property
    def topbar(self) -> SafeString:
        """Search, New and theme."""
        if not self._is_signed_in():
            return fragment("frame/topbar.html", (), dict)
        search_url, links = _address("core:search"), tuple(self._new_links())
        palette_url = _address("core:palette")
        sought = self._request.GET.get("q", "") if self._request.path == search_url else ""
        return fragment(
            "frame/topbar.html",
            (search_url, palette_url, links, sought),
            lambda: {
                "search_url": search_url,
                "palette_url": palette_url,
                "new_links": links,
                "sought": sought,
                "theme_url": _address("settings_theme"),
            },
        )

    @property
    def bell(self) -> SafeString:
        """How much the person has not read. The number came along with their rights."""
        place = _address("notifications") if self._is_signed_in() else ""
        if not place:
            return SafeString()
        user: Any = self._request.user
        number = min(user.unread_notifications, _MOST_UNREAD + 1)
        shown = f"{_MOST_UNREAD}+" if number > _MOST_UNREAD else str(number)
        return fragment("frame/bell.html", (place, number), lambda: {"url": place, "number": number, "shown": shown})

    @property
    def person(self) -> SafeString:
        """The menu of who is signed in. Its sign-out button belongs to the form `sign-out` of the page."""
        if not self._is_signed_in():
            return SafeString()
        user: Any = self._request.user
        own = tuple(entry for entry in _own.values() if self._may(entry.permission) and _address(entry.url_name))
        shown = (user.get_full_name() or user.get_username(), user.email, own)
        return fragment(
            "frame/person.html", shown, lambda: {"person_name": shown[0], "email": shown[1], "own": shown[2]}
        )

    @property
    def foot(self) -> SafeString:
        return fragment("frame/foot.html", (), dict)

    @property
    def sign_out_url(self) -> str:
        return _address("account_logout") if self._is_signed_in() else ""

    def _is_signed_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return user is not None and bool(user.is_authenticated)

    def _allowed(self) -> list[NavEntry]:
        if not self._is_signed_in():
            return []
        return [entry for entry in nav_entries() if self._may(entry.permission)]

    def _new_links(self) -> Iterable[tuple[str, str]]:
        """(address, words) of what the person may make."""
        for entry in nav_entries():
            url = _address(entry.new_url_name) if entry.new_url_name else ""
            if url and self._may(entry.permission and entry.new_permission):
                yield url, str(entry.new_label or entry.label)

    def _may(self, permission: str) -> bool:
        user: Any = self._request.user
        return not permission or user.has_perm(permission)


def _link(entry: NavEntry, url: str, path: str) -> NavLink:
    current = path == url or (url != "/" and path.startswith(url))
    return NavLink(str(entry.label), url, entry.icon, _DRAWN_AS.get(entry.group, entry.group), current)


def _address(url_name: str) -> str:
    """A place without an address is left out; the start-up checks name it."""
    return _known_address(url_name, settings.ROOT_URLCONF)


@lru_cache(256)
def _known_address(url_name: str, _urlconf: Any) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
