"""Opportunities: made, changed, held, resumed, cloned."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from activities.models import TimelineLink
from activities.regarding import Ref
from catalog.models import PriceList
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.history import events_of
from crm.core.models import Currency, ExchangeRate
from crm.customers.services.accounts import deactivate_account
from sales.models import Opportunity
from sales.services.opportunities import (
    clone_opportunity,
    create_opportunity,
    hold_opportunity,
    resume_opportunity,
    update_opportunity,
)
from sales.services.quotes import create_quote_from_opportunity
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.opportunities import make_competitor, make_lost, make_won
from tests.factories.sales import (
    again,
    make_account,
    make_contact,
    make_opportunity,
    make_product,
    no_tax,
    put_lines,
    row,
    standard_list,
    write_in,
)

pytestmark = pytest.mark.django_db
D = Decimal
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def _dollar_list(**values: Any) -> PriceList:
    return PriceList.objects.create(name="Dollars", currency=Currency.objects.get(code="USD"), **values)


def _changed(opportunity: Opportunity, actor: Any = SYSTEM, **values: Any) -> Opportunity:
    return update_opportunity(opportunity_id=opportunity.pk, values=values, actor=actor, at=AT)


def _row(opportunity: Opportunity) -> dict[str, Any]:
    return dict(Opportunity.with_bin.filter(pk=opportunity.pk).values().get())


def test_a_new_opportunity_is_in_progress_and_takes_currency_and_prices_from_the_organisation(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    made = create_opportunity(
        values={"topic": "Élan pumps", "customer_account": account, "estimated_revenue": D("1200.50")},
        owner=cast.rep_a,
        actor=cast.rep_a,
        at=AT,
    )
    fresh = again(made)
    assert (fresh.state, fresh.status_reason) == ("open", "in_progress")
    assert (fresh.currency.code, fresh.price_list) == ("EUR", standard_list())
    assert (fresh.estimated_revenue, fresh.base_estimated_revenue) == (D("1200.50"), D("1200.50"))
    assert (fresh.stage, fresh.stage_entered_at, fresh.sort_key) == ("qualify", AT, "elan pumps")
    assert (fresh.owner, fresh.owning_unit, fresh.created_by) == (cast.rep_a, cast.north, cast.rep_a)
    assert events_of(fresh)[0].pgh_context["action"] == "opportunity.created"  # type: ignore[attr-defined]  # an event


def test_the_customers_price_list_and_its_currency_are_the_default(cast: Cast) -> None:
    dollars = _dollar_list()
    ExchangeRate.objects.create(currency=dollars.currency, valid_from=dt.date(2026, 1, 1), rate=D("1.25"))
    account = make_account(cast.rep_a, price_list=dollars, currency=dollars.currency)
    made = create_opportunity(
        values={"topic": "Pumps", "customer_account": account, "estimated_revenue": D(1000)},
        owner=cast.rep_a,
        actor=SYSTEM,
        at=AT,
    )
    assert (made.currency.code, made.price_list) == ("USD", dollars)
    assert again(made).base_estimated_revenue == D(800)


@pytest.mark.parametrize("customers", [(), ("account", "person")])
def test_an_opportunity_has_exactly_one_customer(cast: Cast, customers: tuple[str, ...]) -> None:
    values: dict[str, Any] = {"topic": "Pumps"}
    if customers:
        values |= {"customer_account": make_account(cast.rep_a), "customer_contact": make_contact(cast.rep_a)}
    with pytest.raises(Invalid) as refusal:
        create_opportunity(values=values, owner=cast.rep_a, actor=SYSTEM, at=AT)
    assert refusal.value.field == "customer_account"
    assert not Opportunity.with_bin.exists()


def test_an_inactive_customer_gets_no_new_opportunity(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    account = deactivate_account(account_id=account.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Invalid):
        create_opportunity(
            values={"topic": "Pumps", "customer_account": account}, owner=cast.rep_a, actor=SYSTEM, at=AT
        )
    assert not Opportunity.with_bin.exists()


def test_a_price_list_of_another_currency_is_refused(cast: Cast) -> None:
    values = {
        "topic": "Pumps",
        "customer_account": make_account(cast.rep_a),
        "currency": Currency.objects.get(code="EUR"),
        "price_list": _dollar_list(),
    }
    with pytest.raises(Invalid) as refusal:
        create_opportunity(values=values, owner=cast.rep_a, actor=SYSTEM, at=AT)
    assert refusal.value.field == "price_list"
    assert not Opportunity.with_bin.exists()


def test_readers_make_no_opportunity(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    with pytest.raises(Forbidden):
        create_opportunity(
            values={"topic": "Pumps", "customer_account": account},
            owner=cast.read_only,
            actor=cast.read_only,
            at=AT,
        )
    assert not Opportunity.with_bin.exists()


def test_calculated_revenue_is_the_total_of_the_lines_and_cannot_be_typed(cast: Cast) -> None:
    product = make_product("55.55", rate=no_tax())
    opportunity = make_opportunity(cast.rep_a, [row(product, "2")], estimated_revenue=D(7))
    assert again(opportunity).estimated_revenue == D(7)
    _changed(opportunity, revenue_mode="calculated", estimated_revenue=D(9))
    assert again(opportunity).estimated_revenue == D("111.10")
    put_lines(again(opportunity), write_in("100", rate=no_tax()))
    assert again(opportunity).estimated_revenue == D("211.10")
    _changed(opportunity, revenue_mode="user", estimated_revenue=D(50))
    fresh = again(opportunity)
    assert (fresh.estimated_revenue, fresh.base_estimated_revenue, fresh.total_amount) == (D(50), D(50), D("211.10"))


def test_the_database_ties_calculated_revenue_to_the_total(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())], revenue_mode="calculated")
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=opportunity.pk).update(estimated_revenue=D(1))
    assert again(opportunity).estimated_revenue == D(100)


@pytest.mark.parametrize("holder", ["lines", "quotes"])
def test_the_currency_is_fixed_while_lines_or_quotes_exist(cast: Cast, holder: str) -> None:
    opportunity = make_opportunity(cast.rep_a)
    if holder == "lines":
        put_lines(opportunity, write_in("100", rate=no_tax()))
    else:
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=AT)
    before = _row(opportunity)
    with pytest.raises(Invalid) as refusal:
        _changed(opportunity, currency=Currency.objects.get(code="USD"), price_list=None)
    assert refusal.value.field == "currency"
    assert _row(opportunity) == before


def test_the_currency_changes_while_there_is_nothing_to_price(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    _changed(opportunity, currency=Currency.objects.get(code="USD"), price_list=None)
    assert again(opportunity).currency.code == "USD"


@pytest.mark.parametrize("make", [make_won, make_lost])
def test_a_closed_opportunity_is_read_only(cast: Cast, make: Any) -> None:
    opportunity = make(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(Conflict):
        _changed(opportunity, actor=cast.rep_a, topic="Another topic")
    assert _row(opportunity) == before


def test_a_value_that_does_not_fit_is_refused_at_its_field(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(Invalid) as refusal:
        _changed(opportunity, probability=150)
    assert refusal.value.field == "probability"
    assert _row(opportunity) == before


def test_others_may_neither_see_nor_change_it(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(NotFound):
        _changed(opportunity, actor=cast.rep_c, topic="Mine")
    with pytest.raises(Forbidden):
        _changed(opportunity, actor=cast.read_only, topic="Mine")
    assert _row(opportunity) == before


def test_hold_and_resume_change_only_the_reason(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    held = hold_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=AT)
    assert (again(held).state, again(held).status_reason) == ("open", "on_hold")
    with pytest.raises(Conflict):
        hold_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=AT)
    resumed = resume_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=AT)
    assert (again(resumed).state, again(resumed).status_reason) == ("open", "in_progress")


def test_a_clone_has_header_lines_and_competitors_and_is_open(cast: Cast) -> None:
    product = make_product("20", rate=no_tax())
    source = make_opportunity(
        cast.rep_b, [row(product, "3"), write_in("5", rate=no_tax())], rating="hot", estimated_revenue=D(65)
    )
    source.competitors.add(make_competitor())
    clone = again(clone_opportunity(opportunity_id=source.pk, actor=cast.manager, at=AT))
    assert (clone.pk != source.pk, clone.topic, clone.rating, clone.owner) == (True, source.topic, "hot", cast.manager)
    assert (clone.state, clone.stage_entered_at, clone.total_amount) == ("open", AT, D(65))
    lines = [(line.name, line.quantity, line.net_amount) for line in clone.lines.all()]
    assert lines == [(product.name, D(3), D(60)), ("Write-in", D(1), D(5))]
    assert [str(competitor) for competitor in clone.competitors.all()] == ["Cold Chain Partners"]


def test_a_clone_of_a_closed_opportunity_is_open_without_a_close_date(cast: Cast) -> None:
    source = make_won(cast.rep_a, estimated_close_on=dt.date(2026, 2, 1))
    clone = again(clone_opportunity(opportunity_id=source.pk, actor=cast.rep_a, at=AT))
    assert (clone.state, clone.actual_revenue, clone.estimated_close_on) == ("open", None, None)


def test_activities_follow_an_opportunity_to_another_customer(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    activity = make_activity(cast.rep_a, regarding=opportunity)
    other = make_account(cast.rep_a, "Blue Ridge Foods")
    _changed(opportunity, customer_account=other)
    ref = Ref.to(other)
    assert TimelineLink.objects.filter(activity=activity, target_type_id=ref.type_id, target_id=other.pk).exists()
