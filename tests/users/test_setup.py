import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from crm.core.models import Organisation
from crm.users.models import BusinessUnit, SetupToken, User
from crm.users.rights import ADMINISTRATOR
from tests.factories.cast import Cast

VALUES = {
    "organisation": "Nordlicht Handels GmbH",
    "base_currency": "USD",
    "time_zone": "Europe/Berlin",
    "name": "Ada Lovelace",
    "email": "Ada@Nordlicht.example",
    "login": "ada",
    "password": "engine of analysis",
}


def made_link() -> str:
    """The path of a new set-up link."""
    out = StringIO()
    call_command("setup_link", stdout=out)
    (line,) = out.getvalue().splitlines()
    assert line.startswith("http://127.0.0.1:8000/setup/")
    return line.removeprefix("http://127.0.0.1:8000")


def test_the_link_makes_the_organisation_and_its_first_administrator(db: None, client: Client) -> None:
    link = made_link()
    assert client.get(link).status_code == 200
    response = client.post(link, VALUES)
    assert (response.status_code, response["Location"]) == (302, "/")
    user = User.objects.get()
    organisation = Organisation.load()
    assert (organisation.name, organisation.time_zone) == ("Nordlicht Handels GmbH", "Europe/Berlin")
    assert organisation.base_currency is not None
    assert organisation.base_currency.code == "USD"
    assert (user.username, user.name, user.email) == ("ada", "Ada Lovelace", "ada@nordlicht.example")
    assert user.check_password("engine of analysis")
    assert user.is_administrator
    assert [role.name for role in user.roles.all()] == [ADMINISTRATOR]
    assert (user.business_unit.name, user.business_unit.parent) == ("Nordlicht Handels GmbH", None)
    assert client.get("/").status_code == 200
    assert client.get("/admin/").status_code == 200


def test_only_the_hash_of_the_link_is_kept(db: None) -> None:
    token = made_link().split("/")[2]
    kept = SetupToken.objects.get()
    assert len(token) > 40
    assert token not in kept.token_hash
    assert len(kept.token_hash) == 64


def test_the_link_works_once(db: None, client: Client) -> None:
    link = made_link()
    other = made_link()
    client.post(link, VALUES)
    for used in (link, other):
        assert Client().get(used).status_code == 404
        assert Client().post(used, {**VALUES, "login": "eve"}).status_code == 404
    assert User.objects.count() == 1
    assert SetupToken.objects.count() == 0


def test_a_guessed_link_is_not_found(db: None, client: Client) -> None:
    made_link()
    assert client.get("/setup/guess/").status_code == 404
    assert client.post("/setup/guess/", VALUES).status_code == 404
    assert User.objects.count() == 0


def test_a_link_dies_when_somebody_can_sign_in(db: None, client: Client) -> None:
    link = made_link()
    unit = BusinessUnit.objects.create(name="Head office")
    User.objects.create_user("first", "a long password", name="First", business_unit=unit)
    assert client.get(link).status_code == 404
    assert client.post(link, VALUES).status_code == 404
    assert User.objects.count() == 1


def test_no_link_is_made_when_somebody_can_sign_in(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Somebody can sign in already"):
        call_command("setup_link")
    assert SetupToken.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "12345678"),
        ("password", "short"),
        ("login", "has blanks and /"),
        ("email", "not an address"),
        ("time_zone", "Mars/Olympus"),
        ("base_currency", "XXX"),
        ("organisation", ""),
    ],
)
def test_a_wrong_value_makes_nobody_and_keeps_what_was_typed(db: None, client: Client, field: str, value: str) -> None:
    response = client.post(made_link(), {**VALUES, field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Ada Lovelace" in response.content.decode()
    assert User.objects.count() == 0
    assert SetupToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_with_two_links_make_one_administrator() -> None:
    links = [made_link(), made_link()]
    barrier = threading.Barrier(2)
    answers: list[int] = []

    def post(link: str, login: str) -> None:
        barrier.wait()
        try:
            answers.append(Client().post(link, {**VALUES, "login": login}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(link, f"ada{n}")) for n, link in enumerate(links)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404]
    assert User.objects.count() == 1


def test_the_product_says_that_it_is_well(db: None, client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_the_product_says_that_its_database_is_away(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        assert client.get("/healthz").status_code == 503


def test_a_first_start_is_recorded_as_what_it_is(db: None, client: Client) -> None:
    client.post(made_link(), VALUES)
    event = User.objects.get().history.get(pgh_label="insert")  # type: ignore[attr-defined]  # set by `tracked`
    assert event.pgh_context["action"] == "organisation.set_up"
    assert event.pgh_context["actor"] == "System"
    assert event.pgh_created_at <= timezone.now()
