"""Forms: what is refused keeps what was typed, nothing is doubled, nothing is overwritten unseen."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.test import Client

from crm.core.forms import RecordForm
from crm.core.screens.conflicts import value_words
from crm.customers.models import Account
from crm.users.depth import Depth
from crm.users.models import IdempotencyKey
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.core.lead_screens import LeadForm
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, "read", "create", "write", "delete")
    return client_for(cast.rep_a)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found, f"no hidden field {name}"
    return found.group(1)


def opened(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode()
    keys = {"idempotency_key": hidden(page, "idempotency_key")}
    return keys | ({"version": hidden(page, "version")} if "/edit/" in address else {})


def test_a_new_record_is_made_and_shown(cast: Cast, anna: Client) -> None:
    response = anna.post("/leads/new/", {**opened(anna, "/leads/new/"), "last_name": "Moser", "company": "Lindenhof"})
    lead = Lead.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert (lead.last_name, lead.company, lead.owner) == ("Moser", "Lindenhof", cast.rep_a)
    assert "Saved" in anna.get(f"/leads/{lead.pk}/").content.decode()


def test_wrong_values_come_back_with_a_sentence_at_the_field(anna: Client) -> None:
    response = anna.post("/leads/new/", {"last_name": "Moser", "rating": "lukewarm", "estimated_close_on": "tomorrow"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Moser"' in page
    assert 'value="tomorrow"' in page
    assert 'id="id_estimated_close_on_error"' in page
    assert 'id="id_rating_error"' in page
    assert not Lead.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_what_the_service_refuses_stands_at_its_field(anna: Client) -> None:
    response = anna.post("/leads/new/", {**opened(anna, "/leads/new/"), "last_name": "Moser", "company": "Refused"})
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(r'id="id_company_error">\s*<li><svg[^\n]*</svg>\s*This company is refused\.</li>', page)
    assert 'value="Moser"' in page
    assert not Lead.objects.exists()


def test_what_somebody_else_took_at_the_same_moment_is_refused_in_words(cast: Cast, anna: Client) -> None:
    lead_row(cast.rep_c, number="TAKEN")
    response = anna.post("/leads/new/", {"last_name": "Moser", "company": "Taken"})
    assert response.status_code == 422
    assert "Somebody has just saved a record with the same values." in response.content.decode()
    assert Lead.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_a_refusal_the_same_key_may_be_sent_with_better_values(anna: Client) -> None:
    sent = {**opened(anna, "/leads/new/"), "last_name": "Moser", "company": "Refused"}
    assert anna.post("/leads/new/", sent).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert anna.post("/leads/new/", {**sent, "company": "Accepted"}).status_code == 302
    assert list(Lead.objects.values_list("company", flat=True)) == ["Accepted"]


def test_a_form_sent_twice_makes_one_record(anna: Client) -> None:
    sent = {**opened(anna, "/leads/new/"), "last_name": "Moser"}
    first, second = anna.post("/leads/new/", sent), anna.post("/leads/new/", sent)
    assert Lead.objects.count() == 1
    assert first["Location"] == second["Location"] == f"/leads/{Lead.objects.get().pk}/"


def test_the_same_key_with_other_values_is_refused(anna: Client) -> None:
    sent = {**opened(anna, "/leads/new/"), "last_name": "Moser"}
    anna.post("/leads/new/", sent)
    response = anna.post("/leads/new/", {**sent, "last_name": "Other"})
    assert response.status_code == 409
    assert list(Lead.objects.values_list("last_name", flat=True)) == ["Moser"]


def test_creating_needs_the_right(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "read", "write")
    client = client_for(cast.rep_a)
    assert client.get("/leads/new/").status_code == 403
    assert client.post("/leads/new/", {"last_name": "Moser"}).status_code == 403
    assert not Lead.objects.exists()


def test_a_record_is_changed(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old")
    address = f"/leads/{lead.pk}/edit/"
    assert 'value="Old"' in anna.get(address).content.decode()
    response = anna.post(address, {**opened(anna, address), "last_name": "Moser", "company": "New"})
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    lead.refresh_from_db()
    assert (lead.company, lead.version) == ("New", 2)


def test_a_change_sent_twice_takes_effect_once_and_is_no_conflict(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser")
    address = f"/leads/{lead.pk}/edit/"
    sent = {**opened(anna, address), "last_name": "Moser", "company": "New"}
    assert [anna.post(address, sent).status_code for _again in range(2)] == [302, 302]
    lead.refresh_from_db()
    assert lead.version == 2


def choices_on(page: str) -> dict[str, tuple[str, str, str]]:
    """Label of each field that differs: what I typed, what is saved, which of them is chosen."""
    cells = r"<td>([^<]*)</td>\s*<td[^>]*>([^<]*)</td>\s*<td[^>]*>([^<]*)</td>"
    rows = re.findall(cells + r'.*?value="(\w+)" checked', page, re.DOTALL)
    return {label: (yours, saved, chosen) for label, yours, saved, chosen in rows}


def keys_of(page: str) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("version", "idempotency_key")}


def test_a_stale_form_shows_both_values_and_saves_the_chosen_ones(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old", rating="cold")
    address = f"/leads/{lead.pk}/edit/"
    sent = {**opened(anna, address), "last_name": "Moser", "company": "Mine", "rating": "hot"}
    Lead.objects.filter(pk=lead.pk).update(company="Theirs")
    response = anna.post(address, sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert choices_on(page) == {"Company": ("Mine", "Theirs", "yours"), "Rating": ("Hot", "Cold", "yours")}
    assert 'value="Mine"' in page
    lead.refresh_from_db()
    assert lead.company == "Theirs"
    chosen = {"keep-company": "saved", "keep-rating": "yours"}
    assert anna.post(address, {**sent, **keys_of(page), **chosen}).status_code == 302
    lead.refresh_from_db()
    assert (lead.company, lead.rating) == ("Theirs", "hot")


def test_saving_once_more_without_a_choice_keeps_what_was_typed(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old")
    address = f"/leads/{lead.pk}/edit/"
    sent = {**opened(anna, address), "last_name": "Moser", "company": "Mine"}
    Lead.objects.filter(pk=lead.pk).update(company="Theirs")
    page = anna.post(address, sent).content.decode()
    assert anna.post(address, {**sent, **keys_of(page)}).status_code == 302
    lead.refresh_from_db()
    assert lead.company == "Mine"


def test_a_field_that_one_left_alone_keeps_the_saved_value_unless_one_says_otherwise(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old", estimated_close_on=dt.date(2026, 3, 1))
    address = f"/leads/{lead.pk}/edit/"
    left_alone = {"company": "Old", "estimated_close_on": "2026-03-01"}
    sent = {**opened(anna, address), "last_name": "Mosel", **left_alone}
    Lead.objects.filter(pk=lead.pk).update(company="Theirs & Co", estimated_close_on=dt.date(2026, 4, 2))
    page = anna.post(address, sent).content.decode()
    assert choices_on(page) == {
        "Last name": ("Mosel", "Moser", "yours"),
        "Company": ("Old", "Theirs &amp; Co", "saved"),
        "Estimated close": ("1 Mar 2026", "2 Apr 2026", "saved"),
    }
    assert "[[&quot;company&quot;, &quot;Theirs &amp; Co&quot;]]" in page
    chosen = {"keep-last_name": "yours", "keep-company": "saved", "keep-estimated_close_on": "saved"}
    assert anna.post(address, {**sent, **keys_of(page), **chosen}).status_code == 302
    lead.refresh_from_db()
    assert (lead.last_name, lead.company, lead.estimated_close_on) == ("Mosel", "Theirs & Co", dt.date(2026, 4, 2))


def test_a_choice_made_on_a_stale_page_is_asked_again(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old")
    address = f"/leads/{lead.pk}/edit/"
    sent = {**opened(anna, address), "last_name": "Moser", "company": "Mine"}
    Lead.objects.filter(pk=lead.pk).update(company="Theirs")
    page = anna.post(address, sent).content.decode()
    Lead.objects.filter(pk=lead.pk).update(last_name="Moserin")
    response = anna.post(address, {**sent, **keys_of(page), "keep-company": "saved"})
    assert response.status_code == 409
    assert list(choices_on(response.content.decode())) == ["Last name"]
    lead.refresh_from_db()
    assert (lead.last_name, lead.company) == ("Moserin", "Theirs")


def test_a_version_that_is_no_number_is_stale(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old")
    response = anna.post(f"/leads/{lead.pk}/edit/", {"last_name": "Moser", "company": "New", "version": "x"})
    assert response.status_code == 409
    lead.refresh_from_db()
    assert lead.company == "Old"


def test_who_may_only_read_cannot_edit(cast: Cast, client_for: ClientFor) -> None:
    lead = lead_row(cast.rep_a, last_name="Moser", company="Old")
    grant(cast.rep_a, Depth.OWN, "read")
    client = client_for(cast.rep_a)
    assert client.get(f"/leads/{lead.pk}/edit/").status_code == 403
    assert client.post(f"/leads/{lead.pk}/edit/", {"last_name": "x", "company": "New"}).status_code == 403
    lead.refresh_from_db()
    assert lead.company == "Old"


def test_an_invisible_record_cannot_be_edited(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_c, last_name="Secret", company="Old")
    for response in (anna.get(f"/leads/{lead.pk}/edit/"), anna.post(f"/leads/{lead.pk}/edit/", {"company": "New"})):
        assert response.status_code == 404
        assert "Secret" not in response.content.decode()
    lead.refresh_from_db()
    assert lead.company == "Old"


def test_a_record_whose_state_forbids_it_is_not_edited(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, company="Old")
    Lead.objects.filter(pk=lead.pk).update(state="disqualified", status_reason="lost", closed_at=lead.created_at)
    for response in (anna.get(f"/leads/{lead.pk}/edit/"), anna.post(f"/leads/{lead.pk}/edit/", {"company": "New"})):
        assert response.status_code == 409
        assert "Closed leads cannot be edited." in response.content.decode()
    lead.refresh_from_db()
    assert lead.company == "Old"


def test_without_a_csrf_token_nothing_is_changed(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read", "create")
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rep_a)
    assert client.post("/leads/new/", {"last_name": "Moser"}).status_code == 403
    assert not Lead.objects.exists()


def test_htmx_is_sent_to_the_result(anna: Client) -> None:
    response = anna.post("/leads/new/", {"last_name": "Moser"}, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/leads/{Lead.objects.get().pk}/")


def test_choice_fields_offer_only_what_one_may_see(cast: Cast) -> None:
    class ReferringForm(RecordForm[Lead]):
        class Meta:
            model = Lead
            fields = ("existing_account",)

    offered: Any = ReferringForm(actor=cast.rep_a).fields["existing_account"]
    assert str(offered.queryset.query) == str(Account.objects.visible_to(cast.rep_a).query)


def test_a_form_never_saves(cast: Cast) -> None:
    form = LeadForm({"last_name": "Moser"}, actor=cast.rep_a)
    assert form.is_valid()
    with pytest.raises(TypeError, match="saved by services"):
        form.save()
    assert not Lead.objects.exists()


def test_an_amount_of_two_versions_is_read_as_it_is_typed() -> None:
    words = [value_words(forms.DecimalField(), Decimal(stored)) for stored in ("81500.0000", "12.5000", "0.12345")]
    assert words == ["81500", "12.50", "0.12345"]
