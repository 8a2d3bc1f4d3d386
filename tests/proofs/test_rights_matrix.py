"""Every address of our apps, asked by everybody: who is let in, who is refused, and that a refusal changes nothing."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.proofs.rights import ROLES, matrix, sharing
from tests.proofs.rows import Row
from tests.proofs.world import SECRET, World, browser, everything, lasting_world, passing

#: Addresses for everybody, signed in or not, with what GET and POST answer there.
OPEN = {
    "healthz": (200, 200),
    "setup": (404, 404),
    "leads:capture_open": (405, 200),
    "leads:capture": (405, 200),
    "leads:web_to_lead": (405, 200),
    "capture/<str:form_key>/": (405, 200),
    "capture/<path:form_key>": (405, 200),
    "leads:hosted_form": (404, 404),
    "leads:hosted_thanks": (404, 405),
    "leads:hubspot_v3": (405, 200),
    "leads:hubspot_secure": (405, 200),
    "leads:hubspot_v2": (405, 204),
    "leads:zoho": (405, 200),
    "leads:vtiger": (405, 200),
    "leads:suitecrm": (405, 200),
    "leads:espocrm": (405, 200),
    "leads:dataverse": (405, 204),
    "servlet/servlet.WebToLead/": (405, 200),
}
_OPEN_ARGS: dict[str, tuple[str, ...]] = {"setup": ("no-such-token",), "leads:capture": ("no-such-form",)}
_OPEN_ARGS |= {f"leads:{name}": ("no-such-form",) for name in ("hosted_form", "hosted_thanks", "espocrm")}
_OPEN_ARGS |= {f"leads:hubspot_{name}": ("1", "no-such-form") for name in ("v3", "secure", "v2")}
_FILES = {"activities:activity_file", "data:export_file", "data:import_failed"}
#: Without scripts, on to the search.
_LEADS_ON = {"core:palette"}
_STATUS = {"o": 200, "p": 200, "f": 403, "h": 404, "m": 405}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


def our_addresses() -> set[str]:
    """The names in the URLconf, without the administration and allauth; the route where there is no name."""
    return set(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from _walk(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif not entry.callback.__module__.startswith("allauth."):
            yield _name(entry, namespace)


def _name(pattern: URLPattern, namespace: str) -> str:
    return f"{namespace}{pattern.name}" if pattern.name else str(pattern.pattern)


def test_every_address_is_in_the_matrix(world: World) -> None:
    assert our_addresses() == set(matrix(world)) | set(OPEN)


@dataclass(frozen=True)
class Visit:
    """One request of one person, and the letter of the matrix that says how it ends."""

    method: str
    name: str
    url: str
    row: Row
    letter: str

    def make(self, client: Client) -> Any:
        sent = self.row.sent if self.method == "post" else {}
        client.cookies.pop("messages", None)  # what was said of the visit before
        return getattr(client, self.method)(self.url, sent)

    @property
    def status(self) -> int:
        if self.letter == "o" and (self.method == "post" or self.name in _LEADS_ON):
            return 302
        # The content of the file has gone, which is said to those alone who may have it.
        return 404 if self.name in _FILES and self.letter == "o" else _STATUS[self.letter]

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def _visits(world: World, role: str) -> list[Visit]:
    place = ROLES.index(role)
    return [
        Visit(method, name, _url(world, name, row), row, word[place])
        for name, row in (*matrix(world).items(), *sharing(world))
        for method, word in (("get", row.get), ("post", row.post))
    ]


@pytest.mark.parametrize("role", ROLES)
def test_each_address_lets_in_whom_it_should_and_a_refusal_changes_nothing(role: str, world: World) -> None:
    client, before, visits = browser(world.person(role)), everything(), _visits(world, role)
    allowed = [visit for visit in visits if visit.letter == "o"]
    refused = [visit for visit in visits if visit.letter != "o"]
    wrong = [f"{visit}: {fault}" for visit in allowed if (fault := _fault(client, visit))]
    # Summing up all tables takes its time, so it is done once for all refusals; one by one only to name the guilty.
    with passing():
        wrong += [f"{visit}: {fault}" for visit in refused if (fault := _fault(client, visit))]
        changed = everything() != before
    wrong += [f"{visit} was refused and changed something" for visit in refused if changed and _changes(client, visit)]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_leads_to_where_its_reader_is_refused(role: str, world: World) -> None:
    client, visits = browser(world.person(role)), _visits(world, role)
    letters = {visit.url: visit.letter for visit in visits if visit.method == "get"}
    shown = [visit for visit in visits if visit.method == "get" and visit.letter == "o"]
    dead = {
        f"{visit.name} offers {url}"
        for visit in shown
        if visit.name == "home" or visit.name.endswith(("_list", "_detail"))
        for url in re.findall(r'(?:href|action)="([^"?#]+)', _text(visit.make(client)))
        if letters.get(url, "o") not in "om"
    }
    assert dead == set()


def _changes(client: Client, visit: Visit) -> bool:
    before = everything()
    with passing():
        visit.make(client)
        return everything() != before


def _url(world: World, name: str, row: Row) -> str:
    return reverse(name, args=world.args(row.record) if row.record else ())


def _fault(client: Client, visit: Visit) -> str:
    """What is wrong with the answer; empty when all is well."""
    with passing() if visit.letter == "o" else nullcontext():
        response = visit.make(client)
    if response.status_code != visit.status:
        return f"{response.status_code} instead of {visit.status}: {_said(response)}"
    if visit.letter == "h" and visit.method == "get":
        return _leak(client, visit.url, response)
    return "the refusal names what it hides" if visit.letter == "h" and SECRET in _text(response) else ""


def _leak(client: Client, url: str, hidden: Any) -> str:
    """A hidden record answers exactly as one that never was."""
    missing = client.get(re.sub(r"\d+", "999999", url))
    if SECRET in _text(hidden):
        return "the refusal names what it hides"
    return "" if _bare(hidden) == _bare(missing) else "a hidden record does not look like a missing one"


def _bare(response: Any) -> str:
    """Without what differs from request to request."""
    return re.sub(r'"[0-9a-zA-Z_\-+/=]{10,}"|\b[0-9a-f]{12}\b|value="[^"]*"', "", _text(response))


def _text(response: Any) -> str:
    return "" if response.streaming else response.content.decode()


def _said(response: Any) -> str:
    """The sentences of the page that tell why."""
    found = re.findall(
        r'<ul class="(?:field|form)-errors"(.*?)</ul>|<p class="error-[^>]*>(.*?)</p>', _text(response), re.S
    )
    return " / ".join(" ".join(re.sub(r"<[^>]*>", " ", "".join(one)).split()) for one in found)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_to_the_house_signs_in_first_and_comes_back(method: str, world: World) -> None:
    client, before = browser(), everything()
    with passing():
        for name, row in matrix(world).items():
            url = _url(world, name, row)
            sent = row.sent if method == "post" else {}
            response = getattr(client, method)(url, sent)
            assert (response.status_code, response.headers["Location"]) == (302, f"/login/?next={url}"), name
            response = getattr(client, method)(url, sent, headers={"HX-Request": "true"})
            assert (response.status_code, response.headers["HX-Redirect"]) == (200, f"/login/?next={url}"), name
        assert everything() == before


@pytest.mark.parametrize("role", ["", *ROLES])
def test_open_addresses_answer_everybody_alike(role: str, world: World) -> None:
    client = browser(world.person(role) if role else None)
    with passing():
        for name, statuses in OPEN.items():
            url = reverse(name, args=_OPEN_ARGS.get(name, ())) if "/" not in name else f"/{name}"
            url = url.replace("<path:form_key>", "no/such")
            assert (client.get(url).status_code, client.post(url, {"email": "a@b.example"}).status_code) == statuses, (
                url
            )
