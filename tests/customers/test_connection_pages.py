"""Connections on the pages of records: the panel, adding by a typed name, changing, removing, the history."""

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.customers.models import Account, Connection, ConnectionRole, Contact
from crm.customers.services.connections import add_connection
from crm.users.models import Share, User
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.sales import make_invoice, make_opportunity, make_order, make_quote
from tests.fixtures import ClientFor
from tests.together import at_once


def role(name: str) -> int:
    return ConnectionRole.objects.get(name=name).pk


def connect(record: Any, other: Any, name: str, actor: Any = SYSTEM) -> Connection:
    return add_connection(
        model=type(record),
        record_id=record.pk,
        other=other,
        role=ConnectionRole.objects.get(name=name),
        own_role=None,
        values={},
        actor=actor,
        at=timezone.now(),
    )


@pytest.fixture
def dairy(cast: Cast) -> Account:
    return AccountFactory.create(owner=cast.rep_a, name="Green Lakes Dairy")


@pytest.fixture
def jane(cast: Cast) -> Contact:
    return ContactFactory.create(owner=cast.rep_a, first_name="Jane", last_name="Doe")


def panel(client: Client, url: str) -> str:
    answer = client.get(f"{url}?panel=connections")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_connection_is_added_by_the_typed_name_and_read_on_both_pages(
    cast: Cast, client_for: ClientFor, dairy: Account, jane: Contact
) -> None:
    client, url = client_for(cast.rep_a), f"/accounts/{dairy.pk}/"
    assert f'href="/accounts/{dairy.pk}/connections/new/"' in panel(client, url)
    sent = {"noun": "contact", "name": "jane", "role": role("Employee"), "description": "Since school"}
    answer = client.post(f"{url}connections/new/", {**sent, "starts_on": "2026-01-02"})
    assert (answer.status_code, answer["Location"]) == (302, f"{url}?tab=related")
    made = Connection.objects.get()
    for shown, other, its, own in (
        (panel(client, url), jane, "Employee", "Employer"),
        (panel(client, f"/contacts/{jane.pk}/"), dairy, "Employer", "Employee"),
    ):
        assert f">{other}</a>" in shown
        assert f'<span class="tag">{its}</span>' in shown
        assert f"this record: {own}" in shown
        assert "since 2 Jan 2026" in shown
    edit = f"/contacts/{jane.pk}/connections/{made.pk}/edit/"
    assert 'value="2026-01-02"' in client.get(edit).content.decode()
    changed = {"role": "", "own_role": role("Champion"), "ends_on": "2026-03-04", "version": made.version}
    assert client.post(edit, changed).status_code == 302
    assert '<li class="connection is-over">' in panel(client, url)
    stale = client.post(edit, {**changed, "own_role": role("Influencer")})
    assert stale.status_code == 409
    remove = f"{url}connections/{made.pk}/delete/"
    assert "Remove “Champion”?" in client.get(remove).content.decode()
    assert client.post(remove)["Location"] == f"{url}?tab=related"
    assert not Connection.objects.exists()
    assert "Nobody is connected" in panel(client, url)


def test_the_history_of_both_records_tells_of_it(
    cast: Cast, client_for: ClientFor, dairy: Account, jane: Contact
) -> None:
    connect(dairy, jane, "Employee", cast.rep_a).delete()
    reader, stranger = client_for(cast.rep_a), client_for(cast.rep_c)
    for url, name in ((f"/accounts/{dairy.pk}/", "Jane Doe"), (f"/contacts/{jane.pk}/", "Green Lakes Dairy")):
        page = reader.get(f"{url}?tab=history").content.decode()
        assert f"Connection added: {name} (" in page
        assert f"Connection removed: {name} (" in page
    Share.objects.create(record=dairy, user=cast.rep_c)
    page = stranger.get(f"/accounts/{dairy.pk}/?tab=history").content.decode()
    assert "Connection" not in page.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"name": "Nobody"}, "name", "There is no “Nobody” that you may see."),
        ({"name": "Secret"}, "name", "There is no “Secret” that you may see."),
        ({"name": "Twin"}, "name", "“Twin” fits several: Twin One, Twin Two."),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "\x00"}, "name", "Null characters are not allowed."),
        ({"noun": "user", "name": "Nobody"}, "name", "There is no “Nobody”"),
        ({"noun": "currency"}, "noun", "Select a valid choice."),
        ({"role": ""}, "role", "Choose a role for one of the two at least."),
        ({"role": "999999"}, "role", "Select a valid choice."),
        ({"ends_on": "2020-01-01", "starts_on": "2021-01-01"}, "ends_on", "It cannot end before it starts."),
        ({"starts_on": "yesterday"}, "starts_on", "Enter a valid date."),
        ({"noun": "account", "name": "Green Lakes Dairy", "role": "Partner"}, "name", "not connected with itself"),
    ],
)
def test_what_cannot_be_connected_is_told_at_its_field(
    client_for: ClientFor, dairy: Account, sent: dict[str, str], field: str, sentence: str
) -> None:
    owner = dairy.owner
    assert owner is not None
    ContactFactory.create(owner=User.objects.get(username="rep_c"), first_name="Secret", last_name="Person")
    for last_name in ("One", "Two"):
        ContactFactory.create(owner=owner, first_name="Twin", last_name=last_name)
    given = {"noun": "contact", "name": "Twin One", "role": "Champion", **sent}
    if ConnectionRole.objects.filter(name=given["role"]).exists():
        given["role"] = str(role(given["role"]))
    answer = client_for(owner).post(f"/accounts/{dairy.pk}/connections/new/", given)
    assert answer.status_code == 422
    errors = answer.content.decode().split(f'id="id_{field}_error"', 1)[1].split("</ul>", 1)[0]
    assert sentence in errors
    assert not Connection.objects.exists()


