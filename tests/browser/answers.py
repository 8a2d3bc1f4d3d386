"""The pages as they were answered: asked once in this process, looked at as often as there are questions."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from allauth.account.internal.userkit import user_id_to_str
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.users.views.home import HomeView
from tests.browser.pages import Page
from tests.browser.scenes import Scene
from tests.factories.users import PASSWORD
from tests.proofs.visitor import Answer, Pairs, form_with
from tests.proofs.world import passing

_LAZY = re.compile(r'<[^>]*\sid="([^"]+)"[^>]*\shx-get="([^"]+)"[^>]*\shx-trigger="(?:load|revealed|intersect)[^>]*>')


#: A record of the scene in the query of a page.
_RECORD = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class Shown:
    """`pieces` are what the page asks for by itself when it is open, by path."""

    name: str
    url: str
    status: int
    html: str
    headers: Mapping[str, str]
    pieces: Mapping[str, str] = field(default_factory=dict)


class Reader:
    """Asks for pages on behalf of the people of one scene; what a page changes is undone."""

    def __init__(self, scene: Scene, *, language: str = "en") -> None:
        self._scene = scene
        self._language = language
        self._clients: dict[str, Client] = {}

    def show(self, page: Page) -> Shown:
        cache.clear()  # attempts to sign in are counted
        client, url = self.client(page.who), self.url(page)
        with passing(), _arranged(page):
            response = self._ask(client, page, url)
            problem = f"{page.name}: {response.status_code} instead of {page.status} at {url}"
            assert response.status_code == page.status, problem
            return _shown(page.name, url, response, client)

    def url(self, page: Page) -> str:
        url = reverse(page.address, args=self._args(page))
        query = _RECORD.sub(lambda named: str(self._scene.world.args(named[1])[-1]), page.query)
        return f"{url}?{query}" if query else url

    def client(self, who: str) -> Client:
        """One who signed in with the password, so that the pages for one's own account are open too."""
        if who not in self._clients:
            self._clients[who] = self._signed_in(who)
        return self._clients[who]

    def _signed_in(self, who: str) -> Client:
        client = Client(raise_request_exception=False, headers={"Accept-Language": self._language})
        if not who:
            return client
        halfway = who.endswith(" halfway")
        person = self._scene.person(who.removesuffix(" halfway"))
        if halfway:
            client.post("/login/", {"login": person.get_username(), "password": PASSWORD})
            return client
        client.force_login(person)
        session = client.session
        just_now = {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
        session["account_authentication_methods"] = [just_now]
        session["account_authentication_methods_user"] = user_id_to_str(person)
        session.save()
        return client

    def _args(self, page: Page) -> tuple[Any, ...]:
        if page.address == "setup":
            return ("token",)
        if page.address == "account_reset_password_from_key":
            return ("1", "no-such-key")
        if page.record == "key":
            keys = self._scene.person("careful").authenticator_set  # type: ignore[attr-defined]  # a reverse relation
            return (keys.get(type="webauthn").pk,)
        return (*(self._scene.world.args(page.record) if page.record else ()), *page.args)

    def _ask(self, client: Client, page: Page, url: str) -> Any:
        client.cookies.pop("messages", None)  # what was said of the page before
        if page.form:
            return client.post(url, _as_data(_filled(client.get(url), page)))
        return client.post(url, page.sent) if page.sent else client.get(url)


@contextmanager
def _arranged(page: Page) -> Iterator[None]:
    """The first page fails as the page wants it; and the organisation could still be set up."""
    failing = mock.patch.object(HomeView, "get", side_effect=page.raised) if page.raised else nullcontext()
    with failing, mock.patch("crm.users.views.setup.is_setup_open", return_value=True):
        yield


def _filled(response: Any, page: Page) -> Pairs:
    """The form as a browser would send it, with the changes of the page."""
    text = response.content.decode()
    pairs = form_with(Answer(response.status_code, "", text), page.form).pairs
    changed = {name: str(value) for name, value in page.sent.items()}
    return [pair for pair in pairs if pair[0] not in changed] + list(changed.items())


def _as_data(pairs: Pairs) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data


def _shown(name: str, url: str, response: Any, client: Client) -> Shown:
    html = response.content.decode()
    asked = {path.replace("&amp;", "&"): region for region, path in _LAZY.findall(html)}
    pieces = {path: _piece(client, path, region) for path, region in sorted(asked.items())}
    return Shown(name, url, response.status_code, html, dict(response.headers), pieces)


def _piece(client: Client, path: str, region: str) -> str:
    return client.get(path, headers={"HX-Request": "true", "HX-Target": region}).content.decode()
