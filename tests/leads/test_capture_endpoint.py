"""The open address: every post is kept, every answer the same, nothing reflected."""

import json
import logging
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import history
from leads.models import CapturedPost, CaptureForm, Lead
from leads.services import capture as service
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.leads.posted import Post, flat_json, multipart, urlencoded

PERSON = [("first_name", "Megan"), ("last_name", "Chang"), ("email", "m@c.example"), ("company", "Williams")]
SERVLET = "/servlet/servlet.WebToLead"


@pytest.fixture
def form(cast: Cast) -> CaptureForm:
    return make_form(cast.rep_a, allowed_hosts=["www.shop.example"])


def send(post: Post, path: str, **headers: str) -> Any:
    return Client().generic("POST", path, post.body, post.content_type, headers=headers or None)


def address(form: CaptureForm) -> str:
    return f"/capture/{form.key}/"


def the_post() -> CapturedPost:
    return CapturedPost.objects.get()


def assert_thanked(response: Any) -> None:
    assert response.status_code == 200
    assert "Your message has arrived" in response.text
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


@pytest.mark.parametrize("encode", [urlencoded, multipart])
def test_a_post_becomes_a_new_open_lead_of_the_forms_owner(cast: Cast, form: CaptureForm, encode: Any) -> None:
    assert_thanked(send(encode(PERSON), address(form), **{"User-Agent": "A browser", "Cookie": "secret=1"}))
    lead, post = Lead.objects.get(), the_post()
    assert (lead.name, lead.email, lead.company, lead.source) == ("Megan Chang", "m@c.example", "Williams", "web")
    assert (lead.state, lead.status_reason, lead.owner, lead.created_by) == ("open", "new", cast.rep_a, None)
    assert (post.lead, post.form, post.verdict, post.form_key) == (lead, form, "lead", form.key)
    assert bytes(post.body) == encode(PERSON).body
    assert post.headers == {"User-Agent": "A browser"}
    assert post.remote_address == "127.0.0.1"
    assert post.fields[:2] == [["first_name", ["Megan"]], ["last_name", ["Chang"]]]


def test_a_json_sender_is_answered_in_json(form: CaptureForm) -> None:
    response = send(flat_json(PERSON), address(form))
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert Lead.objects.get().name == "Megan Chang"


def test_history_tells_that_a_web_form_captured_the_lead(form: CaptureForm) -> None:
    send(urlencoded(PERSON), address(form))
    event = history.events_of(Lead.objects.get()).get()
    context = event.pgh_context  # type: ignore[attr-defined]  # of every event model
    assert (context["action"], context["actor"], context["actor_kind"], context["user"]) == (
        "lead.captured",
        "Web form",
        "web form",
        None,
    )


@pytest.mark.parametrize("path", [SERVLET, SERVLET + "?encoding=UTF-8", SERVLET + "/", "/capture/"])
def test_the_body_names_the_form_where_the_address_does_not(form: CaptureForm, path: str) -> None:
    assert_thanked(send(urlencoded([("oid", form.key), *PERSON]), path))
    assert the_post().form == form
    assert Lead.objects.count() == 1


def test_the_key_in_the_address_wins_over_that_in_the_body(cast: Cast, form: CaptureForm) -> None:
    other = make_form(cast.rep_b)
    send(urlencoded([("oid", other.key), *PERSON]), address(form))
    assert (the_post().form, Lead.objects.get().owner) == (form, cast.rep_a)
    assert ["oid", [other.key]] in the_post().fields


def test_an_address_without_the_last_slash_is_no_detour(form: CaptureForm) -> None:
    assert_thanked(send(urlencoded(PERSON), f"/capture/{form.key}"))
    assert Lead.objects.count() == 1


def test_a_visitor_returns_to_an_allowed_host_and_nothing_is_added(form: CaptureForm) -> None:
    response = send(urlencoded([*PERSON, ("retURL", "https://www.shop.example/thanks?a=1")]), address(form))
    assert (response.status_code, response["Location"]) == (302, "https://www.shop.example/thanks?a=1")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//www.shop.example/",
        "https://www.shop.example.evil.example/",
        "https://www.shop.example@evil.example/",
        "javascript:alert(1)",
        "https://www.shop.example/%0d%0aSet-Cookie:x=1",
        "/\\evil.example",
        "https://www.shop.example/" + "a" * 3000,
    ],
)
def test_a_visitor_is_sent_nowhere_else(form: CaptureForm, target: str) -> None:
    assert_thanked(send(urlencoded([*PERSON, ("retURL", target)]), address(form)))
    assert Lead.objects.count() == 1


