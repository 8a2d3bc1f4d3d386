"""What a lead hands over, value by value."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from crm.core.models import Currency
from crm.customers.models import Account, Contact
from leads.models import Lead
from sales.models import Opportunity
from sales.services import field_map
from sales.services.field_map import FillRule
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify

D = Decimal
LEAD: dict[str, Any] = {
    "topic": "Inline density, new brewhouse",
    "salutation": "Dr.",
    "first_name": "Katrin",
    "middle_name": "Maria",
    "last_name": "Ostermann",
    "job_title": "Head of production",
    "company": "Ostermann Brauerei GmbH",
    "email": "k.ostermann@ostermann-brauerei.example",
    "email2": "katrin@home.example",
    "phone": "+49 951 555 0142",
    "mobile": "+49 171 555 0193",
    "fax": "+49 951 555 0143",
    "website": "https://ostermann-brauerei.example",
    "street": "Regnitzufer 18",
    "city": "Bamberg",
    "state_or_province": "Bayern",
    "postal_code": "96047",
    "country": "Germany",
    "description": "Met at the fair",
    "source": "trade_show",
    "rating": "hot",
    "industry": "Food and drink",
    "annual_revenue": D(38_000_000),
    "employees": 140,
    "campaign_code": "Hannover fair 2026",
    "budget_amount": D(50000),
    "budget_status": "can_buy",
    "purchase_timeframe": "this_quarter",
    "purchase_process": "committee",
    "need": "must_have",
    "decision_maker": True,
    "estimated_value": D(48000),
    "estimated_close_on": dt.date(2026, 12, 18),
    "do_not_email": True,
    "do_not_bulk_email": True,
    "do_not_phone": False,
    "do_not_post": True,
    "do_not_fax": True,
    "preferred_contact_method": "phone",
    "utm_source": "newsletter",
    "utm_medium": "email",
    "utm_campaign": "spring",
    "utm_term": "density",
    "utm_content": "button",
}
_ADDRESS = {name: LEAD[name] for name in ("street", "city", "state_or_province", "postal_code", "country")}


def _of(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast.rep_a, **LEAD, currency=Currency.objects.get(code="EUR"))


@pytest.mark.django_db
def test_the_account_takes_over_what_is_said_of_the_company(lead: Lead) -> None:
    qualify(lead)
    account = Account.objects.get()
    assert account.name == LEAD["company"]
    names = ("website", "phone", "fax", "industry", "employees", "annual_revenue")
    assert _of(account, *names) == {name: LEAD[name] for name in names}
    assert (account.email, account.do_not_email, account.preferred_contact_method) == ("", False, "any")
    address = account.addresses.get()
    assert _of(address, *_ADDRESS) == _ADDRESS
    assert (address.is_default_bill_to, address.is_default_ship_to) == (True, True)
    assert (account.website_domain, account.phone_e164) == ("ostermann-brauerei.example", "+499515550142")


@pytest.mark.django_db
def test_the_contact_takes_over_what_is_said_of_the_person(lead: Lead) -> None:
    qualify(lead)
    contact = Contact.objects.get()
    names = (
        "salutation",
        "first_name",
        "middle_name",
        "last_name",
        "job_title",
        "email",
        "email2",
        "phone",
        "mobile",
        "fax",
        "do_not_email",
        "do_not_bulk_email",
        "do_not_phone",
        "do_not_post",
        "do_not_fax",
        "preferred_contact_method",
    )
    assert _of(contact, *names) == {name: LEAD[name] for name in names}
    assert _of(contact.addresses.get(), *_ADDRESS) == _ADDRESS
    assert contact.email_key == LEAD["email"]


@pytest.mark.django_db
def test_the_opportunity_takes_over_the_need_the_budget_and_where_it_came_from(lead: Lead) -> None:
    qualify(lead)
    opportunity = Opportunity.objects.get()
    names = (
        "topic",
        "estimated_close_on",
        "rating",
        "budget_amount",
        "budget_status",
        "purchase_timeframe",
        "purchase_process",
        "need",
        "decision_maker",
        "description",
        "source",
        "campaign_code",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
    )
    assert _of(opportunity, *names) == {name: LEAD[name] for name in names}
    assert (opportunity.estimated_revenue, opportunity.base_estimated_revenue) == (D(48000), D(48000))
    assert (opportunity.currency.code, opportunity.revenue_mode, opportunity.is_demo) == ("EUR", "user", False)
    assert (opportunity.stage, opportunity.forecast_category, opportunity.state) == ("develop", "pipeline", "open")


@pytest.mark.django_db
def test_the_result_rows_keep_what_was_written(lead: Lead) -> None:
    qualification = qualify(lead)
    account, contact, opportunity = qualification.results.order_by("pk")
    address_id = Account.objects.get().addresses.get().pk
    assert account.written_values["annual_revenue"] == "38000000.0000"
    assert account.written_values["address"] == {**_ADDRESS, "id": address_id}
    assert contact.written_values["account"] == account.account_id
    assert (opportunity.written_values["estimated_close_on"], opportunity.earlier_values) == ("2026-12-18", {})


@pytest.mark.parametrize(
    ("values", "topic"),
    [
        ({"topic": "Pumps", "company": "Ostermann"}, "Pumps"),
        ({"topic": "", "company": "Ostermann"}, "Ostermann"),
        ({"topic": "", "company": "", "name": "Katrin Ostermann"}, "Katrin Ostermann"),
        ({"topic": "", "company": "", "name": "K" * 310}, "K" * 300),
    ],
)
def test_an_opportunity_is_called_after_topic_company_or_name(values: dict[str, str], topic: str) -> None:
    assert field_map.opportunity_values(Lead(**values))["topic"] == topic


def test_a_lead_without_a_place_gives_no_address() -> None:
    assert "address" not in field_map.account_values(Lead(company="Ostermann", state_or_province="Bayern"))
    assert field_map.account_values(Lead(company="Ostermann", city="Hof"))["address"]["city"] == "Hof"


def test_only_what_says_something_is_offered_to_existing_records() -> None:
    lead = Lead(company="Ostermann", phone="1", employees=0, do_not_phone=True, preferred_contact_method="any")
    assert field_map.offered_to("account", lead) == {"phone": "1", "employees": 0}
    assert field_map.offered_to("contact", lead) == {"phone": "1", "do_not_phone": True}


@pytest.mark.parametrize(
    ("current", "rule", "written"),
    [
        ("", FillRule.KEEP, {}),
        ("", FillRule.FILL, {"phone": "new"}),
        ("", FillRule.OVERWRITE, {"phone": "new"}),
        ("old", FillRule.KEEP, {}),
        ("old", FillRule.FILL, {}),
        ("old", FillRule.OVERWRITE, {"phone": "new"}),
        ("new", FillRule.OVERWRITE, {}),
    ],
)
def test_the_rules_keep_fill_and_overwrite(current: str, rule: FillRule, written: dict[str, str]) -> None:
    assert field_map.changes(Account(phone=current), {"phone": "new"}, {"phone": rule}, None) == written


def test_fill_is_the_rule_where_none_is_given_and_zero_is_not_empty() -> None:
    offered = {"phone": "new", "employees": 5}
    assert field_map.changes(Account(), offered, {}, None) == offered
    assert field_map.changes(Account(employees=0), offered, {}, None) == {"phone": "new"}


def test_a_wish_not_to_be_called_fills_where_none_was_noted() -> None:
    assert field_map.changes(Contact(), {"do_not_phone": True}, {}, None) == {"do_not_phone": True}


def test_the_comparison_says_what_is_the_same_and_what_is_missing() -> None:
    lead = Lead(phone="1", industry="Food", employees=140, annual_revenue=D("38000000"))
    account = Account(phone="1", employees=120)
    rows = {row.name: row for row in field_map.comparison(account, field_map.offered_to("account", lead), None)}
    assert (rows["phone"].is_same, rows["industry"].is_empty) == (True, True)
    assert (rows["employees"].offered, rows["employees"].current, rows["employees"].is_empty) == ("140", "120", False)
    assert (rows["annual_revenue"].label, rows["annual_revenue"].offered) == ("Annual revenue", "38,000,000.00")
