"""Attacks 10 to 17 as far as there is something to inject into: addresses, searches, texts, headers."""

import re
from html import escape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leads.models import Lead
from tests.attacks.markup import inline_code
from tests.attacks.test_headers import nonce_of
from tests.proofs.test_bad_input import LISTS
from tests.proofs.world import SECRET, World, browser, everything

SORTS = [
    "owner__password",
    "-owner__password",
    "id);--",
    "pk",
    "?",
    "owner__user_roles__role__name",
    'name"; DROP TABLE leads_lead',
    "name.owner",
    "name%0Aowner",
    "name\x00",
    "%(name)s",
    "{name}",
    "extra__key",
    "__class__",
]
FILTERS = [
    "owner__password__startswith=pbkdf2",
    "owner__is_administrator=1",
    "last_name__regex=(a%2B)%2B%24",
    "name__iregex=.",
    "pk__in=1,2,3",
    "id__gt=0",
    "_connector=OR",
    "_negated=1",
    "owner.password=1",
    'name"=1',
    "name%0A__contains=1",
    "q__contains=1",
    "custom'--=1",
    "data__key')--=1",
    "annotate=password",
    "group_by=owner__password",
    "fields=password",
]
SEARCHES = [
    "%",
    "_",
    "\\",
    "'",
    "''",
    '"',
    ":*",
    "&|!",
    "a:*&!(b|c)",
    "\x00",
    "\u202e",
    "\u200b",
    "\U0001f600",
    "(" * 500,
]
SEARCHES += ["zq' OR 9=9 --", "'; SELECT pg_sleep(3); --", "$$", "${7*7}", "{{7*7}}", "%s%s%s%n", "..\\..\\"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_sorts_by_what_it_declares_only(admin: Client, name: str) -> None:
    """10: `order_by` takes no name from the address; the order of the list stays, and a notice says so."""
    url = reverse(name)
    usual = rows_of(admin.get(url))
    for sort in SORTS:
        response = admin.get(url, {"sort": sort})
        assert response.status_code == 200, sort
        assert rows_of(response) == usual, sort
        assert "cannot be sorted by" in response.content.decode(), sort
        assert "pbkdf2" not in response.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_filters_by_what_it_declares_only(admin: Client, name: str) -> None:
    """10, 38: no lookup, regular expression, connector or alias comes from the address."""
    url = reverse(name)
    usual = rows_of(admin.get(url))
    for query in FILTERS:
        response = admin.get(f"{url}?{query}")
        assert (response.status_code, rows_of(response)) == (200, usual), query
        assert "is not a filter of this list" in response.content.decode(), query


def rows_of(response: Any) -> list[str]:
    table = response.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall(r'href="(/[a-z-]+/\d+/)"', table)


@pytest.mark.parametrize("text", SEARCHES)
def test_a_sign_in_a_search_is_a_sign(visit: World, seller: Client, text: str) -> None:
    """11, 12: wildcards and operators find what holds them, and nothing else; the box shows what was typed."""
    assert rows_of(seller.get("/leads/", {"q": SECRET[:6]})) != []
    for path in ("/leads/", "/accounts/", "/contacts/", "/products/", "/search/"):
        response = seller.get(path, {"q": text})
        page = response.content.decode()
        assert response.status_code == 200, path
        # What holds no sign at all asks for nothing, so the list is whole.
        assert SECRET not in page or not text.strip("\0"), path
        assert inline_code(page, nonce_of(response)) == [], path


def test_a_search_for_a_wildcard_finds_the_name_that_holds_it(visit: World, seller: Client) -> None:
    """11: `%` and `_` stand for themselves."""
    lead = visit.records["lead"]
    Lead.objects.filter(pk=lead.pk).update(name="100%_sure\\", sort_key="100%_sure\\", last_name="100%_sure\\")
    for text in ("100%", "100%_s", "100%_sure\\"):
        assert rows_of(seller.get("/leads/", {"q": text})) == [f"/leads/{lead.pk}/"], text
    assert rows_of(seller.get("/leads/", {"q": "1__%_"})) == []


def test_keys_of_json_that_look_like_lookups_are_keys(visit: World) -> None:
    """11: what a website posts becomes keys of JSON columns, quotes and all."""
    body = b'last_name=A&x\')--=1&a__b=2&"c"=3&%27%3B=4&a%00b=5&$gt=6&__proto__=7'
    assert browser().generic("POST", "/capture/x/", body, "application/x-www-form-urlencoded").status_code == 200


MARKUP = [
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "[x](javascript:alert(1))",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '<a hx-get="/admin/" hx-trigger="load">x</a>',
    '<div data-hx-get="/logout/" hx-on:click="alert(1)" formaction="x" srcset="x" style="x">',
    "{{ settings.SECRET_KEY }}{% load admin_urls %}${7*7}#{7*7}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_name_is_shown_as_typed_wherever_the_name_stands(visit: World, seller: Client, text: str) -> None:
    """13, 14: names of leads, accounts, contacts, topics, products, files, people: title, list, card, menu, toast."""
    values = {"last_name": text[:80], "company": text, "topic": text, "preferred_contact_method": "any"}
    created = seller.post("/leads/new/", values, follow=True)
    account = seller.post("/accounts/new/", {"name": text, "preferred_contact_method": "any"}, follow=True)
    assert [created.status_code, account.status_code] == [200, 200]
    shown = " ".join(text.split())
    pages = [created, account, *(seller.get(path) for path in ("/leads/", "/accounts/", f"/search/?q={text[:3]}", "/"))]
    assert escape(shown) in created.content.decode() or escape(shown[:80]) in created.content.decode()
    for page in pages:
        content = page.content.decode()
        assert inline_code(content, nonce_of(page)) == []
        assert text not in re.sub(r"<(title|textarea)[^>]*>.*?</\1>", "", content.replace(escape(text), ""))
        assert 'hx-get="/admin/"' not in content


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_note_is_text(visit: World, seller: Client, text: str) -> None:
    """13, 14: a note is shown with its line breaks and nothing else of it is markup; nor is its file's name."""
    lead = visit.records["lead"]
    file = SimpleUploadedFile(f"{text[:40]}.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    values = {"kind": "note", "description": f"{text}\nsecond", "files": file}
    assert seller.post(f"/leads/{lead.pk}/?panel=timeline", values).status_code < 500
    page = seller.get(f"/leads/{lead.pk}/")
    assert inline_code(page.content.decode(), nonce_of(page)) == []


@pytest.mark.parametrize("text", ["a\r\nX-Injected: 1", "a\nSet-Cookie: b=c", "a\u2028b", "=?utf-8?q?=0AX?=", "a\x0bb"])
def test_a_line_break_in_a_text_starts_no_header(visit: World, seller: Client, text: str) -> None:
    """17: names, topics and file names reach headers as one line or encoded."""
    values = {"last_name": text, "topic": text, "preferred_contact_method": "any"}
    response = seller.post("/leads/new/", values)
    assert response.status_code in {302, 422}
    assert not {"X-Injected", "b"} & (set(response.headers) | set(response.cookies))
    htmx = seller.post("/leads/new/", values, headers={"HX-Request": "true"})
    assert not {"X-Injected", "b"} & (set(htmx.headers) | set(htmx.cookies))


def test_fields_that_are_not_on_the_form_are_never_saved(visit: World, seller: Client) -> None:
    """3, 10: the lead of the form is an open lead of who typed it, whatever else was sent along."""
    sent = {"owner": visit.cast.rep_b.pk, "is_superuser": "1", "state": "qualified", "status_reason": "qualified"}
    sent |= {"created_by": visit.cast.rep_b.pk, "version": 99, "score": 100, "number": "X", "is_sample": "1", "id": 1}
    values = {"last_name": "Typed", "preferred_contact_method": "any"} | sent
    location = seller.post("/leads/new/", values)["Location"]
    lead = Lead.objects.get(pk=int(location.split("/")[2]))
    assert (lead.owner, lead.state, lead.status_reason) == (visit.cast.rep_a, "open", "new")
    assert (lead.created_by, lead.score, lead.pk == 1) == (visit.cast.rep_a, None, False)


def test_an_address_of_somebody_else_changes_nothing(visit: World) -> None:
    """2: after each refusal every row is as it was."""
    client, lead = browser(visit.cast.rep_c), visit.records["lead"]
    before = everything()
    for path in ("", "edit/", "delete/", "contact/", "assign/", "qualify/"):
        assert client.post(f"/leads/{lead.pk}/{path}", {"last_name": "X"}).status_code in {404, 405}, path
    assert everything() == before
