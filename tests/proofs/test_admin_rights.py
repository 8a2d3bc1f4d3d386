"""The administration: open to administrators alone, at every one of its addresses, whatever rights somebody has."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoDbBlocker

from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege, User, UserRole
from crm.users.rights import known_permissions
from leads.models import Lead
from tests.factories.users import UserFactory
from tests.proofs.world import SECRET, World, browser, everything, lasting_world, passing

_PARTS = {
    r"<path:object_id>": "1",
    r"<slug:name>": "assign",
    r"<path:content_type_id>": "1",
    r"<id>": "1",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


def admin_addresses() -> list[str]:
    """Every address under /admin/, with the first key in place of each parameter."""
    (resolver,) = [entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "admin"]
    assert isinstance(resolver, URLResolver)
    return [f"/admin/{_filled(route)}" for route in _routes(resolver, "")]


def _routes(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield before + str(entry.pattern)
        else:
            yield from _routes(entry, before + str(entry.pattern))


def _filled(route: str) -> str:
    route = re.sub(r"\^?\(\?P<app_label>([a-z_]+)[^)]*\)/\$", r"\1/", route)
    for part, value in _PARTS.items():
        route = route.replace(part, value)
    return route.replace("(?P<url>.*)$", "no/such/page").lstrip("^")


def _almighty() -> User:
    """Every right there is, over everything, without being an administrator."""
    role = Role.objects.create(name="Almighty")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, permission=permission, depth=Depth.ALL) for permission in known_permissions()
    )
    person = UserFactory.create(username="almighty")
    UserRole.objects.create(user=person, role=role)
    return person


def test_who_is_no_administrator_enters_nowhere_and_changes_nothing(world: World) -> None:
    with passing():
        client, before = browser(_almighty()), everything()
        answers = {
            (method, url): client.generic(method, url) for url in admin_addresses() for method in ("GET", "POST")
        }
        others = {url for (_method, url), answer in answers.items() if answer.status_code != 403}
        assert others == {"/admin/login/"}, "which only leads to the page where one signs in"
        assert [key for key, answer in answers.items() if SECRET in answer.content.decode()] == []
        assert everything() == before


@pytest.mark.parametrize("role", ["owner", "manager", "reader"])
def test_no_shipped_role_opens_the_administration(role: str, world: World) -> None:
    client = browser(world.person(role))
    record = world.records["lead"].pk
    for url in ("/admin/", "/admin/leads/lead/", f"/admin/leads/lead/{record}/change/", "/admin/autocomplete/"):
        answer = client.get(url)
        assert answer.status_code == 403
        assert SECRET not in answer.content.decode()


def test_a_stranger_to_the_house_is_sent_to_sign_in_from_everywhere() -> None:
    client = Client()
    wrong = {
        (method, url): answer.status_code
        for url in admin_addresses()
        for method in ("GET", "POST")
        if not _asks_to_sign_in(answer := client.generic(method, url))
    }
    assert wrong == {}


def _asks_to_sign_in(answer: object) -> bool:
    return str(getattr(answer, "headers", {}).get("Location", "")).startswith("/login/")


def test_an_administrator_who_is_demoted_is_outside_at_once(world: World) -> None:
    with passing():
        client = browser(world.person("administrator"))
        assert client.get("/admin/leads/lead/").status_code == 200
        User.objects.filter(pk=world.person("administrator").pk).update(is_administrator=False)
        before = everything()
        for url in ("/admin/", "/admin/leads/lead/", "/admin/users/user/"):
            assert client.get(url).status_code == 403
        lead = world.records["lead"].pk
        act = {"action": "delete_selected", "_selected_action": lead, "post": "yes"}
        assert client.post("/admin/leads/lead/", act).status_code == 403
        assert everything() == before


@pytest.mark.parametrize(
    "more", ["", "history/", "delete/", "act/assign/", "change/?_popup=1"], ids=lambda more: more or "itself"
)
def test_an_administrator_reaches_every_page_of_a_record(more: str, world: World) -> None:
    lead: Lead = world.records["lead"]
    answer = browser(world.person("administrator")).get(f"/admin/leads/lead/{lead.pk}/{more}", follow=True)
    assert answer.status_code == 200
    assert SECRET in answer.content.decode()


def test_suggestions_of_the_administration_are_for_administrators(world: World) -> None:
    asked = {"app_label": "sales", "model_name": "quote", "field_name": "customer_account", "term": SECRET[:6].lower()}
    client = browser(world.person("administrator"))
    client.raise_request_exception = True
    found = client.get("/admin/autocomplete/", asked)
    assert SECRET in found.content.decode()
    refused = browser(world.person("manager")).get("/admin/autocomplete/", asked)
    assert (refused.status_code, SECRET in refused.content.decode()) == (403, False)
