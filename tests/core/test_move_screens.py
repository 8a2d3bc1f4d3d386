"""Moves and deletions: GET asks and changes nothing, POST acts once, and a refusal leaves everything as it was."""

import re

import pytest
from django.test import Client

from crm.core import deletion
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, "read", "write", "delete", "disqualify")
    return client_for(cast.rep_a)


def pair(lead: Lead) -> tuple[str, str]:
    return Lead.with_bin.values_list("state", "status_reason").get(pk=lead.pk)


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="([^"]*)"', page)
    assert found
    return found.group(1)


def test_get_shows_the_form_and_changes_nothing(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    page = anna.get(f"/leads/{lead.pk}/disqualify/").content.decode()
    assert '<select name="reason"' in page
    assert 'name="idempotency_key"' in page
    assert pair(lead) == ("open", "new")


def test_a_move_without_a_form_asks_its_question(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    page = anna.get(f"/leads/{lead.pk}/contact/").content.decode()
    assert "The lead becomes Contacted." in page
    assert pair(lead) == ("open", "new")
    response = anna.post(f"/leads/{lead.pk}/contact/")
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert pair(lead) == ("open", "contacted")


def test_a_move_is_made_and_said(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    response = anna.post(f"/leads/{lead.pk}/disqualify/", {"reason": "lost"})
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert pair(lead) == ("disqualified", "lost")
    assert "Lead disqualified" in anna.get(f"/leads/{lead.pk}/").content.decode()


def test_a_move_sent_twice_is_made_once_and_answered_twice(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    page = anna.get(f"/leads/{lead.pk}/disqualify/").content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    sent = {"reason": "lost", "idempotency_key": key.group(1)}
    assert [anna.post(f"/leads/{lead.pk}/disqualify/", sent).status_code for _again in range(2)] == [302, 302]
    assert Lead.objects.get(pk=lead.pk).version == 2


@pytest.mark.parametrize("address", ["contact", "disqualify"])
def test_an_illegal_move_is_refused_with_a_sentence_that_names_the_state(
    cast: Cast, anna: Client, address: str
) -> None:
    lead = lead_row(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(state="qualified", status_reason="qualified", closed_at=lead.created_at)
    for response in (
        anna.get(f"/leads/{lead.pk}/{address}/"),
        anna.post(f"/leads/{lead.pk}/{address}/", {"reason": "lost"}),
    ):
        assert response.status_code == 409
        assert f"This lead is qualified, so it cannot be changed that way ({address})." in response.content.decode()
    assert pair(lead) == ("qualified", "qualified")


@pytest.mark.parametrize(("reason", "sentence"), [("", "This field is required."), ("canceled", "Nobody cancels")])
def test_wrong_values_show_the_form_again(cast: Cast, anna: Client, reason: str, sentence: str) -> None:
    lead = lead_row(cast.rep_a)
    response = anna.post(f"/leads/{lead.pk}/disqualify/", {"reason": reason})
    assert response.status_code == 422
    assert 'id="id_reason_error"' in response.content.decode()
    assert sentence in response.content.decode()
    assert pair(lead) == ("open", "new")


def test_a_move_needs_its_own_right(cast: Cast, client_for: ClientFor) -> None:
    lead = lead_row(cast.rep_a)
    grant(cast.rep_a, Depth.OWN, "read", "write")
    client = client_for(cast.rep_a)
    assert client.get(f"/leads/{lead.pk}/disqualify/").status_code == 403
    assert client.post(f"/leads/{lead.pk}/disqualify/", {"reason": "lost"}).status_code == 403
    assert pair(lead) == ("open", "new")


def test_a_hidden_record_is_not_there_for_any_move(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_c, "Secret name")
    for address in ("disqualify", "contact", "delete"):
        for response in (anna.get(f"/leads/{lead.pk}/{address}/"), anna.post(f"/leads/{lead.pk}/{address}/")):
            assert response.status_code == 404
            assert "Secret name" not in response.content.decode()
    assert pair(lead) == ("open", "new")
    assert Lead.objects.filter(pk=lead.pk).exists()


def test_a_question_about_a_record_that_somebody_saved_meanwhile_is_asked_again(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, company="Old & Co")
    url = f"/leads/{lead.pk}/contact/"
    asked = version_on(anna.get(url).content.decode())
    Lead.objects.filter(pk=lead.pk).update(company="New & Co")
    response = anna.post(url, {"version": asked})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Company: Old &amp; Co → New &amp; Co" in page
    assert pair(lead) == ("open", "new")
    assert anna.post(url, {"version": version_on(page)}).status_code == 302
    assert pair(lead) == ("open", "contacted")


@pytest.mark.parametrize("version", ["x", "99999999999999999999", "-1", "1 ", "²"])
def test_a_question_with_a_version_that_is_none_is_asked_again(cast: Cast, anna: Client, version: str) -> None:
    lead = lead_row(cast.rep_a)
    assert anna.post(f"/leads/{lead.pk}/contact/", {"version": version}).status_code == 409
    assert pair(lead) == ("open", "new")


def test_htmx_gets_a_refusal_as_a_fragment(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(state="qualified", status_reason="qualified", closed_at=lead.created_at)
    response = anna.post(f"/leads/{lead.pk}/contact/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "<html" not in response.content.decode()
    assert "data-problem" in response.content.decode()


def test_deleting_asks_first_and_goes_back_to_the_list(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, "Katrin Ostermann")
    page = anna.get(f"/leads/{lead.pk}/delete/").content.decode()
    assert "Delete Katrin Ostermann?" in page
    assert Lead.objects.filter(pk=lead.pk).exists()
    response = anna.post(f"/leads/{lead.pk}/delete/")
    assert (response.status_code, response["Location"]) == (302, "/leads/")
    assert not Lead.objects.filter(pk=lead.pk).exists()
    assert Lead.with_bin.get(pk=lead.pk).deleted_at is not None


def test_a_deletion_sent_twice_is_answered_twice(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    page = anna.get(f"/leads/{lead.pk}/delete/").content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    sent = {"idempotency_key": key.group(1)}
    assert [anna.post(f"/leads/{lead.pk}/delete/", sent).status_code for _again in range(2)] == [302, 302]


def test_what_depends_on_a_record_is_listed_and_holds_it(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    other = lead_row(cast.rep_a, "Holder <1>")
    deletion.holds(Lead, lambda records: Lead.objects.filter(pk=other.pk) if lead in records else Lead.objects.none())
    for response, status in (
        (anna.get(f"/leads/{lead.pk}/delete/"), 200),
        (anna.post(f"/leads/{lead.pk}/delete/"), 409),
    ):
        page = response.content.decode()
        assert response.status_code == status
        assert "Lead: Holder &lt;1&gt;" in page
        assert "btn-danger" not in page
    assert Lead.objects.filter(pk=lead.pk).exists()


def test_deleting_needs_its_own_right(cast: Cast, client_for: ClientFor) -> None:
    lead = lead_row(cast.rep_a)
    grant(cast.rep_a, Depth.OWN, "read", "write")
    client = client_for(cast.rep_a)
    assert client.get(f"/leads/{lead.pk}/delete/").status_code == 403
    assert client.post(f"/leads/{lead.pk}/delete/").status_code == 403
    assert Lead.objects.filter(pk=lead.pk).exists()
