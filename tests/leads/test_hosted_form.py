"""The hosted page of a lead form: its own words and language, errors at the field, nothing reflected, who frames it."""

import html
import re
from typing import Any

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.models import CustomField
from leads.capture.started import seconds_since
from leads.models import CapturedPost, CaptureForm, FormField, Lead
from leads.services.capture import pace
from leads.services.forms import add_field
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.proofs.world import browser, everything

FILLED = {"last_name": "Müller", "email": "m@mueller.example", "consent_given": "on"}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    pace.forget()


@pytest.fixture
def form(cast: Cast) -> CaptureForm:
    form = make_form(
        cast.rep_a, name="Fair", heading="Messe <b>", language="de", consent_text="Ja, ich will.", button="Los"
    )
    for column, required in (("last_name", True), ("email", True), ("employees", False), ("do_not_phone", False)):
        values = {"column": column, "label": f"Label of {column}", "is_required": required}
        add_field(form_id=form.pk, values=values, actor=SYSTEM, at=timezone.now())
    return form


def page_of(form: CaptureForm) -> str:
    answer = browser().get(f"/f/{form.key}/")
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def started_in(page: str) -> str:
    found = re.search(r'name="form_started" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_the_page_speaks_the_words_of_its_form_and_is_escaped(form: CaptureForm) -> None:
    page = page_of(form)
    assert '<html lang="de" dir="ltr">' in page
    assert "Messe &lt;b&gt;" in page
    assert "Label of employees" in page
    assert ">Los</button>" in page
    assert "<script" not in page
    assert seconds_since(started_in(page), form.key, at=timezone.now().timestamp() + 5) is not None
    form.language = "ar"
    form.save()
    assert '<html lang="ar" dir="rtl">' in page_of(form)


def test_what_is_wrong_is_said_at_its_field_in_the_forms_language_and_nothing_is_lost(form: CaptureForm) -> None:
    before, started = everything(), started_in(page_of(form))
    typed = {"last_name": "Müller", "email": "nobody", "employees": "many", "form_started": started}
    answer = browser().post(f"/f/{form.key}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for name, sentence in (
        ("email", "Bitte gültige E-Mail-Adresse eingeben."),
        ("employees", "Bitte einen gültigen Wert eingeben."),
        ("consent_given", "Dieses Feld ist zwingend erforderlich."),
    ):
        assert sentence in re.search(rf'id="id_{name}_error">(.*?)</ul>', page, re.DOTALL)[1]  # type: ignore[index]  # there
    assert all(f'value="{value}"' in page for value in ("Müller", "nobody", "many"))
    assert started_in(page) == started
    assert everything() == before


def test_what_was_sent_becomes_a_lead_with_its_consent_and_the_thanks_tell_nothing(form: CaptureForm) -> None:
    CaptureForm.objects.update(thanks="Danke!")
    answer = browser().post(f"/f/{form.key}/", {**FILLED, "do_not_phone": "on"})
    assert (answer.status_code, answer["Location"].endswith(f"/f/{form.key}/thanks/")) == (302, True)
    lead = Lead.objects.get()
    assert (lead.last_name, lead.email, lead.do_not_phone) == ("Müller", "m@mueller.example", True)
    assert (lead.consent_text, lead.consent_origin, lead.consent_at is not None) == ("Ja, ich will.", "Fair", True)
    thanks = browser().get(f"/f/{form.key}/thanks/").content.decode()
    assert "Danke!" in thanks
    assert "Müller" not in thanks


def test_a_redirect_leads_to_an_allowed_host_alone(form: CaptureForm) -> None:
    CaptureForm.objects.update(redirect_url="https://www.shop.example/danke", allowed_hosts=["www.shop.example"])
    assert browser().post(f"/f/{form.key}/", FILLED)["Location"] == "https://www.shop.example/danke"
    CaptureForm.objects.update(allowed_hosts=[])
    assert "/thanks/" in browser().post(f"/f/{form.key}/", FILLED)["Location"]


@pytest.mark.parametrize(
    ("sent", "reasons"),
    [
        ({"hp_website": "https://x"}, ["honeypot"]),
        ({"form_started": "now:1:forged", "hp_website": "x"}, ["honeypot", "forged_start"]),
    ],
)
def test_machines_are_thanked_like_people_and_wait(form: CaptureForm, sent: dict[str, str], reasons: Any) -> None:
    answer = browser().post(f"/f/{form.key}/", FILLED | sent)
    assert (answer.status_code, "/thanks/" in answer["Location"]) == (302, True)
    assert (CapturedPost.objects.get().verdict, CapturedPost.objects.get().reasons) == ("spam", reasons)


def test_too_fast_alone_is_only_a_sign(form: CaptureForm) -> None:
    browser().post(f"/f/{form.key}/", {**FILLED, "form_started": started_in(page_of(form))})
    post = CapturedPost.objects.get()
    assert (post.verdict, post.spam_score, [reason.partition(":")[0] for reason in post.reasons]) == (
        "lead",
        40,
        ["too_fast"],
    )


def test_only_pages_of_allowed_hosts_may_frame_it_and_no_entry_adds_to_the_policy(form: CaptureForm) -> None:
    hosts = ["www.shop.example", ".partner.example", "evil.example; script-src *", "a b", "https://x.example/path"]
    CaptureForm.objects.update(allowed_hosts=hosts)
    policy = browser().get(f"/f/{form.key}/")["Content-Security-Policy"]
    ancestors = re.search(r"frame-ancestors ([^;]+)", policy)
    assert ancestors is not None
    assert ancestors[1].split() == [
        "'self'",
        "https://www.shop.example",
        "https://*.partner.example",
        "https://partner.example",
        "https://x.example",
    ]
    assert policy.count("script-src") == 1
    assert "*;" not in policy


def test_a_closed_form_and_none_at_all_are_the_same_page(form: CaptureForm) -> None:
    CaptureForm.objects.update(is_active=False)
    before = everything()
    answers = [getattr(browser(), method)(f"/f/{key}/") for key in (form.key, "nobody") for method in ("get", "post")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert everything() == before


def test_added_fields_are_asked_and_checked(form: CaptureForm) -> None:
    hall = CustomField.objects.create(noun="leads.lead", key="hall", label="Hall", kind="choice")
    hall.choices.create(key="h7", label="Hall 7", position=1)
    CustomField.objects.create(noun="leads.lead", key="day", label="Day", kind="date")
    for column in ("custom_hall", "custom_day", "custom_gone"):
        FormField.objects.create(form=form, column=column, label=column, position=90)
    assert "Hall 7" in page_of(form)
    wrong = browser().post(f"/f/{form.key}/", {**FILLED, "custom_day": "soon", "custom_hall": "h9"})
    assert (wrong.status_code, wrong.content.decode().count('class="errors"')) == (422, 2)
    browser().post(f"/f/{form.key}/", {**FILLED, "custom_day": "2026-12-01", "custom_hall": "h7"})
    assert Lead.objects.get().custom == {"hall": "h7", "day": "2026-12-01"}


def test_the_page_of_the_form_offers_what_a_website_copies(cast: Cast, form: CaptureForm) -> None:
    FormField.objects.filter(column="email").update(label='<b onclick="x">')
    page = browser(cast.administrator).get(f"/lead-forms/{form.pk}/?tab=related").content.decode()
    snippets = [html.unescape(found) for found in re.findall(r"<code>(.*?)</code></pre>", page, re.DOTALL)]
    frame, plain = snippets
    assert f'/f/{form.key}/" title="Messe &lt;b&gt;"' in frame
    assert f'/capture/{form.key}/" method="post"' in plain
    assert '&lt;b onclick=&quot;x&quot;&gt;<br><input type="email" name="email" required>' in plain
    sent = {**FILLED, "retURL": re.search(r'name="retURL" value="([^"]+)"', plain)[1]}  # type: ignore[index]  # there
    assert browser().post(f"/capture/{form.key}/", sent)["Location"].endswith(f"/f/{form.key}/thanks/")
    assert Lead.objects.get().consent_text == "Ja, ich will."
