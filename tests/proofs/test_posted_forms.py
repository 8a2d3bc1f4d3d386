"""What 14 real forms send reaches a running server whole, in three encodings, and every lead can be qualified."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from leads.models import CapturedPost, Lead
from tests.leads.posted import SHARED, Pairs, Post, flat_json, multipart, shared_file
from tests.proofs.sites import ALLOWED_HOSTS, Site
from tests.proofs.visitor import Answer, form_with

_EXPECTED = SHARED / "web_to_lead" / "expected.json"


@dataclass(frozen=True)
class Sample:
    """One of the bodies and what it says."""

    name: str
    raw: bytes
    content_type: str
    query: str
    fields: dict[str, list[str]]
    person: dict[str, str]
    return_url: str

    @property
    def pairs(self) -> Pairs:
        return [(key, value) for key, values in self.fields.items() for value in values]

    @property
    def key_field(self) -> str:
        """Web-to-case calls it differently."""
        return "orgid" if "orgid" in self.fields else "oid"

    @property
    def values(self) -> set[str]:
        return {value.strip() for _key, value in self.pairs}


@cache
def _samples() -> dict[str, dict[str, Any]]:
    if not _EXPECTED.exists():
        return {}
    rows = json.loads(_EXPECTED.read_text(encoding="utf-8"))
    return {row["body"].removesuffix(".urlencoded"): row for row in rows}


def _sample(name: str) -> Sample:
    shared_file("web_to_lead", "expected.json")
    row = _samples()[name]
    return Sample(
        name,
        shared_file("web_to_lead", "bodies", row["body"]).read_bytes(),
        row["content_type"],
        row["action_query"],
        row["fields"],
        row["person"],
        row["redirect_expected"],
    )


_NAMES = sorted(_samples()) or ["sf01_event_multiselect__0"]
_SALESFORCE = [name for name in _NAMES if name.startswith("sf")]


def test_all_bodies_are_there() -> None:
    shared_file("web_to_lead", "expected.json")

    assert len(_NAMES) == 42
    assert len(_SALESFORCE) == 36


@pytest.mark.parametrize("name", _NAMES)
def test_a_posted_form_becomes_a_lead_with_every_value_and_can_be_qualified(name: str, site: Site) -> None:
    sample = _sample(name)
    address = f"/capture/{site.form_key}/?{sample.query}"
    for post in _encoded(sample.raw, sample.content_type, sample.pairs):
        lead = _posted(site, address, post, sample)
        _check(lead, sample, key=sample.fields.get(sample.key_field))
        _qualify(site, lead)


@pytest.mark.parametrize("name", _SALESFORCE)
def test_a_salesforce_form_needs_only_another_host_and_oid(name: str, site: Site) -> None:
    sample = _sample(name)
    address = f"/servlet/servlet.WebToLead?{sample.query}"
    control = sample.key_field
    [old] = sample.fields[control]
    pairs = [(key, site.form_key if key == control else value) for key, value in sample.pairs]
    raw = sample.raw.replace(f"{control}={quote(old)}".encode(), f"{control}={site.form_key}".encode())
    assert raw != sample.raw

    for post in _encoded(raw, sample.content_type, pairs):
        lead = _posted(site, address, post, sample)
        _check(lead, sample, key=[site.form_key])
        _qualify(site, lead)


@pytest.mark.parametrize("charset", ["rot13", "idna", "no-such-charset"])
def test_a_post_that_names_a_charset_that_is_none_is_kept(charset: str, site: Site) -> None:
    content_type = f"application/x-www-form-urlencoded; charset={charset}"

    answer = site.stranger.send(f"/capture/{site.form_key}/?page=1", b"last_name=Odd+Charset", content_type)

    assert answer.status == 200
    kept = CapturedPost.objects.order_by("-pk").first()
    assert kept is not None
    assert (bytes(kept.body), kept.verdict) == (b"last_name=Odd+Charset", "lead")


def _encoded(raw: bytes, content_type: str, pairs: Pairs) -> list[Post]:
    return [Post(raw, content_type), multipart(pairs), flat_json(pairs)]


def _posted(site: Site, address: str, post: Post, sample: Sample) -> Lead:
    before = CapturedPost.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = site.stranger.send(address, post.body, post.content_type)
    _check_answer(answer, sample)
    kept = CapturedPost.objects.get(pk__gt=before)
    assert bytes(kept.body) == post.body
    assert kept.verdict == "lead", (kept.verdict, kept.error)
    assert kept.lead is not None
    return kept.lead


def _check_answer(answer: Answer, sample: Sample) -> None:
    """Back to the page that the form names if its host is allowed, else exactly 200."""
    if urlsplit(sample.return_url).hostname in ALLOWED_HOSTS:
        assert (answer.status, answer.location) == (302, sample.return_url)
    else:
        assert (answer.status, answer.location) == (200, "")


def _check(lead: Lead, sample: Sample, *, key: list[str] | None) -> None:
    kept = dict(lead.posts.get().fields)
    wanted = {**sample.fields, **({sample.key_field: key} if key else {})}
    assert {name: kept.get(name) for name in wanted} == wanted
    said = sample.values
    for column, part in (("first_name", "first"), ("last_name", "last"), ("email", "email"), ("company", "company")):
        if sample.person[part] in said:
            assert getattr(lead, column) == sample.person[part], column
    if sample.person["phone"] in said:
        assert sample.person["phone"] in {lead.phone, lead.mobile}


def _qualify(site: Site, lead: Lead) -> None:
    """As a person who only looks at the preview and confirms what it proposes."""
    page = site.seller.get(f"/leads/{lead.pk}/qualify/")
    assert page.status == 200
    form = form_with(page, "opportunity-rows")

    answer = site.seller.post(f"/leads/{lead.pk}/qualify/", form.pairs)

    assert answer.status in {302, 303}, answer.text
    lead.refresh_from_db()
    assert lead.state == "qualified"
    [result] = lead.qualifications.get().results.filter(opportunity__isnull=False)
    assert answer.location == f"/opportunities/{result.opportunity_id}/"
