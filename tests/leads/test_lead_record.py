"""What the page of a lead tells at a glance: facts, stages, key facts, and who it may be already."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.actors import SYSTEM
from crm.customers.models import Account
from crm.customers.services.accounts import create_account
from crm.customers.services.contacts import create_contact
from leads.models import Lead
from leads.services.leads import contact_lead, disqualify_lead
from leads.views.facts import stages
from tests.catalog.pages import text_of
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import AT, make_lead
from tests.fixtures import ClientFor


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def told(lead: Lead) -> list[tuple[str, str, str]]:
    return [(str(stage.label), stage.status, str(stage.note)) for stage in stages(Lead.objects.get(pk=lead.pk))]


def test_the_stages_of_a_lead_say_how_long_each_took(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, at=AT)
    with time_machine.travel(AT + dt.timedelta(minutes=38), tick=False):
        assert told(lead) == [("New", "current", "38 min"), ("Contacted", "next", ""), ("Qualified", "next", "")]
        contact_lead(lead_id=lead.pk, actor=cast.rep_a, at=AT + dt.timedelta(minutes=38))
    with time_machine.travel(AT + dt.timedelta(hours=20), tick=False):
        assert told(lead) == [("New", "done", "38 min"), ("Contacted", "current", "19 h"), ("Qualified", "next", "")]
    disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=AT + dt.timedelta(days=3, minutes=38))
    assert told(lead)[1:] == [("Contacted", "done", "3 days"), ("Disqualified", "failed", "5 Mar 2026")]


def test_a_lead_closed_without_a_contact_skipped_that_stage(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, at=AT)
    disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=AT + dt.timedelta(minutes=5))
    assert told(lead)[:2] == [("New", "done", "5 min"), ("Contacted", "next", "skipped")]


def test_the_page_shows_the_facts_that_matter(cast: Cast, anna: Client) -> None:
    lead = make_lead(
        cast.rep_a,
        email="m@williams.example",
        phone="+44 20 7946 0000",
        estimated_value=Decimal(48000),
        budget_amount=Decimal(50000),
        budget_status="can_buy",
        need="should_have",
        topic="Inline density",
    )
    call = make_activity(cast.rep_a, "phone_call", subject="Pipe diameters", regarding=lead)
    page = text_of(anna, f"/leads/{lead.pk}/")
    for text in ("48,000.00", "Should have", "· can buy", "Inline density", f'href="/activities/{call.pk}/"', "0 min"):
        assert text in page, text
    assert 'href="mailto:m@williams.example"' in page
    assert f'href="/leads/{lead.pk}/edit/#id_email"' in page


def test_the_card_of_possible_duplicates_names_visible_ones_with_their_reasons(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, company="Acme Ltd", email="ann@acme.example", first_name="Ann", last_name="Lee")
    for owner, name in ((cast.rep_a, "Acme"), (cast.rep_c, "ACME Limited")):
        create_account(values={"name": name}, owner=owner, actor=SYSTEM, at=AT)
    same = {"first_name": "Ann", "last_name": "Lee", "email": "ann@acme.example"}
    create_contact(values=same, owner=cast.rep_a, actor=SYSTEM, at=AT)
    whole = text_of(anna, f"/leads/{lead.pk}/")
    assert f'hx-get="/leads/{lead.pk}/?panel=duplicates"' in whole
    card = text_of(anna, f"/leads/{lead.pk}/?panel=duplicates")
    assert "Same company name" in card
    assert "Same e-mail address, Same name" in card
    assert "ACME Limited" not in card


def test_the_known_customer_is_no_duplicate(cast: Cast, anna: Client) -> None:
    account = create_account(values={"name": "Acme"}, owner=cast.rep_a, actor=SYSTEM, at=AT)
    lead = make_lead(cast.rep_a, company="Acme", existing_account=account)
    assert "None found" in text_of(anna, f"/leads/{lead.pk}/?panel=duplicates")


def test_a_hidden_account_is_told_as_hidden(cast: Cast, anna: Client) -> None:
    hidden = create_account(values={"name": "Secret Ltd"}, owner=cast.rep_c, actor=SYSTEM, at=AT)
    lead = make_lead(cast.rep_a, existing_account=hidden)
    for tab in ("timeline", "details", "history"):
        page = text_of(anna, f"/leads/{lead.pk}/?tab={tab}")
        assert "Secret Ltd" not in page
        assert f"/accounts/{hidden.pk}/" not in page
    assert "An account you may not see" in text_of(anna, f"/leads/{lead.pk}/")


def test_the_duplicates_card_costs_few_queries(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, company="Acme", email="ann@acme.example")
    for _number in range(8):
        create_account(values={"name": "Acme"}, owner=cast.rep_a, actor=SYSTEM, at=AT)
    assert Account.objects.count() == 8
    url = f"/leads/{lead.pk}/?panel=duplicates"
    anna.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert "3 more" in text_of(anna, url)
    assert len(queries) <= 7  # session, person, lead, rules, and one for each of three tables


def test_the_list_of_somebody_who_owns_nothing_leads_to_what_they_may_see(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    nothing = text_of(client, "/leads/")
    assert "No leads yet" in nothing
    assert '<li class="line-node is-current" aria-current="step">' in nothing
    lead = make_lead(cast.rep_a)
    page = text_of(client, "/leads/")
    assert "Nothing in “My open leads”" in page
    assert '<a href="/leads/?view=open">All open leads</a>' in page
    disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=AT)
    assert '<a href="/leads/?view=all">All leads</a>' in text_of(client, "/leads/")
    assert "No leads yet" in text_of(client_for(cast.rep_c), "/leads/")


@pytest.mark.parametrize("name", ["account", "contact"])
def test_a_hidden_record_in_the_address_of_a_new_lead_reads_like_a_missing_one(
    cast: Cast, anna: Client, name: str
) -> None:
    hidden_account = create_account(values={"name": "Secret Ltd"}, owner=cast.rep_c, actor=SYSTEM, at=AT)
    person = {"last_name": "Secretive", "account": hidden_account}
    hidden_contact = create_contact(values=person, owner=cast.rep_c, actor=SYSTEM, at=AT)
    pk = {"account": hidden_account.pk, "contact": hidden_contact.pk}[name]
    pages = [text_of(anna, f"/leads/new/?{name}={key}") for key in (pk, 999_999, "x", "")]
    assert not any("Secret" in page for page in pages)
    fields = [re.findall(r'name="existing_\w+"[^>]*', page) for page in pages]
    assert fields[0] == fields[1] == fields[2] == fields[3]
