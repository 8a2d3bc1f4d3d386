"""Pieces of pages that are kept: what belongs to one person or one request never reaches another."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from crm.core.context import NavEntry, register_nav
from crm.core.fragments import fragment
from crm.users.depth import Depth
from tests.core.lead_rows import grant
from tests.factories.cast import Cast
from tests.fixtures import ClientFor


def test_a_fragment_is_rendered_once_for_each_key_and_language() -> None:
    asked: list[str] = []

    def render(key: str) -> str:
        def context() -> dict[str, str]:
            asked.append(key)
            return {"count_words": key}

        return fragment("screens/list_count.html", ("test", key), context)

    assert ">one<" in render("one")
    assert ">two<" in render("two")
    assert ">one<" in render("one")
    assert asked == ["one", "two"]
    with override("de"):
        render("one")
    assert asked == ["one", "two", "one"]


@pytest.mark.django_db
@pytest.mark.usefixtures("lead_screens")
def test_the_kept_frame_shows_each_person_their_own_name_links_and_token(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "read", "create")
    grant(cast.rep_c, Depth.OWN, "read")
    anna, cara = client_for(cast.rep_a), client_for(cast.rep_c)
    for _round in range(2):
        for client, name, other in ((anna, "Anna North", "Cara South"), (cara, "Cara South", "Anna North")):
            page = client.get("/search/?q=<mine>").content.decode()
            assert f"Signed in as {name}" in page
            assert other not in page
            assert 'value="&lt;mine&gt;"' in page
    assert _token(anna) != _token(cara)


def _token(client: Client) -> str:
    """The token of the form that signs out, which the server accepts."""
    page = client.get("/search/").content.decode()
    found = re.search(r'<form id="sign-out".*?name="csrfmiddlewaretoken" value="(\w+)"', page, re.DOTALL)
    assert found, page
    assert page.count('form="sign-out"') == 1
    return found[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("lead_screens")
def test_a_right_that_is_given_or_taken_shows_in_the_kept_frame_at_the_next_page(
    cast: Cast, client_for: ClientFor
) -> None:
    register_nav(NavEntry("Leads here", "leads:lead_list", "target", "line", "leads.read_lead"))
    client = client_for(cast.rep_a)
    for actions, is_shown in ((["create"], False), (["read"], True), (["create"], False)):
        grant(cast.rep_a, Depth.OWN, *actions)
        assert ("Leads here" in client.get("/search/").content.decode()) is is_shown
