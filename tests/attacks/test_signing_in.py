"""Attacks 9 and 36 at the door: guessing, second factors, forgotten passwords."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from tests.factories.users import PASSWORD, UserFactory
from tests.proofs.world import World, browser
from tests.queue import work_off

NEW, WRONG = "another long one", "wrong"


def attempt(client: Client, login: str, secret: str = WRONG, **headers: str) -> Any:
    return client.post("/login/", {"login": login, "password": secret}, **headers)  # type: ignore[arg-type]  # WSGI keys


def assert_stopped(response: Any) -> None:
    page = response.content.decode()
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "too many attempts" in page.lower()
    assert response["X-Request-ID"] in page
    assert "<nav" not in page


def test_attempts_are_counted_for_all_web_processes() -> None:
    """36: in the database, where every process and thread sees the same count."""
    assert isinstance(caches["default"], DatabaseCache)
    assert not isinstance(caches["local"], DatabaseCache)


def test_the_sixth_guess_is_refused_in_plain_words(visit: World) -> None:
    """9: with 429 and the time to wait; the right password does not help, and a colleague is not shut out."""
    client = browser()
    for _guess in range(5):
        assert attempt(client, "rep_a").status_code == 200
    assert_stopped(attempt(client, "rep_a", PASSWORD))
    assert attempt(browser(), "rep_b", PASSWORD).status_code == 302


SPELLINGS = ["rep_a", "REP_A", "Rep_A", "rep_a@example.com", "REP_A@example.com"]


def test_a_person_is_one_count_under_every_spelling_host_and_address(visit: World, settings: Settings) -> None:
    """9: another case, the e-mail, another port or another sender are no new attempts."""
    settings.ALLOWED_HOSTS = ["*"]
    for number, spelling in enumerate(SPELLINGS):
        headers = {"HTTP_HOST": f"localhost:{9000 + number}", "REMOTE_ADDR": f"192.0.2.{number}"}
        assert attempt(browser(), spelling, **headers).status_code == 200
    assert_stopped(attempt(browser(), " rep_a ", PASSWORD, REMOTE_ADDR="192.0.2.77"))


def test_one_address_does_not_try_many_people(visit: World) -> None:
    """9: ten failures a minute; somebody else's address is not shut out."""
    answers = [attempt(browser(), f"nobody{number}").status_code for number in range(11)]
    assert answers == [200] * 10 + [429]
    assert attempt(browser(), "rep_b", PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_an_unknown_person_is_answered_like_a_known_one(visit: World) -> None:
    """24: neither words nor status tell whether somebody works here."""
    pages = [attempt(browser(), login).content.decode() for login in ("rep_a", "rep_x")]
    known, unknown = (re.sub(r'value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"', "", page) for page in pages)
    assert known == unknown


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_one_by_one() -> None:
    """9, 34: twenty at once get no more than five answers."""
    UserFactory.create(username="target")

    def guess(_number: int) -> int:
        try:
            return int(attempt(browser(), "target").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count(200) <= 5
    assert set(answers) <= {200, 429}


# --- the second factor ---------------------------------------------------------------------------------------------


@pytest.fixture
def still_clock() -> Iterator[None]:
    """A code is good for its half minute, which must not end between making and sending it."""
    with time_machine.travel(time.time(), tick=False):
        yield


def code_for(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def switch_on_totp(client: Client) -> tuple[str, list[str]]:
    """As the pages say it: the secret, and the recovery codes."""
    attempt(client, "rep_a", PASSWORD)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = re.search(r"[A-Z2-7]{32}", page.content.decode())
    assert secret is not None
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    done = client.post("/account/2fa/totp/activate/", {"code": code_for(secret[0])})
    assert done.status_code == 302, done.content.decode()
    codes = re.findall(r"\b[0-9a-f]{8}\b|\b\d{8}\b", client.get("/account/2fa/recovery-codes/").content.decode())
    assert len(codes) >= 10
    return secret[0], codes


@pytest.mark.usefixtures("still_clock")
@pytest.mark.usefixtures("still_clock")
def test_who_switches_on_codes_is_asked_for_one(visit: World) -> None:
    """9: the password alone opens nothing; a code opens it once; a recovery code opens it once."""
    secret, codes = switch_on_totp(browser())
    client = browser()
    assert attempt(client, "rep_a", PASSWORD)["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/leads/")["Location"].startswith("/login/")
    assert client.get("/account/2fa/authenticate/").status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": "123"}).status_code == 200
    cache.clear()  # the code that switched it on was the one of this half minute
    code = code_for(secret)
    assert client.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/"
    assert client.get("/leads/").status_code == 200
    again = browser()
    attempt(again, "rep_a", PASSWORD)
    assert again.post("/account/2fa/authenticate/", {"code": code}).status_code == 200
    assert again.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    third = browser()
    attempt(third, "rep_a", PASSWORD)
    assert third.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert third.get("/leads/").status_code == 302


@pytest.mark.usefixtures("still_clock")
@pytest.mark.usefixtures("still_clock")
def test_codes_are_not_guessed(visit: World) -> None:
    """9: the count stands in the way of the second factor, too."""
    switch_on_totp(browser())
    cache.clear()
    client = browser()
    attempt(client, "rep_a", PASSWORD)
    answers = [client.post("/account/2fa/authenticate/", {"code": f"00000{n}"}).status_code for n in range(7)]
    assert answers[-1] == 429
    assert client.get("/leads/").status_code == 302


@pytest.mark.usefixtures("still_clock")
def test_a_new_password_does_not_open_the_second_factor(visit: World) -> None:
    """9: who owns the mailbox still needs the code."""
    switch_on_totp(browser())
    client = browser()
    follow_the_link(client, ask_for_link(client, "rep_a@example.com"))
    assert client.get("/leads/").status_code == 302
    assert attempt(client, "rep_a", NEW)["Location"].startswith("/account/2fa/authenticate/")


@pytest.mark.usefixtures("still_clock")
def test_switching_the_second_factor_off_asks_for_the_password_again(visit: World) -> None:
    """9: an open session on a desk is not enough."""
    client = browser()
    switch_on_totp(client)
    thief = browser(visit.cast.rep_a)
    for page in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"):
        response = thief.get(f"/account/2fa/{page}")
        assert (response.status_code, "reauthenticate" in response["Location"]) == (302, True), page


# --- forgotten passwords -------------------------------------------------------------------------------------------


def ask_for_link(client: Client, email: str, **headers: str) -> str:
    response = client.post("/account/password/reset/", {"email": email}, **headers)  # type: ignore[arg-type]  # WSGI keys
    assert response["Location"] == "/account/password/reset/done/"
    work_off()
    return str(mail.outbox[-1].body) if mail.outbox else ""


def follow_the_link(client: Client, body: str) -> Any:
    [link] = re.findall(r"https?://\S+/account/password/reset/key/\S+", body)
    page = client.get(link.removeprefix(settings.BASE_URL))["Location"]
    return client.post(page, {"password1": NEW, "password2": NEW})


@pytest.mark.parametrize("host", ["evil.example", "localhost:8001", "testserver:1"])
def test_the_link_in_a_mail_never_names_the_host_of_the_request(visit: World, settings: Settings, host: str) -> None:
    """36: host header poisoning."""
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["*"], "https://crm.example.com"
    body = ask_for_link(browser(), "rep_a@example.com", HTTP_HOST=host, HTTP_X_FORWARDED_HOST=host)
    message = mail.outbox[-1]
    assert "https://crm.example.com/account/password/reset/key/" in body
    assert host.split(":", maxsplit=1)[0] not in body + message.subject + message.from_email
    assert (message.to, message.subject) == (["rep_a@example.com"], "Throughline: Password Reset Email")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "a b"])
def test_a_name_that_is_not_ours_is_no_request(visit: World, host: str) -> None:
    """36: 400, in plain words, without the name."""
    response = browser().get("/login/", HTTP_HOST=host)
    assert response.status_code == 400
    assert host not in response.content.decode()


def test_a_forgotten_password_is_answered_alike_for_everybody(visit: World) -> None:
    """24, 26: known, unknown, switched off, hostile: one answer, and mail only to who is known."""
    asked = ["rep_a@example.com", "nobody@example.com", "%@example.com", "rep_a@example.com\nbcc: x@example.com"]
    answers = {}
    work_off()  # what the world before this test has left
    mail.outbox.clear()
    for email in asked:
        response = browser().post("/account/password/reset/", {"email": email})
        answers[email] = (response.status_code, response.headers.get("Location", ""))
    assert answers[asked[0]] == answers[asked[1]] == answers[asked[2]] == (302, "/account/password/reset/done/")
    assert answers[asked[3]][0] == 200
    assert mail.outbox == []
    assert work_off() == 3
    assert [message.to for message in mail.outbox] == [["rep_a@example.com"]]


def test_asking_for_mail_again_and_again_is_stopped(visit: World) -> None:
    """26: five a minute for one mailbox, twenty for one sender."""
    client = browser()
    answers = [client.post("/account/password/reset/", {"email": "rep_a@example.com"}).status_code for _n in range(6)]
    assert answers == [302] * 5 + [429]
    work_off()
    assert len(mail.outbox) == 5


def test_a_link_works_once_and_ends_with_the_next_password(visit: World) -> None:
    """9: neither a second time nor after another change."""
    client = browser()
    first, second = ask_for_link(client, "rep_a@example.com"), ask_for_link(client, "rep_a@example.com")
    assert follow_the_link(client, first).status_code == 302
    for body in (first, second):
        [link] = re.findall(r"/account/password/reset/key/\S+", body)
        page = browser().get(link)
        assert page.status_code == 200
        assert 'name="password1"' not in page.content.decode()