def test_suggestions_are_those_that_one_may_see(cast: Cast, client_for: ClientFor, dairy: Account) -> None:
    ContactFactory.create(owner=cast.rep_a, first_name="Nina", last_name="North")
    ContactFactory.create(owner=cast.rep_c, first_name="Nina", last_name="South")
    url = f"/accounts/{dairy.pk}/connections/candidates/"
    page = client_for(cast.rep_a).get(url, {"noun": "contact", "name": "NIN"}).content.decode()
    assert '<option value="Nina North">' in page
    assert "South" not in page
    people = client_for(cast.rep_a).get(url, {"noun": "user", "name": "cara"}).content.decode()
    assert '<option value="Cara South">' in people
    assert "<option" not in client_for(cast.rep_a).get(url, {"noun": "x", "name": "\x00"}).content.decode()
    assert client_for(cast.rep_c).get(url, {"noun": "contact", "name": "n"}).status_code == 404
    assert client_for(cast.read_only).get(url, {"noun": "contact", "name": "n"}).status_code == 403


def test_every_noun_has_the_panel_and_no_other_table_is_reached(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    made = {
        "leads": make_lead(cast.rep_a),
        "opportunities": make_opportunity(cast.rep_a),
        "quotes": make_quote(cast.rep_a),
        "orders": make_order(cast.rep_a),
        "invoices": make_invoice(cast.rep_a),
    }
    for noun, record in made.items():
        assert f'href="/{noun}/{record.pk}/connections/new/"' in panel(client, f"/{noun}/{record.pk}/")
        sent = {"noun": "user", "name": "Ben North", "role": role("Referrer")}
        assert client.post(f"/{noun}/{record.pk}/connections/new/", sent).status_code == 302
    assert Connection.objects.count() == len(made)
    for noun in ("activities", "products", "users", "nonsense"):
        assert client.get(f"/{noun}/1/connections/new/").status_code == 404


def test_a_reader_reads_and_a_connection_of_another_record_is_not_reached(
    cast: Cast, client_for: ClientFor, dairy: Account, jane: Contact
) -> None:
    made = connect(dairy, jane, "Employee")
    reader = client_for(cast.read_only)
    shown = panel(reader, f"/accounts/{dairy.pk}/")
    assert ">Jane Doe</a>" in shown
    assert "/connections/" not in shown
    assert reader.post(f"/accounts/{dairy.pk}/connections/{made.pk}/delete/").status_code == 403
    other = AccountFactory.create(owner=cast.rep_a)
    client = client_for(cast.rep_a)
    for act in ("edit", "delete"):
        assert client.post(f"/accounts/{other.pk}/connections/{made.pk}/{act}/").status_code == 404
    Contact.objects.filter(pk=jane.pk).update(owner=cast.rep_c, owning_unit=cast.south)
    assert "Jane" not in panel(client, f"/accounts/{dairy.pk}/")
    assert client.get(f"/accounts/{dairy.pk}/connections/{made.pk}/edit/").status_code == 404
    assert Connection.objects.filter(pk=made.pk).exists()


def test_the_page_costs_the_same_with_two_and_with_many_connections(
    cast: Cast, client_for: ClientFor, dairy: Account
) -> None:
    client = client_for(cast.rep_a)

    def asked(query: str) -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(f"/accounts/{dairy.pk}/{query}").status_code == 200
        return len(queries)

    def fill(count: int) -> None:
        for _number in range(count):
            connect(dairy, ContactFactory.create(owner=cast.rep_a), "Champion")
            connect(dairy, make_lead(cast.rep_a), "Referrer")

    fill(1)
    connect(dairy, cast.rep_b, "Referrer")
    queries = ("?tab=related", "?panel=connections", "?tab=history")
    for query in queries:  # compiles the statements
        asked(query)
    few = [asked(query) for query in queries]
    fill(12)
    assert [asked(query) for query in queries] == few
    assert max(few) <= 12


@pytest.mark.django_db(transaction=True)
def test_the_same_connection_twice_at_once_is_made_once(cast: Cast, dairy: Account, jane: Contact) -> None:
    actor = User.objects.get(pk=cast.rep_a.pk)
    works = [lambda: connect(dairy, jane, "Employee", actor), lambda: connect(jane, dairy, "Employer", actor)]
    answers = at_once(works)
    assert sorted(type(answer).__name__ for answer in answers) == ["Connection", "Invalid"]
    assert Connection.objects.count() == 1
