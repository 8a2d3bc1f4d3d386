"""Opportunities: won, lost, reopened."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from activities.models import Activity
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.history import events_of
from crm.core.models import StatusReason
from sales.models import Opportunity, Quote
from sales.services.opportunities import reopen_opportunity
from sales.services.orders import cancel_order, create_order_from_opportunity, create_order_from_quote
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.cast import Cast
from tests.factories.opportunities import lose, make_competitor, make_lost, make_won, today, win
from tests.factories.sales import again, make_opportunity, no_tax, write_in

pytestmark = pytest.mark.django_db
D = Decimal


def _row(opportunity: Opportunity) -> dict[str, Any]:
    return dict(Opportunity.with_bin.filter(pk=opportunity.pk).values().get())


def _close_records() -> list[Activity]:
    return list(Activity.objects.filter(kind="close").order_by("pk"))


def _quote(opportunity: Opportunity, *, active: bool, actor: Any) -> Quote:
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=actor, at=timezone.now())
    return activate_quote(quote_id=quote.pk, actor=actor, at=timezone.now()) if active else quote


def _reopen(opportunity: Opportunity, actor: Any) -> Opportunity:
    return reopen_opportunity(opportunity_id=opportunity.pk, actor=actor, at=timezone.now())


def test_winning_takes_the_estimate_and_leaves_a_close_record(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, estimated_revenue=D("1250.50"))
    win(opportunity, actor=cast.rep_a, description="They liked the loop.")
    fresh = again(opportunity)
    assert (fresh.state, fresh.status_reason) == ("won", "won")
    assert (fresh.actual_revenue, fresh.base_actual_revenue) == (D("1250.50"), D("1250.50"))
    assert (fresh.actual_close_on, fresh.closing_note) == (today(), "They liked the loop.")
    [record] = _close_records()
    assert (record.state, record.regarding, record.owner) == ("completed", fresh, cast.rep_a)
    assert record.description == "They liked the loop."
    assert record.figures == {
        "actual_revenue": "1250.50",
        "currency": "EUR",
        "closed_on": today().isoformat(),
        "state": "won",
        "status_reason": "won",
    }


def test_a_typed_revenue_is_rounded_to_the_currency(cast: Cast) -> None:
    won = win(make_opportunity(cast.rep_a), actual_revenue=D("10.005"))
    assert again(won).actual_revenue == D("10.01")


def test_winning_without_any_figure_is_worth_nothing(cast: Cast) -> None:
    assert again(win(make_opportunity(cast.rep_a))).actual_revenue == D(0)


def test_losing_names_reason_and_competitor(cast: Cast) -> None:
    competitor = make_competitor()
    opportunity = make_opportunity(cast.rep_a, estimated_revenue=D(70))
    lose(opportunity, competitor_id=competitor.pk, actual_revenue=D(0), actor=cast.rep_a)
    fresh = again(opportunity)
    assert (fresh.state, fresh.status_reason, fresh.lost_to) == ("lost", "out_sold", competitor)
    assert fresh.actual_revenue == D(0)
    [record] = _close_records()
    assert record.figures["competitor"] == "Cold Chain Partners"


def test_a_reason_that_an_administrator_added_can_be_given(cast: Cast) -> None:
    StatusReason.objects.create(noun="opportunity", state="lost", key="no_budget", label="No budget")
    assert again(lose(make_opportunity(cast.rep_a), status_reason="no_budget")).status_reason == "no_budget"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"status_reason": "tired"}, "status_reason"),
        ({"status_reason": "won"}, "status_reason"),
        ({"competitor_id": 0}, "competitor"),
        ({"closed_on": dt.date(2999, 1, 1)}, "closed_on"),
        ({"actual_revenue": D(-1)}, "actual_revenue"),
    ],
)
def test_a_loss_that_makes_no_sense_is_refused(cast: Cast, options: dict[str, Any], field: str) -> None:
    opportunity = make_opportunity(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(Invalid) as refusal:
        lose(opportunity, **options)
    assert refusal.value.field == field
    assert _row(opportunity) == before
    assert _close_records() == []


def test_open_quotes_are_closed_in_the_same_step(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    draft = _quote(opportunity, active=False, actor=cast.rep_a)
    active = _quote(opportunity, active=True, actor=cast.rep_a)
    lose(opportunity, actor=cast.rep_a)
    assert [(again(quote).state, again(quote).status_reason) for quote in (draft, active)] == [
        ("closed", "canceled"),
        ("closed", "lost"),
    ]


def test_quotes_of_a_won_opportunity_are_canceled(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    active = _quote(opportunity, active=True, actor=cast.rep_a)
    win(opportunity, actor=cast.rep_a)
    assert (again(active).state, again(active).status_reason) == ("closed", "canceled")


@pytest.mark.parametrize("close", [win, lose])
@pytest.mark.parametrize("active", [True, False])
def test_without_closing_the_quotes_it_stays_open_and_they_are_listed(cast: Cast, close: Any, active: bool) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    quote = _quote(opportunity, active=active, actor=cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(Conflict) as refusal:
        close(opportunity, close_quotes=False)
    assert refusal.value.details == (quote.number,)
    assert _row(opportunity) == before
    assert again(quote).state == quote.state
    assert _close_records() == []


@pytest.mark.parametrize("close", [win, lose])
@pytest.mark.parametrize("make", [make_won, make_lost])
def test_a_closed_opportunity_is_not_closed_again(cast: Cast, close: Any, make: Any) -> None:
    opportunity = make(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(IllegalMove):
        close(opportunity)
    assert _row(opportunity) == before
    assert len(_close_records()) == 1


@pytest.mark.parametrize("close", [win, lose])
def test_only_those_with_the_right_close_it(cast: Cast, close: Any) -> None:
    opportunity = make_opportunity(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(Forbidden):
        close(opportunity, actor=cast.read_only)
    with pytest.raises(NotFound):
        close(opportunity, actor=cast.rep_c)
    assert _row(opportunity) == before


@pytest.mark.parametrize("make", [make_won, make_lost])
def test_reopening_clears_the_figures_and_cancels_the_close_record(cast: Cast, make: Any) -> None:
    opportunity = make(cast.rep_a)
    _reopen(opportunity, cast.rep_a)
    fresh = again(opportunity)
    assert (fresh.state, fresh.status_reason) == ("open", "in_progress")
    assert (fresh.actual_revenue, fresh.base_actual_revenue, fresh.actual_close_on, fresh.lost_to) == (None,) * 4
    assert [record.state for record in _close_records()] == ["canceled"]


def test_the_figures_of_a_reopened_opportunity_remain_in_its_history(cast: Cast) -> None:
    opportunity = make_won(cast.rep_a)
    _reopen(opportunity, cast.rep_a)
    events = [(event.pgh_context["action"], event.actual_revenue) for event in _events(opportunity)]
    assert events[:2] == [("opportunity.reopened", None), ("opportunity.won", D(900))]


def _events(opportunity: Opportunity) -> list[Any]:
    return list(events_of(opportunity))


def test_an_open_opportunity_is_not_reopened(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    before = _row(opportunity)
    with pytest.raises(IllegalMove):
        _reopen(opportunity, cast.rep_a)
    assert _row(opportunity) == before


def test_won_business_with_an_order_stays_won_until_the_order_is_canceled(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    quote = _quote(opportunity, active=True, actor=cast.rep_a)
    order = create_order_from_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert again(opportunity).state == "won"
    before = _row(opportunity)
    with pytest.raises(Conflict) as refusal:
        _reopen(opportunity, cast.rep_a)
    assert refusal.value.details == (f"Order: {order.number}",)
    assert _row(opportunity) == before
    cancel_order(order_id=order.pk, actor=cast.rep_a, at=timezone.now())
    assert _reopen(opportunity, cast.rep_a).state == "open"


def test_lost_business_is_reopened_whatever_refers_to_it(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100", rate=no_tax())])
    create_order_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    lose(opportunity, actor=cast.rep_a)
    assert _reopen(opportunity, cast.rep_a).state == "open"
