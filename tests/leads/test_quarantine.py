"""Posts that wait: why, for whom, what becomes of them, and what is learnt."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from crm.core.models import CustomField
from crm.users.rights import MARKETING
from leads.capture import captcha
from leads.models import CapturedPost, CaptureForm, FieldMapping, KnownSender, Lead, Touch
from leads.services.capture import pace
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_disqualified_lead, make_form, make_lead
from tests.factories.users import UserFactory
from tests.proofs.world import browser, everything
from tests.together import at_once

SPAM = {"last_name": "Bot", "email": "Bot@Spam.example", "hp_website": "x"}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    pace.forget()


@pytest.fixture
def form(cast: Cast) -> CaptureForm:
    return make_form(cast.rep_a)


@pytest.fixture
def marketing(cast: Cast) -> Client:
    return browser(UserFactory.create(business_unit=cast.south, role=MARKETING))


def send(form: CaptureForm, **fields: str) -> CapturedPost:
    answer = browser().post(f"/capture/{form.key}/", fields)
    assert answer.status_code == 200
    return CapturedPost.objects.latest("pk")


def test_what_looks_like_spam_waits_with_its_reasons_and_the_same_answer(form: CaptureForm, marketing: Client) -> None:
    answers = [browser().post(f"/capture/{form.key}/", one) for one in (SPAM, {"last_name": "Fine"})]
    assert answers[0].content == answers[1].content
    waiting, taken = CapturedPost.objects.order_by("pk")
    assert (waiting.verdict, waiting.spam_score, waiting.reasons) == ("spam", 100, ["honeypot"])
    assert (waiting.sender, waiting.lead, taken.verdict) == ("bot@spam.example", None, "lead")
    page = marketing.get("/quarantine/").content.decode()
    assert "Bot" in page
    assert "Filled in what people do not see" in page
    assert "Fine" not in page


def test_one_key_lets_a_post_in_and_its_sender_is_good_from_then_on(
    cast: Cast, form: CaptureForm, marketing: Client
) -> None:
    post = send(form, **SPAM)
    answer = marketing.post("/quarantine/posts/", {"one": f"release-{post.pk}"})
    assert answer.status_code == 302
    post.refresh_from_db()
    lead = Lead.objects.get()
    assert (post.lead, post.verdict, post.reasons) == (lead, "lead", ["honeypot"])
    assert (lead.owner, lead.email, lead.state) == (cast.rep_a, "Bot@Spam.example", "open")
    assert KnownSender.objects.values_list("kind", "value", "standing").get() == ("email", "bot@spam.example", "good")
    marketing.post("/quarantine/posts/", {"one": f"release-{post.pk}"})
    assert Lead.objects.count() == 1
    assert send(form, **SPAM).verdict == "lead"


def test_what_is_thrown_away_is_still_there_and_its_sender_is_bad(form: CaptureForm, marketing: Client) -> None:
    first, second = send(form, **SPAM), send(form, **{**SPAM, "email": "other@spam.example"})
    marketing.post("/quarantine/posts/", {"act": "bin", "pick": [first.pk, second.pk]})
    assert set(CapturedPost.objects.values_list("verdict", flat=True)) == {"binned"}
    assert set(KnownSender.objects.values_list("value", "standing")) == {
        ("bot@spam.example", "bad"),
        ("other@spam.example", "bad"),
    }
    again = send(form, last_name="Bot", email="BOT@spam.example")
    assert (again.verdict, again.reasons) == ("spam", ["known_bad"])
    assert "Bot" in marketing.get("/quarantine/?show=binned").content.decode()
    marketing.post(f"/quarantine/posts/{first.pk}/", {"act": "release"})
    assert Lead.objects.get().posts.get() == first
    assert KnownSender.objects.get(value="bot@spam.example").standing == "good"


def test_a_post_to_an_unknown_form_comes_in_through_a_chosen_one(form: CaptureForm, marketing: Client) -> None:
    browser().post("/capture/nobody/", {"last_name": "Lost"})
    post = CapturedPost.objects.get()
    before = everything()
    refused = marketing.post(f"/quarantine/posts/{post.pk}/", {"act": "release"})
    assert (refused.status_code, "Choose the form" in refused.content.decode()) == (422, True)
    assert everything() == before
    marketing.post(f"/quarantine/posts/{post.pk}/", {"act": "release", "form": form.pk})
    post.refresh_from_db()
    assert (post.form, post.lead, Lead.objects.get().last_name) == (form, Lead.objects.get(), "Lost")


def test_a_post_without_a_name_stays_and_says_so(form: CaptureForm, marketing: Client) -> None:
    post = send(form, colour="red")
    marketing.post("/quarantine/posts/", {"act": "release", "pick": [post.pk]})
    post.refresh_from_db()
    assert (post.verdict, Lead.objects.exists()) == ("nameless", False)


def test_a_mended_mapping_reads_a_post_again_and_nothing_twice(form: CaptureForm, marketing: Client) -> None:
    nameless = send(form, **{"00N20000003bk9v": "Quill"})
    known = send(form, last_name="Fine", cf_1021="Energy")
    lead = Lead.objects.get()
    FieldMapping.objects.create(form=form, sent_as="00n20000003bk9v", column="last_name")
    FieldMapping.objects.create(form=form, sent_as="cf_1021", column="industry")
    for _time in range(2):
        for post in (nameless, known):
            assert marketing.post(f"/quarantine/posts/{post.pk}/", {"act": "replay"}).status_code == 302
    lead.refresh_from_db()
    assert (lead.industry, lead.version, lead.source) == ("Energy", 2, "web")
    made = Lead.objects.exclude(pk=lead.pk).get()
    assert (made.last_name, made.posts.get()) == ("Quill", nameless)
    known.refresh_from_db()
    assert known.unknown_fields == []


def test_reading_again_replaces_nothing_that_somebody_wrote(form: CaptureForm, marketing: Client) -> None:
    post = send(form, last_name="Fine", cf_1021="Energy")
    Lead.objects.update(industry="Dairy")
    FieldMapping.objects.create(form=form, sent_as="cf_1021", column="industry")
    marketing.post(f"/quarantine/posts/{post.pk}/", {"act": "replay"})
    assert Lead.objects.get().industry == "Dairy"


def test_added_fields_are_mapped_and_what_is_ignored_stays_with_the_post(form: CaptureForm) -> None:
    CustomField.objects.create(noun="leads.lead", key="hall", label="Hall", kind="text")
    FieldMapping.objects.create(form=form, sent_as="LEADCF5", column="custom_hall")
    FieldMapping.objects.create(form=form, sent_as="City", column="ignored")
    post = send(form, last_name="Fine", LEADCF5="H7", City="Leeds")
    lead = Lead.objects.get()
    assert (lead.custom, lead.city) == ({"hall": "H7"}, "")
    assert post.unknown_fields == [["City", ["Leeds"]]]


@pytest.mark.parametrize(("act", "status"), [("release", 404), ("bin", 404), ("replay", 404)])
def test_a_salesperson_decides_nothing(cast: Cast, form: CaptureForm, act: str, status: int) -> None:
    post = send(form, **SPAM)
    client = browser(cast.rep_a)
    before = everything()
    assert client.get("/quarantine/").status_code == 403
    assert client.post("/quarantine/posts/", {"one": f"{act}-{post.pk}"}).status_code == 403
    assert client.post(f"/quarantine/posts/{post.pk}/", {"act": act}).status_code == status
    assert everything() == before


# The same person again.


def test_the_same_person_again_is_a_touch_where_the_form_says_so(cast: Cast) -> None:
    form = make_form(cast.rep_a, again="touch", campaign_code="SPRING")
    lead = make_lead(cast.rep_b, last_name="Lee", email="ann@lee.example", phone="+49 30 1234567")
    make_disqualified_lead(cast.rep_b, last_name="Lee", email="ann@lee.example")
    before = Lead.objects.filter(pk=lead.pk).values().get()
    by_mail = send(form, last_name="Changed", email="ANN@lee.example")
    by_phone = send(form, last_name="Lee", phone="+49 (0)30 123 45 67")
    assert [(post.verdict, post.lead) for post in (by_mail, by_phone)] == [("touch", lead), ("touch", lead)]
    assert list(Touch.objects.values_list("lead", "post", "source", "campaign_code")) == [
        (lead.pk, by_mail.pk, "web", "SPRING"),
        (lead.pk, by_phone.pk, "web", "SPRING"),
    ]
    assert Lead.objects.filter(pk=lead.pk).values().get() == before
    colleague = send(form, last_name="Bo", email="bo@lee.example", phone="+49 30 1234567")
    assert (colleague.verdict, Lead.objects.count()) == ("lead", 3)
    page = browser(cast.rep_b).get(f"/leads/{lead.pk}/").content.decode()
    assert page.count("The same person again") == 2


@pytest.mark.django_db(transaction=True)
def test_two_posts_of_one_person_at_once_make_one_lead_and_a_touch() -> None:
    form = make_form(make_cast().rep_a, again="touch")
    post = {"last_name": "Lee", "email": "ann@lee.example", "phone": "+49 30 1234567"}
    answers = at_once([lambda: browser().post(f"/capture/{form.key}/", post).status_code] * 4)
    assert answers == [200] * 4
    assert (Lead.objects.count(), Touch.objects.count()) == (1, 3)


# The captcha: no network here.


@pytest.mark.parametrize(
    "case",
    [
        ({}, True, ("spam", ["captcha_missing"])),
        ({"cf-turnstile-response": "t"}, False, ("spam", ["captcha_wrong"])),
        ({"h-captcha-response": "t"}, OSError("down"), ("spam", ["captcha_down"])),
        ({"g-recaptcha-response": "t"}, True, ("lead", [])),
    ],
)
def test_a_captcha_is_asked_and_a_service_that_is_down_holds_the_post(
    form: CaptureForm, settings: Settings, monkeypatch: pytest.MonkeyPatch, case: tuple[dict[str, str], Any, Any]
) -> None:
    sent, said, became = case

    def answered(*_args: Any) -> bool:
        if isinstance(said, Exception):
            raise said
        return bool(said)

    settings.CAPTCHA_SECRET = settings.CAPTCHA_SITE_KEY = "set"
    monkeypatch.setattr(captcha, "_is_right", answered)
    CaptureForm.objects.update(needs_captcha=True)
    post = send(form, last_name="Ann", **sent)
    assert (post.verdict, post.reasons) == became
