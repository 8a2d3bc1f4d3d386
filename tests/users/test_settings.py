"""What people choose for themselves: kept, in effect on every page, and nobody else's business."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.errors import Invalid
from crm.core.models import Organisation
from crm.users.models import Session, User
from crm.users.services.settings import change_settings
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.users import PASSWORD
from tests.fixtures import ClientFor

GERMAN = {"number_format": "1.234,56", "date_format": "dd.MM.y", "time_format": "HH:mm"}


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_settings_are_kept_and_in_effect_from_the_next_page_on(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a, estimated_value=Decimal("1234567.00"))
    client = client_for(cast.rep_a)
    assert "1,234,567.00" in client.get(f"/leads/{lead.pk}/").content.decode()
    sent = {**GERMAN, "time_zone": "Asia/Tokyo", "week_starts": "sunday", "theme": "dark", "density": "compact"}
    answer = client.post("/settings/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    saved = again(cast.rep_a)
    assert {name: getattr(saved, name) for name in sent} == sent
    page = client.get(f"/leads/{lead.pk}/").content.decode()
    assert "1.234.567,00" in page
    meeting = client.get("/activities/new/?kind=appointment").content.decode()
    assert 'data-picker="datetime-local" data-date="dd.MM.y" data-time="HH:mm"' in meeting
    assert '<html lang="en" dir="ltr" data-theme-choice="dark" data-bs-theme="dark" data-density="compact">' in page
    assert "1.234.567" in client.get("/leads/").content.decode()
    assert 'value="1234567"' in client.get(f"/leads/{lead.pk}/edit/").content.decode()
    other = client_for(cast.administrator).get(f"/leads/{lead.pk}/").content.decode()
    assert "1,234,567.00" in other
    assert '<html lang="en" dir="ltr">' in other


def test_what_is_typed_in_the_chosen_format_is_saved_as_meant(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a, last_name="Meier")
    User.objects.filter(pk=cast.rep_a.pk).update(**GERMAN)
    client = client_for(cast.rep_a)
    form = {"last_name": "Meier", "preferred_contact_method": "any"}
    url = f"/leads/{lead.pk}/edit/"
    assert client.post(url, {**form, "estimated_value": "1.234,56"}).status_code == 302
    lead.refresh_from_db()
    assert str(lead.estimated_value) == "1234.5600"
    refused = client.post(url, {**form, "estimated_value": "1234.567"})
    assert refused.status_code == 422
    assert "“1234.567” is not a number in your format. Write it like 1.234,56." in refused.content.decode()
    lead.refresh_from_db()
    assert str(lead.estimated_value) == "1234.5600"


def test_what_a_person_leaves_open_is_the_organisations(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a, estimated_value=Decimal("1234.50"))
    Organisation.objects.update(number_format="1.234,56", time_zone="Europe/Berlin")
    client = client_for(cast.rep_a)
    assert "1.234,50" in client.get(f"/leads/{lead.pk}/").content.decode()
    page = client.get("/settings/").content.decode()
    assert "As the organisation: 1.234,56" in page
    assert "As the organisation: Europe/Berlin" in page
    User.objects.filter(pk=cast.rep_a.pk).update(number_format="1'234.56")
    assert "1’234.50" in client.get(f"/leads/{lead.pk}/").content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("number_format", "1;234"),
        ("date_format", "<b>"),
        ("time_format", "\x00"),
        ("week_starts", "someday"),
        ("theme", "pink"),
        ("density", "x" * 500),
        ("start_page", "admin:index"),
        ("start_page", "account_logout"),
    ],
)
def test_what_is_no_choice_is_refused_at_its_field(cast: Cast, client_for: ClientFor, name: str, value: str) -> None:
    client = client_for(cast.rep_a)
    before = User.objects.values().get(pk=cast.rep_a.pk)
    answer = client.post("/settings/", {"density": "compact", name: value})
    assert answer.status_code == 422
    assert re.search(rf'name="{name}"[^>]*aria-invalid="true"', answer.content.decode())
    assert User.objects.values().get(pk=cast.rep_a.pk) == before


@pytest.mark.parametrize("name", ["time_zone", "language", "theme", "start_page"])
def test_the_service_refuses_what_is_no_choice(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_settings(values={name: "nonsense"}, actor=cast.rep_a, at=timezone.now())
    assert refused.value.field == name
    assert getattr(again(cast.rep_a), name) == ""


def test_only_settings_are_changed_and_only_ones_own(cast: Cast, client_for: ClientFor) -> None:
    forged: dict[str, Any] = {
        "is_administrator": "on",
        "business_unit": cast.south.pk,
        "username": "root",
        "session_seed": "mine",
        "pk": cast.manager.pk,
        "id": cast.manager.pk,
        "density": "compact",
    }
    assert client_for(cast.rep_a).post("/settings/", forged).status_code == 302
    saved = again(cast.rep_a)
    assert (saved.is_administrator, saved.business_unit_id, saved.username) == (False, cast.north.pk, "rep_a")
    assert (saved.density, saved.session_seed) == ("compact", "")
    assert again(cast.manager).density == ""
    with pytest.raises(TypeError):
        change_settings(values={"is_administrator": True}, actor=cast.rep_a, at=timezone.now())


def test_the_theme_of_the_frame_is_kept_for_every_device(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    page = client.get("/").content.decode()
    assert 'hx-post="/settings/theme/"' in page
    answer = client.post("/settings/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, again(cast.rep_a).theme) == (204, "dark")
    assert 'data-bs-theme="dark"' in client_for(cast.rep_a).get("/").content.decode()
    assert client.post("/settings/theme/", {"theme": "system"})["Location"] == "/settings/"
    page = client.get("/").content.decode()
    assert '<html lang="en" dir="ltr" data-theme-choice="system">' in page
    assert client.post("/settings/theme/", {"theme": "pink"}).status_code == 422
    assert again(cast.rep_a).theme == "system"
    assert 'hx-post="/settings/theme/"' not in Client().get("/login/").content.decode()


@pytest.mark.parametrize(
    ("chosen", "place"), [("", "/"), ("leads:lead_list", "/leads/"), ("gone:list", "/"), ("admin:index", "/")]
)
def test_signing_in_leads_to_the_chosen_page(cast: Cast, client: Client, chosen: str, place: str) -> None:
    """One that is gone, or not theirs any more, is Today."""
    User.objects.filter(pk=cast.rep_a.pk).update(start_page=chosen)
    signed_in = client.post("/login/", {"login": "rep_a", "password": PASSWORD})
    assert (signed_in.status_code, signed_in["Location"]) == (302, place)
    client.logout()
    asked = client.post("/login/?next=/search/", {"login": "rep_a", "password": PASSWORD})
    assert asked["Location"] == "/search/"


def test_a_language_of_ones_own_wins_over_that_of_the_browser(cast: Cast, client_for: ClientFor, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    client = client_for(cast.rep_a)
    german = {"accept-language": "de"}
    assert '<html lang="de"' in client.get("/settings/", headers=german).content.decode()
    assert client.post("/settings/", {"language": "en"}).status_code == 302
    assert '<html lang="en"' in client.get("/settings/", headers=german).content.decode()
    Organisation.objects.update(language="de")
    assert '<html lang="de"' in client_for(cast.rep_b).get("/settings/").content.decode()


def test_signing_out_elsewhere_leaves_this_session_alone(cast: Cast, client_for: ClientFor) -> None:
    here, there, other = client_for(cast.rep_a), client_for(cast.rep_a), client_for(cast.rep_b)
    assert here.post("/settings/sign-out/")["Location"] == "/settings/"
    assert (here.get("/").status_code, there.get("/").status_code, other.get("/").status_code) == (200, 302, 200)
    assert "session_seed" not in {field.name for field in User.history_model._meta.fields}  # type: ignore[attr-defined]  # given by `tracked`


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def signed_in(person: User, agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post("/login/", {"login": person.username, "password": PASSWORD})
    return client


def devices(client: Client) -> list[tuple[str, str]]:
    page = client.get("/settings/").content.decode()
    return re.findall(r'<span class="notice-text">([^<]+)</span>\s*<span class="notice-at">(?:<[^>]+>)?([^<]+)<', page)


def test_people_see_where_they_are_signed_in_and_end_all_other_sessions(cast: Cast) -> None:
    here, there = signed_in(cast.rep_a, FIREFOX), signed_in(cast.rep_a, IPHONE)
    signed_in(cast.rep_b, "Opera")
    assert devices(here) == [("Firefox on Linux", "this device"), ("Safari on iPhone", "0 min ago")]
    here.post("/settings/sign-out/")
    assert devices(here) == [("Firefox on Linux", "this device")]
    assert there.get("/settings/").status_code == 302
    assert list(Session.objects.exclude(person=None).values_list("person__username", flat=True).order_by("person")) == [
        "rep_a",
        "rep_b",
    ]


def test_a_session_that_a_new_password_ended_is_not_shown_and_when_it_was_seen_is(cast: Cast) -> None:
    here, there = signed_in(cast.rep_a, FIREFOX), signed_in(cast.rep_a, "")
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(hours=3))
    with CaptureQueriesContext(connection) as first:
        here.get("/search/")
    with CaptureQueriesContext(connection) as second:
        here.get("/search/")
    assert (len(first), len(second)) == (3, 2)
    assert devices(here) == [("Firefox on Linux", "this device"), ("Unknown device", "3 h ago")]
    there.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": "quite-new-99", "password2": "quite-new-99"}
    )
    assert here.get("/settings/").status_code == 302
    assert devices(there) == [("Unknown device", "this device")]


def test_ones_own_pages_are_in_the_menu_of_the_person(cast: Cast, client_for: ClientFor) -> None:
    page, readers = (client_for(who).get("/").content.decode() for who in (cast.rep_a, cast.read_only))
    for url in ("/bulk-changes/", "/exports/"):
        assert f'<a class="menu-item" href="{url}">' in page
    assert ("/bulk-changes/" in readers, "/exports/" in readers) == (True, False)
    settings = client_for(cast.rep_a).get("/settings/").content.decode()
    assert "optional" not in settings + client_for(cast.rep_a).get("/notifications/settings/").content.decode()
