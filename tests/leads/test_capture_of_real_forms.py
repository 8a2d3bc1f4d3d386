"""The posts of 14 real forms through the open addresses, in every encoding, and hostile ones beside them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.core.folding import clean_text, fold
from leads.models import CapturedPost, CaptureForm, Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.leads import posted
from tests.leads.posted import BOUNDARY, Pairs, Post, flat_json, multipart, urlencoded
from tests.leads.test_capture_bodies import CASES, has, pairs_of

ENCODERS = (urlencoded, multipart, flat_json)


@pytest.fixture
def form(cast: Cast) -> CaptureForm:
    return make_form(cast.rep_a)


def send(post: Post, path: str) -> Any:
    return Client().generic("POST", path, post.body, post.content_type)


def lead_text(lead: Lead) -> str:
    return "\n".join(str(getattr(lead, field.attname)) for field in Lead._meta.concrete_fields)


def assert_everything_is_there(case: dict[str, Any], lead: Lead) -> None:
    """Every value is on the lead or in its kept post."""
    kept = dict(CapturedPost.objects.get(lead=lead).fields)
    on_lead = lead_text(lead)
    for key, values in case["fields"].items():
        if key == "oid":
            continue
        for value in values:
            assert value in kept.get(key, []) or clean_text(value) in on_lead, (key, value)


def assert_is_the_person(case: dict[str, Any], lead: Lead) -> None:
    person = case["person"]
    if has(case, "lastname", "name"):
        assert lead.last_name == person["last"]
    if has(case, "firstname", "name"):
        assert lead.first_name == person["first"]
    if case["has_email"]:
        assert lead.email == person["email"]
    if case["has_company"]:
        assert lead.company == person["company"]
    if has(case, "phone"):
        assert lead.phone == person["phone"]
    assert (lead.state, lead.status_reason) == ("open", "new")
    assert lead.sort_key == fold(f"{lead.last_name} {lead.first_name}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_a_body_as_sent_becomes_its_person(form: CaptureForm, case: dict[str, Any]) -> None:
    body = posted.shared_file("web_to_lead", "bodies", case["body"]).read_bytes()
    response = send(Post(body, case["content_type"]), f"/capture/{form.key}/?{case['action_query']}")
    assert response.status_code == 200
    lead = Lead.objects.get()
    assert_everything_is_there(case, lead)
    assert_is_the_person(case, lead)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda encoder: encoder.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_a_body_in_any_encoding_reaches_both_addresses(
    form: CaptureForm, case: dict[str, Any], encoder: Callable[[Pairs], Post]
) -> None:
    pairs = [(key, form.key if key == "oid" else value) for key, value in pairs_of(case)]
    if not any(key == "oid" for key, _value in pairs):
        pairs.append(("oid", form.key))
    assert send(encoder(pairs_of(case)), f"/capture/{form.key}/").status_code == 200
    assert send(encoder(pairs), f"/servlet/servlet.WebToLead?{case['action_query']}").status_code == 200
    leads = list(Lead.objects.order_by("pk"))
    assert len(leads) == 2
    for lead in leads:
        assert_everything_is_there(case, lead)
        assert_is_the_person(case, lead)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["redirect_expected"].startswith("http")],
    ids=lambda case: case["body"],
)
def test_an_allowed_host_gets_its_visitor_back(cast: Cast, case: dict[str, Any]) -> None:
    target = case["redirect_expected"]
    form = make_form(cast.rep_a, allowed_hosts=[target])
    response = send(urlencoded(pairs_of(case)), f"/capture/{form.key}/")
    assert response.status_code == 302
    assert response["Location"].rstrip("/") == target.rstrip("/")


HOSTILE = [
    Post(b"", ""),
    Post(b"", "application/json"),
    Post(b"\x00\xff\xfe" * 100, "application/x-www-form-urlencoded"),
    Post(b"{" * 5000, "application/json"),
    Post(b"[" * 100_000, "application/json"),
    Post(b'{"last_name": "\\ud800", "email": "\\u0000"}', "application/json"),
    Post(b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    Post(b"last_name=X", "multipart/form-data"),
    Post(b"last_name=X", "multipart/form-data; boundary=" + "y" * 5000),
    Post(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="last_name"\r\n\r\nX'.encode(),
        f"multipart/form-data; boundary={BOUNDARY}",
    ),
    Post(b"last_name=X&" + b"a=1&" * 20_000, "application/x-www-form-urlencoded"),
    Post(b"last_name=%00%01%ff&email=%25%40%25&phone=%00", "application/x-www-form-urlencoded"),
    Post(b"last_name=" + b"%F0%9F%98%80" * 200, "application/x-www-form-urlencoded"),
    Post(b"last_name=X&revenue=1e400&employees=-1&rating=11&currency=%00%00%00", "application/x-www-form-urlencoded"),
    Post(
        b"l\x00a\x00s\x00t\x00_\x00n\x00a\x00m\x00e\x00=\x00X\x00", "application/x-www-form-urlencoded; charset=utf-16"
    ),
    Post(b"last_name=X", "application/x-www-form-urlencoded; charset=rot13"),
    Post(b"last_name=X&website=javascript:alert(1)&url=javascript:alert(1)", "text/html"),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_body_is_kept_and_answered_like_any_other(form: CaptureForm, number: int) -> None:
    post = HOSTILE[number]
    response = send(post, f"/capture/{form.key}/")
    assert response.status_code == 200
    kept = CapturedPost.objects.get()
    assert bytes(kept.body) == post.body
    assert kept.verdict in {"lead", "nameless"}
    assert not Lead.objects.filter(website__istartswith="javascript").exists()


def test_naughty_strings_in_every_field_are_kept(form: CaptureForm) -> None:
    for text in posted.hostile_strings()[::7]:
        columns = ("first_name", "last_name", "company", "phone", "city", "description", "utm_source", "retURL")
        response = send(urlencoded([(column, text) for column in columns]), f"/capture/{form.key}/")
        assert response.status_code == 200
    assert not CapturedPost.objects.filter(verdict="failed").exists()
