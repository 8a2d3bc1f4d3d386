"""Addresses and texts that make no sense: a notice, a 404 or a refused form, and never an error of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.proofs.rights import matrix
from tests.proofs.rows import OWN, Row
from tests.proofs.world import World, browser, everything, lasting_world, passing

LISTS = [
    "leads:lead_list",
    "leads:campaign_list",
    "leads:campaign_response_list",
    "leads:marketing_list_list",
    "leads:capture_form_list",
    "sales:opportunity_list",
    "sales:quote_list",
    "sales:order_list",
    "sales:invoice_list",
    "customers:account_list",
    "customers:contact_list",
    "activities:activity_list",
    "catalog:product_list",
    "catalog:price_list_list",
]
#: A query string, and what its notice says.
NONSENSE = [
    ("view=nope", "There is no view “nope”"),
    ("sort=password", "cannot be sorted by “password”"),
    ("sort=-owner__password", "cannot be sorted by “-owner__password”"),
    ("after=garbage", "named no page of this list"),
    ("before=garbage", "named no page of this list"),
    ("owner__is_administrator=1", "“owner__is_administrator” is not a filter of this list"),
    ("state=nope", "was ignored"),
]
#: Bytes in an address that PostgreSQL, UTF-8 or common sense do not know.
BYTES = [
    "%00",
    "a%00b",
    "%ff%fe%80",
    "%ed%a0%80",
    "9" * 30,
    "9" * 5000,
    "-1",
    "NaN",
    "1e999999",
    "9999-12-31",
    "%25_%5C'",
]
TOO_LARGE = ["9223372036854775808", "99999999999999999999", "9" * 400, "9" * 5000, "0"]
HOSTILE_TEXTS = ["a\x00b", "x" * 100_000, "9" * 40, "-99999999999999", "999999999999999.9999", "NaN"]
HOSTILE_TEXTS += ["0001-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with passing():
        yield browser(world.cast.administrator)


def test_every_list_is_tried(world: World) -> None:
    assert sorted(LISTS) == sorted(name for name in matrix(world) if name.endswith("_list"))


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_does_not_understand_is_left_out_with_a_notice(name: str, client: Client) -> None:
    url = reverse(name)
    assert "note-amber" not in client.get(url).content.decode()
    for query, notice in NONSENSE:
        response = client.get(f"{url}?{query}")
        assert (response.status_code, notice in response.content.decode()) == (200, True), query


@pytest.mark.parametrize("name", [*LISTS, "core:search", "home"])
def test_no_byte_in_an_address_breaks_a_list(name: str, client: Client) -> None:
    """Each parameter with each value, but many at once; of a page that breaks one by one, to name the guilty."""
    url = reverse(name)
    parameters = {*re.findall(r'name="([a-z_]+)"', client.get(url).content.decode()), "q", "view", "sort"}
    for place in ("after", "before"):  # a list looks at one of them
        for asked in _squares(sorted({*parameters, place})):
            if _page_of(client, url, "&".join(asked)) != 200:
                broken = [pair for pair in asked if _page_of(client, url, pair) != 200]
                pytest.fail(f"{url} breaks with {broken or asked}")


def _page_of(client: Client, url: str, asked: str) -> int:
    """A condition that is added to a list leads on to the list with it."""
    return int(client.get(url, QUERY_STRING=asked, follow=True).status_code)


def _squares(parameters: list[str]) -> Iterator[list[str]]:
    """As many addresses as there are values: in each every parameter has another one."""
    for turn in range(len(BYTES)):
        yield [f"{name}={BYTES[(turn + place) % len(BYTES)]}" for place, name in enumerate(parameters)]


@pytest.mark.parametrize("name", ["leads:lead_list", "customers:account_list", "core:search"])
def test_a_search_for_a_megabyte_is_answered(name: str, client: Client) -> None:
    assert client.get(reverse(name), QUERY_STRING=f"q={'x' * 1_000_000}").status_code == 200


def test_panels_that_are_not_there_and_tokens_that_are_none_are_no_error(world: World, client: Client) -> None:
    for name, row in matrix(world).items():
        if name.endswith("_detail"):
            url = reverse(name, args=world.args(row.record))
            assert client.get(f"{url}?panel=nope").status_code == 404
            for query in ("panel=%00", "panel=timeline&after=%00", "panel=timeline&kind=%ff", "panel=history&older=x"):
                assert client.get(url, QUERY_STRING=query).status_code in {200, 404}, f"{url}?{query}"


def test_ids_that_no_record_can_have_are_not_there(world: World, client: Client) -> None:
    before = everything()
    answers = {
        (method, url): _status(client, method, url, row)
        for name, row in matrix(world).items()
        if row.record
        for pk in TOO_LARGE
        for usual in [reverse(name, args=world.args(row.record))]
        for url in [re.sub(r"\d+", pk, usual)]
        if url != usual
        for method in ("get", "post")
    }
    expected = {404, 405}
    assert {key[0] + key[1][:60]: status for key, status in answers.items() if status not in expected} == {}
    assert everything() == before


def _status(client: Client, method: str, url: str, row: Row) -> int:
    return int(getattr(client, method)(url, row.sent if method == "post" else {}).status_code)


@dataclass(frozen=True)
class Form:
    """A form of the matrix with the names of its fields."""

    url: str
    row: Row
    fields: list[str]


@pytest.fixture(scope="module")
def forms(world: World) -> dict[str, Form]:
    clients, found = _clients(world), {}
    for name, row in matrix(world).items():
        if row.sent and not name.endswith("_edit"):
            url = reverse(name, args=world.args(row.record) if row.record else ())
            found[name] = Form(url, row, _fields(clients[row.post == OWN], url, row))
    return found


def _clients(world: World) -> dict[bool, Client]:
    """What somebody keeps for themselves is asked by them, everything else by an administrator."""
    return {True: browser(world.person("owner")), False: browser(world.cast.administrator)}


_UNUSUAL = {
    "data:export": {200, 404},
    "data:duplicates_live": {200},
    "leads:lead_triage": {302, 404, 409, 422},
    "leads:quarantine_post": {302, 404, 409, 422},
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: text[:12])
def test_no_text_in_any_field_of_any_form_is_an_error(text: str, world: World, forms: dict[str, Form]) -> None:
    """In all fields at once, then without those that refuse it, until it is taken; then it can be shown, too."""
    clients = _clients(world)
    ends = {name: _end(clients[form.row.post == OWN], form, text) for name, form in forms.items()}
    # A preview writes nothing: it always answers the page, with what is wrong beside the field.
    # What is to be exported is named by the address of a list: one that leads to none is not there.
    # What one looks at in passing answers a page, what a text is to name and nothing is there: 404.
    usual = {name: {200} if "preview" in name else {302, 409, 422} for name in ends} | _UNUSUAL
    assert {name: end for name, end in ends.items() if end not in usual[name]} == {}


def _end(client: Client, form: Form, text: str) -> int:
    """The last status: 302 once the form is taken and its page is shown."""
    values = dict.fromkeys(form.fields, text) | {"lines-total": "3", "opportunity-rows": "1"}
    for _attempt in range(6):
        with passing():
            response = client.post(form.url, values)
            if response.status_code == 302:
                client.cookies.pop("messages", None)
                shown = client.get(response.headers["Location"]).status_code
                return 302 if shown == 200 else shown
        refused = set(re.findall(r'id="id_([\w-]+)_error"', response.content.decode()))
        if response.status_code != 422 or not refused:
            return response.status_code
        values = {name: form.row.sent.get(name, "") if name in refused else value for name, value in values.items()}
    return response.status_code


def _fields(client: Client, url: str, row: Row) -> list[str]:
    """Those of the page, and the hidden ones that every form has."""
    page = client.get(url).content.decode()
    found = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"', page)) | set(row.sent)
    return sorted(found - {"csrfmiddlewaretoken", "q", "redraw"} | {"idempotency_key"})


@pytest.mark.parametrize(
    "body", [b"last_name=%ff%fe%80", b"last_name=%ed%a0%80", b"\xff\xfe\x00", b"last_name=\xff\x00"]
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_no_text_is_refused_or_taken_but_never_an_error(body: bytes, kind: str, client: Client) -> None:
    for url in ("/leads/new/", "/accounts/new/", "/capture/nobody/", "/login/"):
        assert client.generic("POST", url, body, content_type=kind).status_code < 500, url


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "rot13", "unicode_escape", "base64", "nonsense", "idna"])
def test_an_odd_charset_is_no_error(charset: str, client: Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="last_name"\r\n\r\n\\ud800\\u0000\r\n--x--\r\n'
    for kind in (
        f"multipart/form-data; boundary=x; charset={charset}",
        f"application/x-www-form-urlencoded; charset={charset}",
    ):
        for url in ("/leads/new/", "/login/"):
            assert client.generic("POST", url, body, content_type=kind).status_code < 500, (url, kind)
