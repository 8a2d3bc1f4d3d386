"""Attacks 1 to 9: who gets where. The matrix of rights stands in `tests/proofs`; here are the sessions."""

from typing import Any

import pytest
from django.test import Client

from crm.users.models import User
from tests.factories.users import PASSWORD
from tests.proofs.world import World, browser, everything

NEW = "another long one"


def signed_in(login: str, password: str = PASSWORD) -> Client:
    client = browser()
    response = client.post("/login/", {"login": login, "password": password})
    assert (response.status_code, response["Location"]) == (302, "/"), response.content.decode()[-3000:]
    return client


def is_signed_in(client: Client) -> bool:
    return int(client.get("/leads/").status_code) == 200


def test_a_session_from_before_signing_in_is_not_the_one_after(visit: World) -> None:
    """9: fixation. A key that somebody else planted opens nothing, and two sign-ins share none."""
    planted = browser(visit.cast.rep_b).cookies["sessionid"].value
    client = browser()
    client.cookies["sessionid"] = "x" * 32
    client.post("/login/", {"login": "rep_a", "password": PASSWORD})
    own = client.cookies["sessionid"].value
    assert own not in {"x" * 32, planted}
    client.cookies["sessionid"] = planted
    client.post("/logout/")
    client.post("/login/", {"login": "rep_a", "password": PASSWORD})
    assert client.cookies["sessionid"].value not in {planted, own, ""}


def test_a_new_password_ends_every_other_session_of_that_person(visit: World) -> None:
    """9: logout everywhere on password change; who changes it stays, and so does everybody else."""
    here, there, colleague = signed_in("rep_a"), signed_in("rep_a"), signed_in("rep_b")
    before = here.cookies["sessionid"].value
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/account/password/change/", values).status_code == 302
    assert (is_signed_in(here), is_signed_in(there), is_signed_in(colleague)) == (True, False, True)
    assert here.cookies["sessionid"].value != before
    assert (there.get("/leads/")["Location"], there.post("/leads/new/", {}).status_code) == (
        "/login/?next=/leads/",
        302,
    )


def test_a_password_set_by_an_administrator_ends_all_sessions(visit: World) -> None:
    """9: also when it is set for the person."""
    person, administrator = signed_in("rep_a"), browser(visit.cast.administrator)
    page = f"/admin/users/user/{visit.cast.rep_a.pk}/password/"
    assert administrator.get(page).status_code == 200
    values = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert administrator.post(page, values).status_code == 302
    assert (is_signed_in(person), is_signed_in(signed_in("rep_a", NEW))) == (False, True)


def test_signing_out_ends_the_session_on_the_server(visit: World) -> None:
    """9: a copied cookie is worth nothing afterwards."""
    client, thief = signed_in("rep_a"), browser()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_signed_in(thief)
    client.post("/logout/")
    assert not is_signed_in(thief)


@pytest.mark.parametrize("is_active", [True, False])
def test_who_is_switched_off_does_nothing_from_the_next_request_on(visit: World, is_active: bool) -> None:
    """9: a disabled user's session stops at once, for reading and for writing."""
    client = signed_in("rep_a")
    User.objects.filter(pk=visit.cast.rep_a.pk).update(is_active=is_active)
    before = everything()
    lead = visit.records["lead"]
    answers = [_answer(client.get(f"/leads/{lead.pk}/"))]
    if not is_active:
        answers += [_answer(client.post(f"/leads/{lead.pk}/contact/", {})), _answer(client.post("/leads/new/", {}))]
        assert everything() == before
        assert {status for status, _place in answers} == {302}
        assert all(place.startswith("/login/") for _status, place in answers)
    else:
        assert answers == [(200, "")]


def _answer(response: Any) -> tuple[int, str]:
    return response.status_code, response.headers.get("Location", "")


def test_cookies_are_closed_to_scripts_and_other_sites(visit: World) -> None:
    """36: HttpOnly and SameSite on every cookie; Secure with an https address."""
    client = signed_in("rep_a")
    client.get("/leads/new/")
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name


@pytest.mark.parametrize("htmx", [False, True])
def test_every_change_asks_for_the_token_of_its_page(visit: World, htmx: bool) -> None:
    """36: CSRF on every change, also those of htmx; another site's form changes nothing."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(visit.cast.rep_a)
    lead, before = visit.records["lead"], everything()
    headers = {"HX-Request": "true"} if htmx else {}
    for path in ("/leads/new/", f"/leads/{lead.pk}/edit/", f"/leads/{lead.pk}/delete/", f"/leads/{lead.pk}/contact/"):
        response = client.post(path, {"last_name": "Forged"}, headers=headers)
        assert response.status_code == 403, path
        assert "came from another site" in response.content.decode()
    for path in ("/logout/", "/account/password/change/", "/login/", "/account/password/reset/", "/admin/"):
        assert client.post(path, {}, headers=headers).status_code in {403, 405}, path
    assert everything() == before


def test_a_token_of_somebody_else_is_no_token(visit: World) -> None:
    """36: the token of one browser does not pass in another."""
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(visit.cast.rep_a)
    token = browser(visit.cast.rep_b).get("/leads/new/").context["csrf_token"]
    response = forged.post("/leads/new/", {"last_name": "Forged", "csrfmiddlewaretoken": str(token)})
    assert response.status_code == 403