def test_forms_without_a_lead_answer_as_forms_with_one(cast: Cast, form: CaptureForm) -> None:
    inactive = make_form(cast.rep_a, is_active=False)
    answers = [
        send(urlencoded(PERSON), address(form)),
        send(urlencoded([("colour", "red")]), address(form)),
        send(urlencoded(PERSON), "/capture/nobody-knows-this/"),
        send(urlencoded(PERSON), "/capture/a/b/c/"),
        send(urlencoded(PERSON), SERVLET),
        send(urlencoded(PERSON), address(inactive)),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert list(CapturedPost.objects.order_by("pk").values_list("verdict", flat=True)) == [
        "lead",
        "nameless",
        "unknown_form",
        "unknown_form",
        "unknown_form",
        "inactive_form",
    ]
    assert Lead.objects.count() == 1
    assert all(bytes(post.body) for post in CapturedPost.objects.all())


@pytest.mark.parametrize("key", ["%00", "%ff", "x" * 5000, "a%2Fb", "'; DROP TABLE leads_lead; --", "%E2%80%AE"])
def test_an_odd_form_key_is_an_unknown_one(cast: Cast, key: str) -> None:
    assert_thanked(send(urlencoded(PERSON), f"/capture/{key}/"))
    assert the_post().verdict == "unknown_form"


def test_a_form_in_the_bin_takes_posts_like_an_inactive_one(cast: Cast, form: CaptureForm) -> None:
    CaptureForm.objects.filter(pk=form.pk).update(deleted_at="2026-01-01T00:00:00Z")
    assert_thanked(send(urlencoded(PERSON), address(form)))
    assert (the_post().verdict, the_post().form_id) == ("inactive_form", form.pk)


def test_the_quarantine_of_unknown_forms_is_capped_and_says_what_it_drops(
    form: CaptureForm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "QUARANTINE_CAP", 3)
    send(urlencoded([("colour", "red")]), address(form))
    with caplog.at_level(logging.WARNING), CaptureQueriesContext(connection) as asked:
        for number in range(5):
            send(urlencoded([("n", str(number))]), "/capture/unknown/")
    # What an offset passes over is locked all the same.
    assert not [one["sql"] for one in asked if "FOR UPDATE" in one["sql"] and "OFFSET" in one["sql"]]
    kept = CapturedPost.objects.filter(form=None).order_by("pk").values_list("fields", flat=True)
    assert list(kept) == [[["n", ["2"]]], [["n", ["3"]]], [["n", ["4"]]]]
    assert CapturedPost.objects.filter(verdict="nameless").count() == 1
    assert [record.getMessage()[-2:] for record in caplog.records] == [" 1", " 1"]


def test_a_post_outlives_a_lead_that_could_not_be_made(
    form: CaptureForm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_values: Any) -> Lead:
        Lead.objects.create(name="half")
        raise AssertionError("unreachable: the row has no owner")

    monkeypatch.setattr(service, "write_lead", broken)
    assert_thanked(send(urlencoded(PERSON), address(form)))
    post = the_post()
    assert (post.verdict, post.lead) == ("failed", None)
    assert post.error.startswith("IntegrityError")
    assert ["email", ["m@c.example"]] in post.fields
    assert not Lead.objects.exists()
    assert "m@c.example" not in caplog.text


def test_a_reader_that_fails_loses_nothing(form: CaptureForm, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_values: Any) -> Any:
        raise ValueError("cannot read\x00this")

    monkeypatch.setattr(service, "read_submission", broken)
    assert_thanked(send(urlencoded(PERSON), address(form)))
    assert (the_post().verdict, the_post().error) == ("failed", "ValueError: cannot readthis")
    assert bytes(the_post().body) == urlencoded(PERSON).body


def test_a_body_above_the_limit_is_refused_and_counted(form: CaptureForm, caplog: pytest.LogCaptureFixture) -> None:
    body = b"last_name=X&description=" + b"a" * settings.CAPTURE_BODY_LIMIT
    with caplog.at_level(logging.WARNING):
        response = send(Post(body, "application/x-www-form-urlencoded"), address(form))
    assert response.status_code == 413
    assert not CapturedPost.objects.exists()
    assert "Post number" in caplog.text


def test_a_body_of_just_the_limit_is_taken(form: CaptureForm) -> None:
    start = b"last_name=X&description="
    body = start + b"a" * (settings.CAPTURE_BODY_LIMIT - len(start))
    assert_thanked(send(Post(body, "application/x-www-form-urlencoded"), address(form)))
    assert len(bytes(the_post().body)) == settings.CAPTURE_BODY_LIMIT
    assert the_post().flags == ["too_long:description"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_whether_the_form_exists_or_not(form: CaptureForm, method: str) -> None:
    answers = [Client().generic(method, path) for path in (address(form), "/capture/unknown/", SERVLET)]
    assert {answer.status_code for answer in answers} == {405}
    assert {answer["Allow"] for answer in answers} == {"POST, OPTIONS"}
    assert not CapturedPost.objects.exists()


def test_a_script_on_any_page_may_post(form: CaptureForm) -> None:
    response = Client().options(address(form), headers={"Origin": "https://any.example"})
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "POST" in response["Access-Control-Allow-Methods"]


def test_a_form_sets_nothing_but_a_new_lead(cast: Cast, form: CaptureForm) -> None:
    hostile = [
        ("owner", str(cast.rep_b.pk)),
        ("id", "1"),
        ("state", "qualified"),
        ("status", "qualified"),
        ("score", "100"),
        ("created_at", "2001-01-01"),
        ("number", "LEAD-1"),
        ("existing_account", "1"),
        ("debug", "1"),
        ("debugEmail", "victim@x.example"),
    ]
    send(urlencoded([*PERSON, *hostile]), address(form))
    lead = Lead.objects.get()
    assert (lead.owner, lead.state, lead.score, lead.existing_account_id) == (cast.rep_a, "open", None, None)
    assert lead.created_at.year > 2001
    assert ["owner", [str(cast.rep_b.pk)]] in the_post().unknown_fields


def test_nothing_of_a_post_is_reflected(form: CaptureForm) -> None:
    response = send(urlencoded([("last_name", "<script>alert(1)</script>"), ("debug", "1")]), address(form))
    assert_thanked(response)
    assert "alert(1)" not in response.text


def test_a_known_currency_and_source_are_found_and_others_kept(form: CaptureForm) -> None:
    send(urlencoded([*PERSON, ("currency", "usd"), ("lead_source", "Trade Show")]), address(form))
    send(urlencoded([*PERSON, ("currency", "XXQ"), ("lead_source", "My blog")]), address(form))
    first, second = Lead.objects.order_by("pk")
    assert (str(first.currency), first.source) == ("USD", "trade_show")
    assert (second.currency, second.source) == (None, "My blog")
    post = CapturedPost.objects.get(lead=second)
    assert post.flags == ["invalid_choice:currency"]
    assert post.unknown_fields == [["currency", ["XXQ"]]]


def test_a_form_that_names_a_campaign_is_not_overruled(cast: Cast) -> None:
    form, free = make_form(cast.rep_a, campaign_code="SPRING"), make_form(cast.rep_a)
    send(urlencoded([*PERSON, ("Campaign_ID", "OTHER")]), address(form))
    send(urlencoded([*PERSON, ("Campaign_ID", "OTHER")]), address(free))
    assert list(Lead.objects.order_by("pk").values_list("campaign_code", flat=True)) == ["SPRING", "OTHER"]


def test_the_same_person_again_is_a_new_lead(form: CaptureForm) -> None:
    send(urlencoded(PERSON), address(form))
    send(urlencoded(PERSON), address(form))
    assert Lead.objects.filter(email_key="m@c.example").count() == 2


def test_a_signed_in_browser_is_still_a_web_form(cast: Cast, form: CaptureForm) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rep_b)
    client.post(address(form), {"last_name": "Chang"})
    lead = Lead.objects.get()
    assert (lead.owner, lead.created_by) == (cast.rep_a, None)


def test_a_post_costs_few_queries(form: CaptureForm) -> None:
    send(urlencoded(PERSON), address(form))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(urlencoded([*PERSON, ("currency", "USD")]), address(form))
    assert len(queries) <= 12, [query["sql"][:80] for query in queries]


def test_json_that_is_no_object_is_kept(form: CaptureForm) -> None:
    response = send(Post(json.dumps([1, [2], None]).encode(), "application/json"), address(form))
    assert response.json() == {"ok": True}
    assert the_post().verdict == "nameless"
