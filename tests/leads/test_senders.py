"""Each system that posts leads is answered as it expects, at its own path behind our host."""

import json
from typing import Any

import pytest

from leads.models import CapturedPost, CaptureForm, Lead
from leads.services.capture import pace
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.proofs.world import browser

HUBSPOT = {"fields": [{"objectTypeId": "0-1", "name": "lastname", "value": "Lee"}], "context": {"pageUri": "https://a"}}
PLAIN = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    pace.forget()


@pytest.fixture
def form(cast: Cast) -> CaptureForm:
    return make_form(cast.rep_a, allowed_hosts=["www.shop.example"])


def send(path: str, body: str, kind: str) -> Any:
    return browser().generic("POST", path, body.encode(), kind)


@pytest.mark.parametrize(
    ("path", "kind", "body", "said"),
    [
        (
            "/submissions/v3/integration/submit/1/{key}",
            JSON,
            json.dumps(HUBSPOT),
            (200, {"inlineMessage": "Thank you. Your message has arrived."}),
        ),
        ("/submissions/v3/integration/secure/submit/1/{key}", JSON, json.dumps(HUBSPOT), (200, None)),
        ("/uploads/form/v2/1/{key}", PLAIN, "lastname=Lee&hs_context=%7B%7D", (204, None)),
        ("/crm/WebToLeadForm?oid={key}", PLAIN, "Last+Name=Lee&actionType=TGVhZHM%3D&xnQsjsdp=1", (200, None)),
        ("/modules/Webforms/capture.php", PLAIN, "publicid={key}&lastname=Lee&name=Contact", (200, None)),
        ("/index.php?entryPoint=WebToPersonCapture&oid={key}", PLAIN, "last_name=Lee&campaign_id=x", (200, None)),
        ("/api/v1/LeadCapture/{key}", JSON, '{"lastName": "Lee"}', (200, True)),
        ("/api/data/v9.2/leads?oid={key}", JSON, '{"lastname": "Lee", "statecode": 0}', (204, None)),
        ("/capture/{key}/", PLAIN, "form_id=1&Name=Lee&Powered by=Elementor", (200, None)),
        ("/capture/{key}/", JSON, '{"your-name": "Lee", "_wpcf7": "1"}', (200, {"ok": True})),
        ("/servlet/servlet.WebToLead?encoding=UTF-8", PLAIN, "oid={key}&orgid={key}&last_name=Lee", (200, None)),
    ],
)
def test_a_sender_is_told_what_it_takes_for_success(
    form: CaptureForm, path: str, kind: str, body: str, said: tuple[int, Any]
) -> None:
    status, answer = said
    known = send(path.replace("{key}", form.key), body.replace("{key}", form.key), kind)
    unknown = send(path.replace("{key}", "nobody"), body.replace("{key}", "nobody"), kind)
    assert (known.status_code, unknown.status_code) == (status, status)
    assert known.content == unknown.content
    assert answer is None or known.json() == answer
    assert known["Access-Control-Allow-Origin"] == "*"
    assert Lead.objects.get().last_name == "Lee"
    assert CapturedPost.objects.filter(verdict="unknown_form").count() == 1


def test_zoho_suitecrm_and_hubspot_lead_the_visitor_back_to_an_allowed_host(form: CaptureForm) -> None:
    back = "https%3A%2F%2Fwww.shop.example%2Fok"
    for path, name, status in (
        (f"/crm/WebToLeadForm?oid={form.key}", "returnURL", 302),
        (f"/index.php?oid={form.key}", "redirect_url", 302),
        (f"/uploads/form/v2/1/{form.key}", "redirectUrl", 302),
    ):
        answer = send(path, f"last_name=Lee&{name}={back}", PLAIN)
        assert (answer.status_code, answer["Location"]) == (status, "https://www.shop.example/ok")
        evil = send(path, f"last_name=Lee&{name}=https%3A%2F%2Fevil.example%2F", PLAIN)
        assert "Location" not in evil


def test_a_page_of_any_site_may_ask_first_and_post_then(form: CaptureForm) -> None:
    for path in (f"/submissions/v3/integration/submit/1/{form.key}", f"/api/v1/LeadCapture/{form.key}"):
        answer = browser().options(
            path, headers={"Origin": "https://any.example", "Access-Control-Request-Headers": "content-type"}
        )
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
        assert "Content-Type" in answer["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer
