"""Opportunities and their life: made, changed, held, won, lost, reopened."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from activities.links import relink
from activities.services.closing import Closing, record_closes
from catalog.models import Competitor
from crm.core.access import READ, WRITE, check_create, check_locked, lock_for, names_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.errors import Conflict, Invalid
from crm.core.folding import fold
from crm.core.models import Organisation
from crm.core.money import ZERO, round_money
from crm.core.reasons import reasons_for
from crm.core.transactions import service
from crm.core.values import set_values
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.services.campaigns import recognise_campaign
from sales.models import Invoice, Opportunity, Order, RevenueMode
from sales.services.closing import close_open_quotes, closing_of, open_quotes_of, retract_close_records
from sales.services.documents import in_base, recalculate
from sales.services.headers import (
    PRICED_FIELDS,
    change_header,
    check_active,
    check_customer,
    fill_commerce,
    lend_currency,
    set_rate,
)
from sales.services.lines import lock_editable
from sales.services.opportunity_lines import copy_competitors, copy_lines
from sales.states import OPPORTUNITY_MACHINE

WIN, LOSE, REOPEN = "win", "lose", "reopen"
FIRST_STAGE, STAGE_AFTER_QUALIFYING = "qualify", "develop"

OPPORTUNITY_FIELDS = (
    "topic",
    *PRICED_FIELDS,
    "revenue_mode",
    "estimated_revenue",
    "estimated_close_on",
    "probability",
    "rating",
    "forecast_category",
    "budget_amount",
    "budget_status",
    "purchase_timeframe",
    "purchase_process",
    "decision_maker",
    "need",
    "current_situation",
    "customer_need",
    "pain_points",
    "proposed_solution",
)


@service("opportunity.created")
def create_opportunity(
    *, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, stage: str = FIRST_STAGE
) -> Opportunity:
    """`values` are columns by name; currency and price list come from the customer or the organisation if empty."""
    check_create(actor, Opportunity)
    organisation = Organisation.load()
    today = organisation.today(at)
    opportunity = Opportunity(**owner_fields(owner), stage=stage, stage_entered_at=at)
    set_values(opportunity, values, OPPORTUNITY_FIELDS)
    recognise_campaign(opportunity, values)
    set_custom(opportunity, values, actor)
    opportunity.sort_key = fold(opportunity.topic)
    check_customer(opportunity)
    check_active(opportunity.contact, "contact")
    fill_commerce(opportunity, organisation, on=today)
    opportunity.discount_per_unit = organisation.discount_per_unit
    if opportunity.revenue_mode == RevenueMode.CALCULATED:
        opportunity.estimated_revenue = ZERO
    set_rate(opportunity, on=today, organisation=organisation)
    opportunity.base_total_amount = in_base(opportunity, ZERO, organisation)
    opportunity.base_estimated_revenue = in_base(opportunity, opportunity.estimated_revenue, organisation)
    opportunity.save(force_insert=True)
    return opportunity


@service("opportunity.changed")
def update_opportunity(*, opportunity_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Opportunity:
    """A closed opportunity is read-only; the currency stays while lines, quotes or orders exist."""
    opportunity, _order = lock_editable(Opportunity, opportunity_id, actor)
    customers_before = _customers(opportunity)
    _check_currency(opportunity, values)
    change_header(opportunity, values, OPPORTUNITY_FIELDS, actor)
    _validate(opportunity, values)
    recalculate(opportunity, at=at)
    if _customers(opportunity) != customers_before:
        relink(opportunity)
    return opportunity


def _customers(opportunity: Opportunity) -> tuple[int | None, ...]:
    return opportunity.customer_account_id, opportunity.customer_contact_id, opportunity.contact_id


def _check_currency(opportunity: Opportunity, values: Mapping[str, Any]) -> None:
    currency = values.get("currency", opportunity.currency)
    if currency == opportunity.currency:
        return
    if opportunity.quotes.exists() or opportunity.orders.exists():
        raise Invalid(
            _("The currency cannot change while there are quotes or orders. Make a new opportunity instead."),
            field="currency",
        )


def _validate(opportunity: Opportunity, values: Mapping[str, Any]) -> None:
    """Foreign keys are left to the database."""
    typed = {field.name for field in opportunity._meta.fields if field.name in values and not field.is_relation}
    try:
        opportunity.clean_fields(exclude={field.name for field in opportunity._meta.fields} - typed)
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise Invalid(str(sentences[0]), field=name) from error


@service("opportunity.held")
def hold_opportunity(*, opportunity_id: int, actor: Actor, at: dt.datetime) -> Opportunity:
    opportunity = lock_for(Opportunity, opportunity_id, actor, WRITE)
    opportunity.hold()
    opportunity.save()
    return opportunity


@service("opportunity.resumed")
def resume_opportunity(*, opportunity_id: int, actor: Actor, at: dt.datetime) -> Opportunity:
    opportunity = lock_for(Opportunity, opportunity_id, actor, WRITE)
    opportunity.resume()
    opportunity.save()
    return opportunity


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an opportunity ended. `actual_revenue` None takes the estimate."""

    closed_on: dt.date
    actual_revenue: Decimal | None = None
    description: str = ""
    close_quotes: bool = True


@service("opportunity.won")
def win_opportunity(
    *,
    opportunity_id: int,
    actual_revenue: Decimal | None,
    closed_on: dt.date,
    description: str,
    close_quotes: bool,
    actor: Actor,
    at: dt.datetime,
) -> Opportunity:
    """Close as won, with the estimate where no revenue is given. Draft and active quotes are closed, or they refuse."""
    opportunity = lock_for(Opportunity, opportunity_id, actor, WIN)
    how = Outcome(
        closed_on=closed_on, actual_revenue=actual_revenue, description=description, close_quotes=close_quotes
    )
    record_closes(closings=win_locked(opportunity, how, actor=actor, at=at), actor=actor, at=at)
    return opportunity


def win_locked(opportunity: Opportunity, how: Outcome, *, actor: Actor, at: dt.datetime) -> list[Closing]:
    """For acts that have locked the opportunity. They write the close records, all of the act at once."""
    check_locked(opportunity, actor, WIN)
    OPPORTUNITY_MACHINE.check("win", opportunity)
    organisation = _check_day(how.closed_on, at)
    lend_currency(opportunity, organisation)
    of_quotes = _settle_quotes(opportunity, how, reason="canceled", actor=actor)
    revenue = _revenue(opportunity, how.actual_revenue)
    opportunity.win(actual_revenue=ZERO if revenue is None else revenue, closed_on=how.closed_on, note=how.description)
    return [*of_quotes, _closed(opportunity, organisation)]


@service("opportunity.lost")
def lose_opportunity(
    *,
    opportunity_id: int,
    status_reason: str,
    competitor_id: int | None,
    actual_revenue: Decimal | None,
    closed_on: dt.date,
    description: str,
    close_quotes: bool,
    actor: Actor,
    at: dt.datetime,
) -> Opportunity:
    """Close as lost, optionally to a competitor. Draft and active quotes are closed, or they refuse."""
    opportunity = lock_for(Opportunity, opportunity_id, actor, LOSE)
    OPPORTUNITY_MACHINE.check("lose", opportunity)
    if status_reason not in dict(reasons_for(OPPORTUNITY_MACHINE, "lost")):
        raise Invalid(_("Choose one of the listed reasons."), field="status_reason")
    if competitor_id is not None and not Competitor.objects.visible_to(actor).filter(pk=competitor_id).exists():
        raise Invalid(_("Choose one of the listed competitors."), field="competitor")
    how = Outcome(
        closed_on=closed_on, actual_revenue=actual_revenue, description=description, close_quotes=close_quotes
    )
    closings = lose_locked(opportunity, how, reason=status_reason, competitor_id=competitor_id, actor=actor, at=at)
    record_closes(closings=closings, actor=actor, at=at)
    return opportunity


def lose_locked(
    opportunity: Opportunity,
    how: Outcome,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    competitor_id: int | None = None,
) -> list[Closing]:
    """As `win_locked`."""
    check_locked(opportunity, actor, LOSE)
    OPPORTUNITY_MACHINE.check("lose", opportunity)
    organisation = _check_day(how.closed_on, at)
    lend_currency(opportunity, organisation)
    of_quotes = _settle_quotes(opportunity, how, reason="lost", actor=actor)
    opportunity.lose(
        reason=reason,
        actual_revenue=_revenue(opportunity, how.actual_revenue),
        closed_on=how.closed_on,
        competitor_id=competitor_id,
        note=how.description,
    )
    return [*of_quotes, _closed(opportunity, organisation)]


def _check_day(closed_on: dt.date, at: dt.datetime) -> Organisation:
    organisation = Organisation.load()
    if closed_on > organisation.today(at):
        raise Invalid(_("The close date cannot lie in the future. Enter today or an earlier day."), field="closed_on")
    return organisation


def _revenue(opportunity: Opportunity, typed: Decimal | None) -> Decimal | None:
    revenue = opportunity.estimated_revenue if typed is None else typed
    if revenue is None:
        return None
    if revenue < 0 and typed is not None:
        raise Invalid(_("The actual revenue cannot be negative."), field="actual_revenue")
    return round_money(revenue, opportunity.currency.digits)


def _settle_quotes(opportunity: Opportunity, how: Outcome, *, reason: str, actor: Actor) -> list[Closing]:
    """No quote stays open behind a closed opportunity."""
    if how.close_quotes:
        return close_open_quotes(opportunity, reason=reason, on=how.closed_on, actor=actor)
    if still_open := open_quotes_of(opportunity):
        raise Conflict(
            _("Quotes of this opportunity are still open. Close them in the same step, or go back."),
            details=names_for(still_open, actor),
        )
    return []


def _closed(opportunity: Opportunity, organisation: Organisation) -> Closing:
    opportunity.base_actual_revenue = in_base(opportunity, opportunity.actual_revenue, organisation)
    opportunity.save()
    figures = {
        "actual_revenue": opportunity.actual_revenue,
        "currency": opportunity.currency.code,
        "closed_on": opportunity.actual_close_on,
        "competitor": str(opportunity.lost_to) if opportunity.lost_to else None,
    }
    return closing_of(opportunity, description=opportunity.closing_note, figures=figures)


@service("opportunity.reopened")
def reopen_opportunity(*, opportunity_id: int, actor: Actor, at: dt.datetime) -> Opportunity:
    """Open again; the close record becomes canceled. From won only while no order or invoice refers to it."""
    opportunity = lock_for(Opportunity, opportunity_id, actor, REOPEN)
    OPPORTUNITY_MACHINE.check("reopen", opportunity)
    if opportunity.state == "won" and (holding := commitments(opportunity)):
        raise Conflict(
            _("This opportunity cannot be reopened, because orders or invoices have come of it."), details=holding
        )
    opportunity.reopen()
    opportunity.save()
    retract_close_records(opportunity, actor=actor, at=at)
    return opportunity


def commitments(opportunity: Opportunity) -> list[str]:
    """What the customer and the seller have agreed to because of a won opportunity: orders, invoices."""
    orders = Order.objects.filter(opportunity=opportunity).exclude(state="canceled").order_by("pk")
    # A draft that was canceled has never left the house and has no number.
    invoices = Invoice.objects.filter(opportunity=opportunity).exclude(state="canceled", number="").order_by("pk")
    return [f"{str(record._meta.verbose_name).capitalize()}: {record}" for record in [*orders, *invoices]]


@service("opportunity.cloned")
def clone_opportunity(*, opportunity_id: int, actor: Actor, at: dt.datetime) -> Opportunity:
    """A new open opportunity with the header, the competitors and the lines of this one."""
    source = lock_for(Opportunity, opportunity_id, actor, READ)
    owner: Any = actor if isinstance(actor, User) else (source.owner or source.owner_team)
    values = {name: getattr(source, name) for name in OPPORTUNITY_FIELDS}
    if not source.is_editable:
        values["estimated_close_on"] = None
    clone: Opportunity = create_opportunity(values=values, owner=owner, actor=actor, at=at)
    if source.custom != clone.custom:
        clone.custom = dict(source.custom)
        clone.save(update_fields=["custom"])
    copy_competitors(source, clone)
    return copy_lines(source, clone, at=at)
