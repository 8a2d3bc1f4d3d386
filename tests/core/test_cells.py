"""One cell of a list edited in place, and a look at a row: rights, rules, refusals, and what comes back."""

from typing import Any

import pytest
from django.test import Client

from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast.rep_a, last_name="One", rating="cold", topic="Pumps")


def url(lead: Lead, name: str) -> str:
    return f"/leads/{lead.pk}/field/{name}/?view=all&columns=name,topic,rating"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_heads_say_which_field_a_column_shows(lead: Lead, client: Client) -> None:
    page = client.get("/leads/?view=all&columns=name,topic,rating,owner.name").content.decode()
    assert [name in page for name in ('data-field="topic"', 'data-field="rating"')] == [True, True]


def test_the_field_alone_comes_and_the_row_goes_back_as_its_list_shows_it(lead: Lead, client: Client) -> None:
    cell = text_of(client.get(url(lead, "rating"), headers=HTMX))
    assert cell.startswith('<form class="cell-form"')
    assert (cell.count("<select"), f'name="version" value="{lead.version}"' in cell) == (1, True)
    answer = client.post(url(lead, "rating"), {"rating": "hot", "version": lead.version}, headers=HTMX)
    row = answer.content.decode()
    assert (answer.status_code, row.startswith("<tr"), row.count("<td")) == (200, True, 4)
    assert (">Hot</td>" in row, f'value="{lead.pk}"' in row, ">Pumps</td>" in row) == (True, True, True)
    lead.refresh_from_db()
    assert (lead.rating, lead.topic) == ("hot", "Pumps")


def test_columns_that_follow_are_settled_as_by_the_form(lead: Lead, client: Client) -> None:
    client.post(url(lead, "email"), {"email": "Anna@Example.com", "topic": "Forged"}, headers=HTMX)
    lead.refresh_from_db()
    assert (lead.email_key, lead.topic) == ("anna@example.com", "Pumps")


def test_a_wrong_value_is_told_in_the_cell(lead: Lead, client: Client) -> None:
    answer = client.post(url(lead, "email"), {"email": "nobody"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "closest td", "innerHTML")
    assert "Enter a valid email address." in text_of(answer)
    assert Lead.objects.get().email == ""


def test_what_somebody_else_saved_is_not_overwritten(lead: Lead, client: Client) -> None:
    answer = client.post(url(lead, "rating"), {"rating": "hot", "version": lead.version + 1}, headers=HTMX)
    assert (answer.status_code, "Somebody else has saved" in text_of(answer)) == (409, True)
    assert Lead.objects.get().rating == "cold"


def test_without_htmx_it_is_a_page(lead: Lead, client: Client) -> None:
    assert '<form class="form" method="post"' in text_of(client.get(url(lead, "rating")))
    assert client.post(url(lead, "rating"), {"rating": "hot"})["Location"] == f"/leads/{lead.pk}/"
    assert Lead.objects.get().rating == "hot"


@pytest.mark.parametrize("name", ["owner", "state", "number", "is_demo", "nothing", "account.name"])
def test_only_fields_of_the_form_are_there(name: str, lead: Lead, client: Client) -> None:
    assert client.get(url(lead, name)).status_code == 404
    assert client.post(url(lead, name), {name: "1"}).status_code == 404


def test_a_closed_record_says_so(cast: Cast, client: Client) -> None:
    closed = make_disqualified_lead(cast.rep_a, rating="cold")
    for answer in (client.get(url(closed, "rating")), client.post(url(closed, "rating"), {"rating": "hot"})):
        assert answer.status_code == 409
    assert Lead.objects.get().rating == "cold"


@pytest.mark.parametrize(("who", "status"), [("rep_b", 404), ("read_only", 403), ("manager", 200)])
def test_rights_are_those_of_the_form(who: str, status: int, lead: Lead, cast: Cast, client_for: ClientFor) -> None:
    client = client_for(getattr(cast, who))
    assert client.get(url(lead, "rating"), headers=HTMX).status_code == status
    assert client.post(url(lead, "rating"), {"rating": "hot"}, headers=HTMX).status_code == status
    assert Lead.objects.get().rating == ("hot" if status == 200 else "cold")


def test_a_look_shows_what_the_page_says_first(lead: Lead, client: Client, cast: Cast, client_for: ClientFor) -> None:
    panel = text_of(client.get(f"/leads/{lead.pk}/peek/", headers=HTMX))
    assert panel.startswith('<div class="peek-head">')
    assert [words in panel for words in ("Megan One", "Pumps", f'href="/leads/{lead.pk}/"')] == [True] * 3
    assert "<title>" in client.get(f"/leads/{lead.pk}/peek/").content.decode()
    assert client_for(cast.rep_b).get(f"/leads/{lead.pk}/peek/", headers=HTMX).status_code == 404
