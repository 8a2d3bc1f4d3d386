"""Qualifying a lead: what is created, used, filled, joined and linked."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from activities.models import TimelineLink
from activities.regarding import Ref
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.history import events_of
from crm.core.models import Currency
from crm.customers.models import Account, Address, Contact
from crm.customers.services.accounts import deactivate_account
from crm.customers.services.addresses import add_address
from leads.models import Lead
from sales.models import Opportunity, Qualification, QualificationResult
from sales.services.qualification import SKIP, Create, Join, Skip, Use
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead, make_qualified_lead
from tests.factories.opportunities import make_lost, qualify, salesperson_without
from tests.factories.sales import make_account, make_contact, make_opportunity, standard_list
from tests.factories.users import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
D = Decimal


def _counts() -> tuple[int, ...]:
    models: tuple[Any, ...] = (Account, Contact, Opportunity, Qualification, QualificationResult, Address)
    return tuple(getattr(model, "with_bin", model.objects).count() for model in models)


def _outcomes(qualification: Qualification) -> list[tuple[str, str]]:
    return [(result.kind, result.outcome) for result in qualification.results.order_by("pk")]


def _record(qualification: Qualification, kind: str) -> Any:
    return next(result.record for result in qualification.results.order_by("pk") if result.kind == kind)


def _reach(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_a_qualified_lead_is_closed_and_knows_when_and_by_whom(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualification = qualify(lead, actor=cast.rep_a, at=AT)
    fresh = _reach(lead)
    assert (fresh.state, fresh.status_reason, fresh.closed_at) == ("qualified", "qualified", AT)
    assert (qualification.lead, qualification.qualified_at, qualification.qualified_by) == (lead, AT, cast.rep_a)
    assert _outcomes(qualification) == [("account", "created"), ("contact", "created"), ("opportunity", "created")]
    event: Any = events_of(fresh)[0]
    assert (event.pgh_context["action"], event.pgh_context["actor"]) == ("lead.qualified", "Anna North")


def test_new_records_belong_to_the_owner_of_the_lead(cast: Cast) -> None:
    qualification = qualify(make_lead(cast.rep_a), actor=cast.manager)
    owners = {result.record.owner for result in qualification.results.all()}
    assert owners == {cast.rep_a}


def test_a_team_that_owns_the_lead_owns_the_new_records(cast: Cast) -> None:
    team = TeamFactory.create(business_unit=cast.north, members=[cast.rep_a])
    qualification = qualify(make_lead(team), actor=cast.manager)
    owners = {(result.record.owner, result.record.owner_team) for result in qualification.results.all()}
    assert owners == {(None, team)}


def test_the_customer_is_the_account_and_the_contact_works_there(cast: Cast) -> None:
    qualification = qualify(make_lead(cast.rep_a))
    account, contact = _record(qualification, "account"), _record(qualification, "contact")
    opportunity = _record(qualification, "opportunity")
    assert contact.account == account
    assert (opportunity.customer_account, opportunity.customer_contact, opportunity.contact) == (account, None, contact)


def test_without_an_account_the_customer_is_the_contact(cast: Cast) -> None:
    qualification = qualify(make_lead(cast.rep_a, company=""), account=SKIP)
    contact, opportunity = _record(qualification, "contact"), _record(qualification, "opportunity")
    assert contact.account is None
    assert (opportunity.customer_account, opportunity.customer_contact, opportunity.contact) == (None, contact, contact)


@pytest.mark.parametrize("account", ["create", "use", "skip"])
@pytest.mark.parametrize("contact", ["create", "use", "skip"])
@pytest.mark.parametrize("opportunity", ["create", "join", "skip"])
def test_every_combination_makes_exactly_what_was_chosen(
    cast: Cast, account: str, contact: str, opportunity: str
) -> None:
    lead = make_lead(cast.rep_a, email="", phone="")
    existing: dict[str, Any] = {"account": make_account(cast.rep_a), "contact": make_contact(cast.rep_a)}
    deal = make_opportunity(cast.rep_a, customer_account=existing["account"])
    before = _counts()
    choices: dict[str, Any] = {
        "account": {"create": Create(), "use": Use(existing["account"].pk), "skip": Skip()}[account],
        "contact": {"create": Create(), "use": Use(existing["contact"].pk), "skip": Skip()}[contact],
        "opportunities": {"create": [Create()], "join": [Join(deal.pk)], "skip": []}[opportunity],
    }
    if opportunity == "create" and account == contact == "skip":
        with pytest.raises(Invalid) as refusal:
            qualify(lead, **choices)
        assert refusal.value.field == "opportunity-0"
        assert (_counts(), _reach(lead).state) == (before, "open")
        return
    qualification = qualify(lead, **choices)
    made = tuple(after - earlier for after, earlier in zip(_counts(), before, strict=True))
    chosen = [choice for choice in (account, contact, opportunity) if choice != "skip"]
    assert made[:5] == (account == "create", contact == "create", opportunity == "create", 1, len(chosen))
    assert [outcome for _kind, outcome in _outcomes(qualification) if outcome in {"created", "joined"}] == [
        {"create": "created", "join": "joined"}[choice] for choice in chosen if choice != "use"
    ]
    assert _reach(lead).state == "qualified"


def test_one_lead_may_give_several_opportunities_with_values_of_their_own(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse", estimated_value=D(48000))
    choices = [Create(), Create({"topic": "Bottling line", "estimated_revenue": D(12000)})]
    qualification = qualify(lead, opportunities=choices)
    rows = Opportunity.objects.order_by("pk").values_list("topic", "estimated_revenue", "stage")
    assert list(rows) == [("Brewhouse", D(48000), "develop"), ("Bottling line", D(12000), "develop")]
    assert [kind for kind, _outcome in _outcomes(qualification)].count("opportunity") == 2


def test_a_joined_opportunity_stays_as_it_is(cast: Cast) -> None:
    deal = make_opportunity(cast.rep_a)
    before = Opportunity.objects.filter(pk=deal.pk).values().get()
    qualify(make_lead(cast.rep_a), opportunities=[Join(deal.pk), Join(deal.pk)])
    assert Opportunity.objects.filter(pk=deal.pk).values().get() == before
    assert QualificationResult.objects.filter(opportunity=deal).count() == 1


def test_a_closed_opportunity_is_not_joined(cast: Cast) -> None:
    lead, deal = make_lead(cast.rep_a), make_lost(cast.rep_a)
    before = _counts()
    with pytest.raises(Conflict):
        qualify(lead, opportunities=[Join(deal.pk)])
    assert (_counts(), _reach(lead).state) == (before, "open")


def test_qualifying_again_is_refused_and_makes_nothing(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualify(lead)
    before = _counts()
    with pytest.raises(IllegalMove):
        qualify(lead)
    assert _counts() == before


@pytest.mark.parametrize("make", [make_disqualified_lead, make_qualified_lead])
def test_a_closed_lead_is_not_qualified(cast: Cast, make: Any) -> None:
    lead = make(cast.rep_a)
    before = _counts()
    with pytest.raises(IllegalMove):
        qualify(lead)
    assert _counts() == before


@pytest.mark.parametrize("kind", ["account", "contact", "opportunity"])
def test_without_the_right_to_create_a_kind_nothing_is_made_until_it_is_skipped(cast: Cast, kind: str) -> None:
    lead = make_lead(cast.rep_a)
    seller = salesperson_without(f"create_{kind}", cast.north)
    Lead.objects.filter(pk=lead.pk).update(owner=seller)
    before = _counts()
    with pytest.raises(Forbidden):
        qualify(lead, actor=seller)
    assert (_counts(), _reach(lead).state) == (before, "open")
    skipping: dict[str, Any] = {"opportunities": []} if kind == "opportunity" else {kind: SKIP}
    made = {made for made, _outcome in _outcomes(qualify(lead, actor=seller, **skipping))}
    assert made == {"account", "contact", "opportunity"} - {kind}


def test_one_who_may_not_qualify_the_lead_changes_nothing(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    before = _counts()
    with pytest.raises(Forbidden):
        qualify(lead, actor=cast.read_only)
    with pytest.raises(NotFound):
        qualify(lead, actor=cast.rep_c)
    assert (_counts(), _reach(lead).state) == (before, "open")


@pytest.mark.parametrize("kind", ["account", "contact", "opportunities"])
def test_hidden_records_cannot_be_used_and_are_not_named(cast: Cast, kind: str) -> None:
    lead = make_lead(cast.rep_a)
    hidden: dict[str, Any] = {
        "account": Use(make_account(cast.rep_c, "Secret Holdings").pk),
        "contact": Use(make_contact(cast.rep_c, last_name="Secret").pk),
        "opportunities": [Join(make_opportunity(cast.rep_c, topic="Secret deal").pk)],
    }
    before = _counts()
    with pytest.raises(Invalid) as refusal:
        qualify(lead, actor=cast.rep_a, **{kind: hidden[kind]})
    assert "Secret" not in refusal.value.sentence
    assert refusal.value.field in {f"{kind}-record", "opportunity-record"}
    assert (_counts(), _reach(lead).state) == (before, "open")


def test_an_inactive_account_is_not_used(cast: Cast) -> None:
    lead, account = make_lead(cast.rep_a), make_account(cast.rep_a)
    deactivate_account(account_id=account.pk, actor=SYSTEM, at=AT)
    before = _counts()
    with pytest.raises(Invalid) as refusal:
        qualify(lead, account=Use(account.pk))
    assert refusal.value.field == "account-record"
    assert (_counts(), _reach(lead).state) == (before, "open")


def test_a_refused_value_names_its_part_and_undoes_the_others(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    before = _counts()
    with pytest.raises(Invalid) as refusal:
        qualify(lead, opportunities=[Create(), Create({"topic": ""})])
    assert refusal.value.field == "opportunity-1-topic"
    assert (_counts(), _reach(lead).state) == (before, "open")


def test_values_that_the_seller_typed_replace_those_of_the_lead(cast: Cast) -> None:
    qualification = qualify(
        make_lead(cast.rep_a, job_title="Boss"),
        account=Create({"name": "Williams Sheppard plc"}),
        contact=Create({"job_title": "", "first_name": "Meg"}),
    )
    contact = _record(qualification, "contact")
    assert _record(qualification, "account").name == "Williams Sheppard plc"
    assert (contact.full_name, contact.job_title) == ("Meg Chang", "")


def test_empty_fields_of_a_used_account_are_filled_and_the_others_kept(cast: Cast) -> None:
    account = make_account(cast.rep_a, employees=120, website="https://old.example")
    lead = make_lead(
        cast.rep_a, employees=140, industry="Food", website="https://new.example", annual_revenue=D(38_000_000)
    )
    qualification = qualify(lead, account=Use(account.pk, {"website": "overwrite", "annual_revenue": "keep"}))
    fresh = Account.objects.get(pk=account.pk)
    assert (fresh.employees, fresh.industry, fresh.website) == (120, "Food", "https://new.example")
    assert (fresh.website_domain, fresh.annual_revenue, fresh.name) == ("new.example", None, account.name)
    result = qualification.results.get(account=account)
    assert (result.outcome, result.record_version) == ("filled", None)
    assert result.earlier_values == {"industry": "", "website": "https://old.example"}
    assert result.written_values == {"industry": "Food", "website": "https://new.example"}


def test_the_address_is_added_or_overwritten_as_a_whole(cast: Cast) -> None:
    place: dict[str, Any] = {"street": "Regnitzufer 18", "city": "Bamberg", "postal_code": "96047"}
    bare, housed = make_account(cast.rep_a, "Bare"), make_account(cast.rep_a, "Housed")
    add_address(model=Account, customer_id=housed.pk, values={"city": "Hof", "country": "DE"}, actor=SYSTEM, at=AT)
    qualify(make_lead(cast.rep_a, **place), account=Use(bare.pk), contact=SKIP)
    qualify(make_lead(cast.rep_a, **place), account=Use(housed.pk, {"address": "overwrite"}), contact=SKIP)
    assert [str(address) for address in bare.addresses.all()] == ["Regnitzufer 18, 96047 Bamberg"]
    assert [str(address) for address in housed.addresses.all()] == ["Regnitzufer 18, 96047 Bamberg"]


def test_a_used_contact_without_a_company_joins_the_account(cast: Cast) -> None:
    free, employed = make_contact(cast.rep_a), make_contact(cast.rep_a, account=make_account(cast.rep_a, "Elsewhere"))
    first = qualify(make_lead(cast.rep_a), contact=Use(free.pk))
    qualify(make_lead(cast.rep_a), contact=Use(employed.pk))
    assert Contact.objects.get(pk=free.pk).account == _record(first, "account")
    assert str(Contact.objects.get(pk=employed.pk).account) == "Elsewhere"


def test_a_customer_that_may_only_be_read_is_used_but_not_filled(cast: Cast) -> None:
    marketer = UserFactory.create(role="Marketing", business_unit=cast.north)
    lead, account = make_lead(cast.rep_a, industry="Food"), make_account(cast.rep_a)
    before = _counts()
    with pytest.raises(Forbidden):
        qualify(lead, actor=marketer, account=Use(account.pk), opportunities=[])
    assert (_counts(), _reach(lead).state) == (before, "open")
    qualification = qualify(lead, actor=marketer, account=Use(account.pk, {"industry": "keep"}), opportunities=[])
    assert _outcomes(qualification)[0] == ("account", "used")
    assert Account.objects.get(pk=account.pk).industry == ""


def test_the_activities_of_the_lead_stand_on_the_new_records_too_and_stay_on_the_lead(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    early = make_activity(cast.rep_a, "phone_call", regarding=lead)
    qualification = qualify(lead)
    late = make_activity(cast.rep_a, "task", regarding=lead)
    for record in [lead, *(result.record for result in qualification.results.all())]:
        ref = Ref.to(record)
        links = TimelineLink.objects.filter(target_type_id=ref.type_id, target_id=ref.pk)
        assert {link.activity_id for link in links} == {early.pk, late.pk}


def test_the_opportunity_is_priced_by_the_list_of_its_currency(cast: Cast) -> None:
    dollars = Currency.objects.get(code="USD")
    in_dollars = qualify(make_lead(cast.rep_a, currency=dollars, estimated_value=D(5)))
    in_euros = qualify(make_lead(cast.rep_a, estimated_value=D(5)))
    first, second = _record(in_dollars, "opportunity"), _record(in_euros, "opportunity")
    assert (first.currency, first.price_list) == (dollars, None)
    assert (second.currency.code, second.price_list) == ("EUR", standard_list())


def test_qualification_needs_a_name_for_each_new_record(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, first_name="", last_name="", email="")
    before = _counts()
    with pytest.raises(Invalid) as refusal:
        qualify(lead, at=timezone.now())
    assert refusal.value.field == "contact-last_name"
    assert (_counts(), _reach(lead).state) == (before, "open")
