"""Reopening a qualified lead takes back what came of it, or changes nothing at all."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from activities.models import TimelineLink
from activities.regarding import Ref
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.history import events_of
from crm.customers.models import Account, Address, Contact
from crm.customers.services.accounts import update_account
from crm.customers.services.addresses import add_address, update_address
from crm.customers.services.contacts import update_contact
from crm.users.models import Share
from crm.users.services.ownership import assign_record
from leads.models import Lead
from leads.services.leads import reopen_lead
from sales.models import Opportunity, Qualification, QualificationResult, Quote
from sales.services.opportunities import hold_opportunity, update_opportunity
from sales.services.qualification import SKIP, Join, Use
from sales.services.quotes import create_quote_from_opportunity
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import make_lead, make_qualified_lead
from tests.factories.opportunities import make_competitor, qualify, win
from tests.factories.sales import make_account, make_contact, make_opportunity, no_tax, put_lines, write_in

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
PLACE: dict[str, Any] = {"street": "Regnitzufer 18", "city": "Bamberg", "postal_code": "96047"}


def _reopen(lead: Lead, actor: Any) -> Lead:
    return reopen_lead(lead_id=lead.pk, actor=actor, at=LATER)


def _everything() -> dict[str, list[dict[str, Any]]]:
    models: tuple[Any, ...] = (Lead, Account, Contact, Opportunity, Address, Qualification, QualificationResult)
    links = list(TimelineLink.objects.order_by("pk").values("activity", "target_type", "target_id"))
    rows = {model.__name__: list(getattr(model, "with_bin", model.objects).order_by("pk").values()) for model in models}
    return rows | {"links": links}


def _links(record: Any) -> int:
    ref = Ref.to(record)
    return TimelineLink.objects.filter(target_type_id=ref.type_id, target_id=ref.pk).count()


def test_created_records_go_to_the_bin_and_the_lead_is_new_again(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, **PLACE)
    make_activity(cast.rep_a, regarding=lead)
    qualification = qualify(lead, actor=cast.rep_a, at=AT)
    made = [result.record for result in qualification.results.all()]
    assert [_links(record) for record in made] == [1, 1, 1]
    _reopen(lead, cast.rep_a)
    fresh = Lead.objects.get(pk=lead.pk)
    assert (fresh.state, fresh.status_reason, fresh.closed_at) == ("open", "new", None)
    assert not Account.objects.exists()
    assert not Contact.objects.exists()
    assert not Opportunity.objects.exists()
    binned: list[Any] = [model.with_bin.get() for model in (Account, Contact, Opportunity)]
    assert [record.deleted_at for record in binned] == [LATER] * 3
    assert [_links(record) for record in [*made, lead]] == [0, 0, 0, 1]
    kept = Qualification.objects.get()
    assert (kept.undone_at, kept.undone_by) == (LATER, cast.rep_a)
    event: Any = events_of(binned[2])[0]
    assert event.pgh_context["action"] == "lead.reopened"


def test_a_reopened_lead_is_qualified_anew(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualify(lead, at=AT)
    _reopen(lead, cast.rep_a)
    again = qualify(lead, at=LATER)
    assert [result.outcome for result in again.results.all()] == ["created"] * 3
    assert (Account.objects.count(), Qualification.objects.count()) == (1, 2)


def test_filled_fields_are_restored_and_used_records_stay(cast: Cast) -> None:
    account = make_account(cast.rep_a, website="https://old.example", employees=120)
    free = make_contact(cast.rep_a)
    lead = make_lead(cast.rep_a, website="https://new.example", industry="Food", annual_revenue=Decimal("1.5"), **PLACE)
    qualify(lead, account=Use(account.pk, {"website": "overwrite"}), contact=Use(free.pk), actor=cast.rep_a, at=AT)
    _reopen(lead, cast.rep_a)
    fresh = Account.objects.get(pk=account.pk)
    assert (fresh.website, fresh.website_domain, fresh.industry) == ("https://old.example", "old.example", "")
    assert (fresh.annual_revenue, fresh.employees, fresh.addresses.count()) == (None, 120, 0)
    assert Contact.objects.get(pk=free.pk).account is None


def test_an_overwritten_address_is_restored(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    add_address(model=Account, customer_id=account.pk, values={"city": "Hof"}, actor=SYSTEM, at=AT)
    lead = make_lead(cast.rep_a, **PLACE)
    qualify(lead, account=Use(account.pk, {"address": "overwrite"}), contact=SKIP, opportunities=[])
    _reopen(lead, cast.rep_a)
    assert [(address.street, address.city) for address in account.addresses.all()] == [("", "Hof")]


def test_a_joined_opportunity_stays_and_only_the_link_goes(cast: Cast) -> None:
    deal = make_opportunity(cast.rep_a)
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, regarding=lead)
    qualify(lead, opportunities=[Join(deal.pk)])
    update_opportunity(opportunity_id=deal.pk, values={"topic": "Moved on"}, actor=cast.rep_a, at=LATER)
    assert _links(deal) == 1
    _reopen(lead, cast.rep_a)
    assert Opportunity.objects.get().topic == "Moved on"
    assert _links(deal) == 0


def test_a_lead_that_was_brought_in_as_qualified_is_simply_open_again(cast: Cast) -> None:
    assert _reopen(make_qualified_lead(cast.rep_a), cast.rep_a).state == "open"


def _hold(_cast: Cast, _lead: Lead) -> None:
    hold_opportunity(opportunity_id=Opportunity.objects.get().pk, actor=SYSTEM, at=LATER)


def _assign(cast: Cast, _lead: Lead) -> None:
    assign_record(model=Account, record_id=Account.objects.get().pk, owner=cast.rep_b, actor=SYSTEM, at=LATER)


def _rename(_cast: Cast, _lead: Lead) -> None:
    values = {"name": "Another name"}
    update_account(account_id=Account.objects.get().pk, values=values, actor=SYSTEM, at=LATER)


def _add_line(_cast: Cast, _lead: Lead) -> None:
    put_lines(Opportunity.objects.get(), write_in("1", rate=no_tax()))


def _win(_cast: Cast, _lead: Lead) -> None:
    win(Opportunity.objects.get())


def _bin(_cast: Cast, _lead: Lead) -> None:
    Opportunity.objects.update(deleted_at=LATER)


def _quote(_cast: Cast, _lead: Lead) -> None:
    create_quote_from_opportunity(opportunity_id=Opportunity.objects.get().pk, actor=SYSTEM, at=LATER)


def _second_contact(cast: Cast, _lead: Lead) -> None:
    make_contact(cast.rep_a, last_name="Second", account=Account.objects.get())


def _activity(cast: Cast, _lead: Lead) -> None:
    make_activity(cast.rep_a, regarding=Contact.objects.get(), subject="Call back")


def _address(_cast: Cast, _lead: Lead) -> None:
    values = {"city": "Hof"}
    add_address(model=Account, customer_id=Account.objects.get().pk, values=values, actor=SYSTEM, at=LATER)


def _moved(_cast: Cast, _lead: Lead) -> None:
    address = Account.objects.get().addresses.get()
    update_address(address_id=address.pk, values={"city": "Hof"}, actor=SYSTEM, at=LATER)


def _competitor(_cast: Cast, _lead: Lead) -> None:
    Opportunity.objects.get().competitors.add(make_competitor())


def _other_lead(cast: Cast, _lead: Lead) -> None:
    other = make_lead(cast.rep_a, last_name="Other")
    qualify(other, account=Use(Account.objects.get().pk, {"address": "keep"}), contact=SKIP, opportunities=[])


def _named_by_a_lead(cast: Cast, _lead: Lead) -> None:
    make_lead(cast.rep_a, last_name="Again", existing_contact=Contact.objects.get())


def _share(cast: Cast, _lead: Lead) -> None:
    Share.objects.create(record=Account.objects.get(), user=cast.rep_b)


@pytest.mark.parametrize(
    ("happens", "named"),
    [
        (_hold, "Opportunity: Williams-Sheppard Ltd has been changed since."),
        (_assign, "Account: Williams-Sheppard Ltd has been changed since."),
        (_rename, "Account: Another name has been changed since."),
        (_add_line, "Opportunity line: Write-in"),
        (_win, "Opportunity: Williams-Sheppard Ltd has been changed since."),
        (_bin, "Opportunity: Williams-Sheppard Ltd has been changed since."),
        (_quote, "Quote: QUO-2026-00001"),
        (_second_contact, "Contact: Wyatt Second"),
        (_activity, "Activity: Call back"),
        (_address, "Address: Hof"),
        (_moved, "Address of Account: Williams-Sheppard Ltd has been changed since."),
        (_competitor, "Competitor of an opportunity: Cold Chain Partners"),
        (_other_lead, "Result of a qualification: Used as it was: Williams-Sheppard Ltd"),
        (_named_by_a_lead, "Lead: Megan Again"),
        (_share, "Share"),
    ],
)
def test_what_has_been_used_since_holds_the_qualification(
    cast: Cast, happens: Callable[[Cast, Lead], None], named: str
) -> None:
    lead = make_lead(cast.rep_a, **PLACE)
    qualify(lead, actor=cast.rep_a, at=AT)
    happens(cast, lead)
    before = _everything()
    with pytest.raises(Conflict) as refusal:
        _reopen(lead, cast.administrator)
    assert any(detail.startswith(named) for detail in refusal.value.details), refusal.value.details
    assert _everything() == before


def test_a_filled_field_that_was_changed_since_holds_it(cast: Cast) -> None:
    account, contact = make_account(cast.rep_a), make_contact(cast.rep_a)
    lead = make_lead(cast.rep_a, industry="Food", job_title="Boss")
    qualify(lead, account=Use(account.pk), contact=Use(contact.pk), opportunities=[])
    update_account(account_id=account.pk, values={"industry": "Drink"}, actor=SYSTEM, at=LATER)
    update_contact(contact_id=contact.pk, values={"department": "Sales"}, actor=SYSTEM, at=LATER)
    before = _everything()
    with pytest.raises(Conflict) as refusal:
        _reopen(lead, cast.rep_a)
    assert refusal.value.details == ("Industry of Account: Green Lakes Dairy has been changed since.",)
    assert _everything() == before


def test_another_field_of_a_filled_record_may_have_changed(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    lead = make_lead(cast.rep_a, industry="Food")
    qualify(lead, account=Use(account.pk), contact=SKIP, opportunities=[])
    update_account(account_id=account.pk, values={"employees": 5}, actor=SYSTEM, at=LATER)
    _reopen(lead, cast.rep_a)
    fresh = Account.objects.get(pk=account.pk)
    assert (fresh.industry, fresh.employees) == ("", 5)


def test_what_the_actor_may_not_see_is_counted_but_not_named(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualify(lead, actor=cast.rep_a)
    account = Account.objects.get()
    make_contact(cast.rep_c, last_name="Secret", account=account)
    with pytest.raises(Conflict) as refusal:
        _reopen(lead, cast.rep_a)
    assert refusal.value.details == ("A contact you may not see",)


def test_only_those_with_the_right_reopen_it(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualify(lead)
    before = _everything()
    with pytest.raises(Forbidden):
        _reopen(lead, cast.read_only)
    with pytest.raises(NotFound):
        _reopen(lead, cast.rep_c)
    assert _everything() == before


def test_what_has_been_deleted_meanwhile_no_longer_holds_it(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    qualify(lead)
    create_quote_from_opportunity(opportunity_id=Opportunity.objects.get().pk, actor=SYSTEM, at=LATER)
    Quote.objects.update(deleted_at=LATER)
    assert _reopen(lead, cast.rep_a).state == "open"


def test_another_lead_whose_own_qualification_was_undone_no_longer_holds_it(cast: Cast) -> None:
    first, second = make_lead(cast.rep_a, company="Acme"), make_lead(cast.rep_a, company="Bolt")
    opportunity = qualify(first, contact=SKIP).results.get(opportunity__isnull=False).opportunity
    assert opportunity is not None
    qualify(second, account=SKIP, contact=SKIP, opportunities=[Join(opportunity.pk)])
    with pytest.raises(Conflict):
        reopen_lead(lead_id=first.pk, actor=SYSTEM, at=AT)
    reopen_lead(lead_id=second.pk, actor=SYSTEM, at=AT)
    assert list(Opportunity.objects.all()) == [opportunity]
    reopen_lead(lead_id=first.pk, actor=SYSTEM, at=AT)
    assert not Opportunity.objects.exists()
