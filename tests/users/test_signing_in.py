import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

import crm.settings as product_settings
from crm.core.models import Organisation
from tests.factories.cast import Cast
from tests.factories.users import PASSWORD
from tests.fixtures import ClientFor
from tests.queue import work_off


def sign_in(client: Client, login: str, password: str = PASSWORD, page: str = "/login/") -> str:
    """The address that signing in leads to; empty when it was refused."""
    response = client.post(page, {"login": login, "password": password})
    return response["Location"] if response.status_code == 302 else ""


@pytest.mark.parametrize("login", ["rep_a", "REP_A", "rep_a@example.com", "Rep_A@Example.com"])
def test_a_person_signs_in_by_login_or_e_mail_in_any_case(cast: Cast, client: Client, login: str) -> None:
    assert sign_in(client, login) == "/"
    assert client.get("/").status_code == 200


def test_signing_in_leads_back_to_the_page_that_was_asked_for(cast: Cast, client: Client) -> None:
    asked = client.get("/account/2fa/?tab=keys")
    assert asked.status_code == 302
    assert asked["Location"] == "/login/?next=/account/2fa/%3Ftab%3Dkeys"
    assert sign_in(client, "rep_a", page=asked["Location"]) == "/account/2fa/?tab=keys"


def test_signing_in_never_leads_to_another_site(cast: Cast, client: Client) -> None:
    assert sign_in(client, "rep_a", page="/login/?next=https://elsewhere.example/") == "/"


def test_a_wrong_password_signs_nobody_in(cast: Cast, client: Client) -> None:
    assert sign_in(client, "rep_a", "wrong") == ""
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("address", ["/", "/account/password/change/", "/account/2fa/", "/admin/"])
def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(db: None, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={address}"


def test_a_fragment_sends_the_whole_page_to_sign_in(db: None, client: Client) -> None:
    response = client.get("/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=/"
    assert response.content == b""


def test_a_fragment_comes_back_to_the_page_around_it(db: None, client: Client) -> None:
    response = client.get(
        "/account/2fa/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/leads/?page=2"}
    )
    assert response["HX-Redirect"] == "/login/?next=/leads/%3Fpage%3D2"


def test_an_inactive_person_cannot_sign_in(cast: Cast, client: Client) -> None:
    cast.rep_a.is_active = False
    cast.rep_a.save()
    assert sign_in(client, "rep_a") == "/account/inactive/"
    assert client.get("/account/inactive/").status_code == 200
    assert client.get("/").status_code == 302


def test_switching_a_person_off_ends_their_session_at_once(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    assert client.get("/").status_code == 200
    cast.rep_a.is_active = False
    cast.rep_a.save()
    assert client.get("/").status_code == 302


def test_guessing_a_password_is_stopped_after_five_attempts(cast: Cast, client: Client) -> None:
    for _attempt in range(5):
        assert sign_in(client, "rep_a", "wrong") == ""
    assert sign_in(client, "rep_a") == ""
    assert sign_in(client, "rep_b") == "/"


def test_signing_out_takes_a_post(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    client.get("/logout/")
    assert client.get("/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_a_person_changes_the_password(cast: Cast, client: Client) -> None:
    sign_in(client, "rep_a")
    values = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    assert client.post("/account/password/change/", values).status_code == 302
    cast.rep_a.refresh_from_db()
    assert cast.rep_a.check_password("another long one")


def test_a_forgotten_password_is_replaced_through_an_e_mail(cast: Cast, client: Client) -> None:
    assert client.post("/account/password/reset/", {"email": "rep_a@example.com"}).status_code == 302
    assert mail.outbox == []
    assert work_off() == 1
    link = next(word for word in mail.outbox[0].body.split() if "/account/password/reset/key/" in word)
    form_page = client.get(link.removeprefix("http://testserver"))["Location"]
    assert client.get(form_page).status_code == 200
    values = {"password1": "another long one", "password2": "another long one"}
    assert client.post(form_page, values).status_code == 302
    cast.rep_a.refresh_from_db()
    assert cast.rep_a.check_password("another long one")


@pytest.mark.parametrize("address", ["nobody@example.com", "rep_b@example.com"])
def test_a_stranger_asking_for_a_new_password_gets_the_same_answer_and_no_mail(
    cast: Cast, client: Client, address: str
) -> None:
    cast.rep_b.is_active = False
    cast.rep_b.save()
    response = client.post("/account/password/reset/", {"email": address})
    assert response["Location"] == "/account/password/reset/done/"
    work_off()
    assert mail.outbox == []


def test_asking_for_a_new_password_does_the_same_for_known_and_unknown_addresses(cast: Cast, client: Client) -> None:
    """So that the time of the answer says nothing: the same statements, and no mail before the answer is out."""
    asked = {}
    for address in ("first@example.com", "rep_a@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as statements:
            client.post("/account/password/reset/", {"email": address})
        asked[address] = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in statements.captured_queries]
    assert asked["rep_a@example.com"] == asked["nobody@example.com"]
    assert not any("users_user" in statement for statement in asked["rep_a@example.com"])
    assert mail.outbox == []
    work_off()
    assert [message.to for message in mail.outbox] == [["rep_a@example.com"]]


def test_the_sign_in_names_the_organisation_once_it_has_been_set_up(client: Client, db: None) -> None:
    assert "to Throughline" in client.get("/login/").content.decode()
    Organisation.objects.update(name="Ostermoor <Brauerei>")
    assert "to Ostermoor &lt;Brauerei&gt;" in client.get("/login/").content.decode()


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_confirm_email"])
def test_there_is_no_page_for_signing_up_or_confirming_an_e_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("name", ["mfa_index", "mfa_list_webauthn", "account_change_password"])
def test_the_pages_of_the_own_account_open(cast: Cast, client: Client, name: str) -> None:
    sign_in(client, "rep_a")
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_a_second_factor_is_set_up_after_giving_the_password_again(cast: Cast, client: Client, name: str) -> None:
    sign_in(client, "rep_a")
    question = client.get(reverse(name))["Location"]
    assert question.startswith("/account/reauthenticate/")
    assert client.get(question).status_code == 200
    assert client.post(question, {"password": PASSWORD})["Location"] == reverse(name)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_the_pages_before_signing_in_open(db: None, client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


def test_signing_in_leaves_no_password_in_history(cast: Cast, client: Client) -> None:
    cast.rep_a.set_password("a new one, quite long")
    cast.rep_a.save()
    columns = {field.name for field in cast.rep_a.history_model._meta.get_fields()}  # type: ignore[attr-defined]  # set by `tracked`
    assert {"password", "last_login"} & columns == set()


def test_the_product_makes_guessing_as_slow_as_django_recommends() -> None:
    """The tests themselves use a quick hash."""
    assert not hasattr(product_settings, "PASSWORD_HASHERS")
