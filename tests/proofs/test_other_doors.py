"""What the matrix does not ask: parts of hidden pages, odd methods, the account's own pages, further roles."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from crm.core.panels import panels_for
from crm.users.models import User
from crm.users.rights import FINANCE, MARKETING
from tests.factories.leads import make_lead
from tests.factories.users import TeamFactory, UserFactory
from tests.proofs.rights import matrix
from tests.proofs.world import SECRET, World, browser, everything, lasting_world, passing, without_echo

TABS = ("timeline", "lines", "details", "related", "files", "history", "nonsense")
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


def _hidden_pages(world: World) -> dict[str, Any]:
    """Addresses of the records that a stranger may not see, with the record."""
    return {
        reverse(name, args=world.args(row.record)): world.records[row.record]
        for name, row in matrix(world).items()
        if name.endswith("_detail") and row.get[2] == "h"
    }


def test_no_part_of_a_hidden_page_is_given_out(world: World) -> None:
    client, pages = browser(world.person("stranger")), _hidden_pages(world)
    assert len(pages) == 11
    for url, record in pages.items():
        for panel in panels_for(type(record)):
            asked = f"{url}?panel={panel.name}"
            for headers in ({}, HTMX, {**HTMX, "HX-Target": f"panel-{panel.name}"}):
                _check_hidden(client.get(asked, headers=headers), asked)
        for tab in TABS:
            for headers in ({}, {**HTMX, "HX-Target": "tabs"}):
                _check_hidden(client.get(f"{url}?tab={tab}", headers=headers), f"{url}?tab={tab}")


def _check_hidden(answer: Any, url: str) -> None:
    assert answer.status_code == 404, url
    assert SECRET not in answer.content.decode(), url


@pytest.mark.parametrize("method", ["head", "put", "patch", "delete", "trace"])
def test_no_other_method_gets_further(method: str, world: World) -> None:
    client, before = browser(world.person("stranger")), everything()
    for name, row in matrix(world).items():
        url = reverse(name, args=world.args(row.record) if row.record else ())
        answer = getattr(client, method)(url)
        letter = row.get[2] if method == "head" else "m"
        assert answer.status_code in {"o": {200, 302, 404}, "f": {403}, "h": {404}, "m": {405, 404}}[letter], (
            method,
            name,
        )
        assert SECRET not in answer.content.decode(), name
    assert everything() == before


# The pages of one's own account. What is sent is empty, so nothing may happen.

#: Name: GET and POST of a stranger to the house, then of somebody signed in.
ACCOUNT: dict[str, tuple[int, int, int, int]] = {
    "account_login": (200, 200, 302, 302),
    "account_logout": (302, 302, 200, 302),
    "account_inactive": (200, 405, 200, 405),
    "account_reauthenticate": (302, 302, 200, 200),
    "account_change_password": (302, 302, 200, 200),
    "account_set_password": (302, 302, 302, 302),
    "account_reset_password": (200, 200, 200, 200),
    "account_reset_password_done": (200, 405, 200, 405),
    "account_reset_password_from_key": (200, 200, 200, 200),
    "account_reset_password_from_key_done": (200, 405, 200, 405),
    "mfa_index": (302, 302, 200, 405),
    "mfa_authenticate": (302, 302, 302, 302),
    "mfa_reauthenticate": (302, 302, 302, 302),
    "mfa_activate_totp": (302, 302, 302, 302),
    "mfa_deactivate_totp": (302, 302, 404, 404),
    "mfa_view_recovery_codes": (302, 302, 404, 405),
    "mfa_generate_recovery_codes": (302, 302, 302, 302),
    "mfa_download_recovery_codes": (302, 302, 404, 404),
    "mfa_list_webauthn": (302, 302, 200, 405),
    "mfa_add_webauthn": (302, 302, 302, 302),
    "mfa_reauthenticate_webauthn": (302, 302, 302, 302),
    "mfa_remove_webauthn": (302, 302, 302, 302),
    "mfa_edit_webauthn": (302, 302, 302, 302),
    "mfa_login_webauthn": (302, 302, 302, 302),
}
_ACCOUNT_ARGS: dict[str, tuple[Any, ...]] = {
    "account_reset_password_from_key": ("1", "no-such-key"),
    "mfa_remove_webauthn": (1,),
    "mfa_edit_webauthn": (1,),
}


def _account_names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.callback.__module__.startswith("allauth."):
                yield str(entry.name)
        else:
            yield from _account_names(entry)


def test_every_page_of_the_account_is_in_the_table() -> None:
    assert set(_account_names(get_resolver())) == set(ACCOUNT)


def test_pages_of_the_account_are_for_their_owner_and_change_nothing_unasked(world: World) -> None:
    wrong, before = [], everything()
    for name, expected in ACCOUNT.items():
        url = reverse(name, args=_ACCOUNT_ARGS.get(name, ()))
        with passing():
            visitors = (Client(), browser(world.person("owner")))
            found = tuple(answer.status_code for one in visitors for answer in (one.get(url), one.post(url)))
        if found != expected:
            wrong.append((name, found))
    assert wrong == []
    assert everything() == before


# Further roles: every noun, its list, a record of somebody else, its form, a new one.

#: Letters as in the matrix, in that order.
ROLES: dict[str, dict[str, str]] = {
    MARKETING: {
        "leads:lead": "oooo",
        "leads:campaign": "oooo",
        "leads:campaign_response": "oooo",
        "leads:marketing_list": "oooo",
        "leads:capture_form": "oooo",
        "customers:account": "oofo",
        "customers:contact": "oofo",
        "catalog:product": "oooo",
        "catalog:price_list": "ooff",
        "activities:activity": "oofo",
        "sales:opportunity": "ooff",
        "sales:quote": "ooff",
        "sales:order": "ooff",
        "sales:invoice": "ooff",
    },
    FINANCE: {
        "leads:lead": "fhhf",
        "leads:campaign": "ooff",
        "leads:campaign_response": "fhhf",
        "leads:marketing_list": "fhhf",
        "leads:capture_form": "fhhf",
        "customers:account": "ooof",
        "customers:contact": "ooof",
        "catalog:product": "ooff",
        "catalog:price_list": "ooff",
        "activities:activity": "oofo",
        "sales:opportunity": "ooff",
        "sales:quote": "ooff",
        "sales:order": "ooff",
        "sales:invoice": "oooo",
    },
}
_STATUS = {"o": 200, "f": 403, "h": 404}
_SCREENS = ("list", "detail", "edit", "create")


@pytest.mark.parametrize("role", ROLES)
def test_marketing_and_finance_reach_what_their_role_says(role: str, world: World) -> None:
    with passing():
        client, before = browser(_person(role, world)), everything()
        wrong: list[tuple[str, str, Any]] = []
        for noun, word in ROLES[role].items():
            key = noun.split(":")[1].replace("_", " ")
            for screen, letter in zip(_SCREENS, word, strict=True):
                args = [world.records[key].pk] if screen in {"detail", "edit"} else []
                answer = client.get(reverse(f"{noun}_{screen}", args=args))
                if answer.status_code != _STATUS[letter]:
                    wrong.append((noun, screen, answer.status_code))
                if letter != "o" and SECRET in answer.content.decode():
                    wrong.append((noun, screen, SECRET))
        assert wrong == []
        assert everything() == before


def _person(role: str, world: World) -> User:
    return UserFactory.create(business_unit=world.cast.south, role=role)


# Doors beside each other: a part is reached only through its own record.


def test_a_part_is_not_reached_through_another_record(world: World) -> None:
    """The owner may do everything with both records."""
    client, before, records = browser(world.person("administrator")), everything(), world.records
    account, contact, file = records["account"], records["contact"], records["activity file"][1]
    item, price_list, form = records["price list item"][1], records["price list"], records["capture form"]
    strange = [
        f"/accounts/{account.pk}/addresses/{records['contact address'][1].pk}",
        f"/contacts/{contact.pk}/addresses/{records['account address'][1].pk}",
        f"/price-lists/{price_list.pk}/items/{item.pk}",
        f"/lead-forms/{form.pk}/fields/{records['form field'][1].pk}",
        f"/lead-forms/{form.pk}/mappings/{records['field mapping'][1].pk}",
    ]
    with passing():
        for url in (f"{one}/{act}/" for one in strange for act in ("edit", "delete")):
            assert (client.get(url).status_code, client.post(url, {}).status_code) == (404, 404), url
        assert client.get(f"/activities/{records['activity'].pk}/files/{file.pk}/").status_code == 404
        assert everything() == before


def test_a_line_of_another_document_is_not_changed_through_this_one(world: World) -> None:
    client, records = browser(world.person("owner")), world.records
    theirs = records["order"].lines.get()
    for noun in ("quote", "invoice", "opportunity"):
        own = records[noun].lines.get()
        for stolen in (theirs.pk, own.pk + 10_000):
            before = everything()
            with passing():
                kind = "opportunities" if noun == "opportunity" else f"{noun}s"
                sent = {"lines-total": 1, "line-0-id": stolen, "line-0-kind": "write_in", "line-0-item": "Stolen"}
                answer = client.post(
                    f"/{kind}/{records[noun].pk}/lines/", {**sent, "line-0-quantity": 1, "line-0-price": 5}
                )
                theirs.refresh_from_db()
                assert theirs.name != "Stolen"
                if answer.status_code != 302:
                    assert everything() == before


def test_after_giving_a_record_away_its_former_owner_finds_nothing(world: World) -> None:
    with passing():
        client, lead = browser(world.person("owner")), world.records["lead"]
        answer = client.post(f"/leads/{lead.pk}/assign/", {"owner": world.cast.rep_c.pk}, follow=True)
        assert answer.redirect_chain == [("/leads/", 302)]
        text = answer.content.decode()
        assert f"/leads/{lead.pk}/" not in text
        for url in (f"/leads/{lead.pk}/", f"/leads/{lead.pk}/edit/", f"/leads/{lead.pk}/?panel=why"):
            gone = client.get(url)
            assert gone.status_code == 404
            assert SECRET not in gone.content.decode()
        again = client.post(f"/leads/{lead.pk}/assign/", {"owner": world.cast.rep_a.pk})
        assert again.status_code == 404
        lead.refresh_from_db()
        assert lead.owner == world.cast.rep_c
        assert SECRET in browser(world.cast.rep_c).get(f"/leads/{lead.pk}/").content.decode()


@pytest.mark.parametrize("receiver", ["switched off", "sharing team", "nobody", "both"])
def test_a_record_is_given_only_to_somebody_who_can_own_it(receiver: str, world: World) -> None:
    with passing():
        gone = UserFactory.create(is_active=False)
        team = TeamFactory.create(kind="sharing")
        sent: dict[str, Any] = {
            "switched off": {"owner": gone.pk},
            "sharing team": {"owner_team": team.pk},
            "nobody": {},
            "both": {"owner": world.cast.rep_c.pk, "owner_team": TeamFactory.create().pk},
        }[receiver]
        client, before = browser(world.person("owner")), everything()
        answer = client.post(f"/leads/{world.records['lead'].pk}/assign/", sent)
        assert answer.status_code == 422
        assert everything() == before


def test_what_lies_in_the_bin_is_nowhere_and_only_administrators_take_it_out(world: World) -> None:
    with passing():
        lead = world.records["lead"]
        clients = {role: browser(world.person(role)) for role in ("owner", "manager", "administrator")}
        owner = clients["owner"]
        assert owner.post(f"/leads/{lead.pk}/delete/").status_code == 302
        before = everything()
        for role, client in clients.items():
            for more in ("", "edit/", "delete/", "assign/", "share/", "?panel=history", "?panel=why"):
                assert client.get(f"/leads/{lead.pk}/{more}").status_code == 404, (role, more)
            assert not re.search(rf"/leads/{lead.pk}/", client.get("/leads/?view=all").content.decode())
            assert not re.search(rf"/leads/{lead.pk}/", client.get(f"/search/?q={SECRET}").content.decode())
        restore = {"action": "restore_selected", "_selected_action": lead.pk}
        assert owner.post("/admin/leads/lead/?bin=in", restore).status_code == 403
        assert everything() == before
        clients["administrator"].post("/admin/leads/lead/?bin=in", restore)
        assert owner.get(f"/leads/{lead.pk}/").status_code == 200


def test_a_search_and_a_list_count_only_what_their_reader_sees(world: World) -> None:
    """The stranger's answer is the same whether the owner has one lead or twenty."""
    client = browser(world.person("stranger"))
    pages = ("/", "/leads/", "/leads/?view=all", f"/leads/?view=all&q={SECRET}", f"/search/?q={SECRET}")
    with passing(), time_machine.travel(timezone.now(), tick=False):
        before = [_bare(client.get(url)) for url in pages]
        for _number in range(3):
            make_lead(world.person("owner"), last_name=SECRET)
        assert [_bare(client.get(url)) for url in pages] == before


def _bare(response: Any) -> str:
    text = response.content.decode()
    assert without_echo(text).count(SECRET) == 0
    return re.sub(r'"[0-9a-zA-Z_\-+/=:]{10,}"|\b[0-9a-f]{12}\b|value="[^"]*"', "", text)
