"""Which field of a lead fills which field of what it becomes: as shipped, and as administrators choose otherwise."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.services import retire_field
from crm.core.errors import Forbidden, Invalid
from crm.customers.models import Account, Contact
from leads.models import Lead
from sales.models import Opportunity, QualificationMap
from sales.services.map_fields import MODELS, obstacle, sources, targets
from sales.services.qualification import Create, Use, qualify_lead
from sales.services.qualification_many import qualify_as_usual
from sales.services.qualification_map import SHIPPED, change_map, choices_of, reset_map
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead
from tests.factories.sales import make_account
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db
URL = "/qualification-map/"


def choose(actor: Any = SYSTEM, **kinds: dict[str, str]) -> QualificationMap:
    return change_map(choices=kinds, actor=actor, at=timezone.now())


def qualify(lead: Lead, actor: Any = SYSTEM, account: Any = None) -> tuple[Account, Contact, Opportunity]:
    given = Create() if account is None else account
    lead = Lead.objects.get(pk=lead.pk)
    qualify_lead(
        lead_id=lead.pk, account=given, contact=Create(), opportunities=[Create()], actor=actor, at=timezone.now()
    )
    return Account.objects.latest("pk"), Contact.objects.latest("pk"), Opportunity.objects.latest("pk")


def test_all_of_the_shipped_map_fits() -> None:
    given = sources(SYSTEM)
    for kind in MODELS:
        taking = targets(kind, SYSTEM)
        pairs = {target: source for target, source in SHIPPED[kind].items() if target != "is_demo"}
        assert {target: obstacle(given[source], taking[target]) for target, source in pairs.items()} == dict.fromkeys(
            pairs, ""
        )


def test_columns_and_added_fields_fill_one_another(cast: Cast) -> None:
    make_field("Sector", "choice", choices="Dairy,Beer")
    make_field("Herd", "whole")
    make_field("Visit", "date")
    make_field("Rank", "choice", noun="customers.account", choices="Hot,Warm,Cold")
    make_field("Where from", "text", noun="sales.opportunity")
    make_field("Deal", "decimal", noun="sales.opportunity")
    choose(
        account={"industry": "custom_sector", "employees": "custom_herd", "custom_rank": "rating", "fax": ""},
        contact={"department": "topic", "born_on": "custom_visit"},
        opportunity={"custom_where_from": "source", "custom_deal": "budget_amount", "pain_points": "description"},
    )
    custom = {"sector": "beer", "herd": "120", "visit": "2026-05-04"}
    values: dict[str, Any] = {
        "industry": "Food",
        "employees": 9,
        "fax": "+4912345",
        "rating": "warm",
        "source": "trade_show",
    }
    lead = make_lead(
        cast.rep_a, company="A", topic="T", custom=custom, budget_amount=Decimal("12.50"), description="Ouch", **values
    )

    account, contact, opportunity = qualify(lead, cast.rep_a)

    assert (account.industry, account.employees, account.fax, account.custom) == ("Beer", 120, "", {"rank": "warm"})
    assert (contact.department, contact.born_on, contact.fax) == ("T", dt.date(2026, 5, 4), "+4912345")
    assert opportunity.custom == {"where_from": "Trade show", "deal": "12.5"}
    assert (opportunity.pain_points, opportunity.description, opportunity.source) == ("Ouch", "Ouch", "trade_show")


def test_preview_existing_records_and_bulk_read_the_same_map(cast: Cast, client_for: ClientFor) -> None:
    choose(account={"phone2": "mobile"}, opportunity={"topic": "job_title"})
    account = make_account(cast.rep_a, name="Other")
    lead = make_lead(cast.rep_a, company="A", topic="T", mobile="+49171555", job_title="Buyer")
    page = client_for(cast.rep_a).get(f"/leads/{lead.pk}/qualify/").content.decode()
    assert 'value="Buyer"' in page

    qualify(lead, cast.rep_a, Use(account.pk, {"phone2": "fill"}))

    account.refresh_from_db()
    assert account.phone2 == "+49171555"
    many = make_lead(cast.rep_a, company="B", last_name="Many", topic="T", mobile="+49171556", job_title="Owner")
    qualify_as_usual(lead_id=many.pk, with_opportunity=True, actor=cast.rep_a, at=timezone.now())
    assert (Account.objects.latest("pk").phone2, Opportunity.objects.latest("pk").topic) == ("+49171556", "Owner")


def test_what_the_seller_may_not_read_or_write_does_not_carry_over(cast: Cast) -> None:
    role = cast.manager.roles.get()
    make_field("Secret", readers=[role.pk])
    make_field("Verdict", noun="sales.opportunity", writers=[role.pk])
    choose(opportunity={"pain_points": "custom_secret", "custom_verdict": "industry"})
    values: dict[str, Any] = {"company": "A", "industry": "Food", "custom": {"secret": "S"}}

    mine = qualify(make_lead(cast.rep_a, last_name="One", **values), cast.rep_a)[2]
    theirs = qualify(make_lead(cast.rep_a, last_name="Two", **values), cast.manager)[2]

    assert (mine.pain_points, mine.custom) == ("", {})
    assert (theirs.pain_points, theirs.custom) == ("S", {"verdict": "Food"})


@pytest.mark.parametrize(
    ("kind", "target", "source", "sentence"),
    [
        ("account", "employees", "company", "“Company” is of the kind “Text”, and “Employees” takes “Whole number”."),
        ("account", "fax", "description", "“Description” may hold several lines, and “Fax” takes one."),
        ("account", "email", "company", "“E-mail” takes e-mail addresses alone."),
        ("account", "type", "rating", "“Hot” is no choice of “Type”."),
        ("account", "address", "city", "An address fills an address and nothing else."),
        ("account", "fax", "owner", "Leads have no such field. Choose another one."),
        ("account", "parent", "company", "There is no field “parent”."),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(kind: str, target: str, source: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=re.escape(sentence)):
        choose(**{kind: {target: source}})
    assert not QualificationMap.objects.exists()


def test_the_page_shows_saves_refuses_and_goes_back_to_what_ships(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    with CaptureQueriesContext(connection) as asked:
        sent = dict(_controls(client.get(URL).content.decode()))
    assert len(asked) <= 8
    assert (sent["account-name"], sent["account-phone2"], sent["opportunity-estimated_revenue"]) == (
        *("company", ""),
        "estimated_value",
    )

    refused = client.post(URL, sent | {"account-fax": "description", "idempotency_key": ""})
    assert refused.status_code == 422
    assert "may hold several lines, and “Fax” takes one" in refused.content.decode()
    assert not QualificationMap.objects.exclude(choices={}).exists()

    assert client.post(URL, sent | {"account-phone2": "mobile", "account-name": ""}).status_code == 302
    assert QualificationMap.objects.get().choices == {"account": {"phone2": "mobile", "name": ""}}
    page = client.get(URL).content.decode()
    assert "somebody has to type it at each qualification" in page
    assert 'Account: Second phone: <span class="muted">Nothing</span> → Mobile phone' in page

    assert client.post(f"{URL}reset/").status_code == 302
    assert QualificationMap.objects.get().choices == {}
    page = client.get(URL).content.decode()
    assert "went back to the shipped map" in page
    assert dict(_controls(page)) | {"version": "", "idempotency_key": ""} == sent | {
        "version": "",
        "idempotency_key": "",
    }


def test_two_administrators_at_once_see_both_choices(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    sent = dict(_controls(client.get(URL).content.decode()))
    choose(account={"phone2": "mobile"}, contact={"website": "website"})

    answer = client.post(URL, sent | {"account-phone2": "phone"})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert re.findall(r'name="keep-([\w-]+)" value="(\w+)" checked', page) == [
        ("account-phone2", "yours"),
        ("contact-website", "saved"),
    ]
    assert QualificationMap.objects.get().choices == {
        "account": {"phone2": "mobile"},
        "contact": {"website": "website"},
    }
    again = dict(_controls(page)) | {"keep-account-phone2": "yours", "keep-contact-website": "saved"}
    assert client.post(URL, again).status_code == 302
    assert QualificationMap.objects.get().choices == {"account": {"phone2": "phone"}, "contact": {"website": "website"}}


def test_a_field_that_goes_is_said_on_the_page_and_carries_nothing(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Sector")
    choose(account={"industry": "custom_sector"})
    lead = make_lead(cast.rep_a, company="A", industry="Food", custom={"sector": "Beer"})
    retire_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())

    account = qualify(lead)[0]

    assert account.industry == ""
    client = client_for(cast.administrator)
    page = client.get(URL).content.decode()
    assert "The field that filled it is gone." in page
    assert client.post(URL, dict(_controls(page))).status_code == 302
    assert QualificationMap.objects.get().choices == {"account": {"industry": "custom_sector"}}


def test_nobody_else_changes_the_map(cast: Cast, client_for: ClientFor) -> None:
    with pytest.raises(Forbidden):
        choose(cast.manager, account={"fax": ""})
    with pytest.raises(Forbidden):
        reset_map(actor=cast.manager, at=timezone.now())
    assert client_for(cast.manager).post(URL, {"account-fax": ""}).status_code == 403
    assert not QualificationMap.objects.exists()


def test_an_added_field_of_the_same_key_can_be_taken_out_and_put_back(cast: Cast) -> None:
    for noun in ("leads.lead", "customers.account"):
        make_field("Herd", "whole", noun=noun)
    choose(account={"custom_herd": ""})
    lead = make_lead(cast.rep_a, company="A", custom={"herd": "7"})
    assert qualify(lead)[0].custom == {}
    choose(account={"custom_herd": "custom_herd"})
    assert choices_of("account", SYSTEM) == {}
    other = make_lead(cast.rep_a, company="B", last_name="Other", custom={"herd": "7"})
    assert qualify(other)[0].custom == {"herd": "7"}


def _controls(page: str) -> list[tuple[str, str]]:
    form = page[page.index('<form class="map-form"') :]
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form)
    chosen = re.findall(r'<select name="([\w-]+)".*?<option value="(\w*)" selected>', form, re.DOTALL)
    return [pair for pair in (*hidden, *chosen) if pair[0] != "csrfmiddlewaretoken"]
