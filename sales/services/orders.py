"""What a person does with orders. Opportunity, quote and order are locked in this order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from activities.links import relink
from activities.services.closing import Closing, record_closes
from crm.core import history
from crm.core.access import WRITE, check_create, lock_for, names_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid
from crm.core.models import Organisation
from crm.core.numbering import take_number
from crm.core.transactions import service
from crm.users.models import Team, User
from sales.models import Invoice, Opportunity, Order, OrderLine, Quote
from sales.services.closing import close_open_quotes, closing_of, write_close_record
from sales.services.copying import copied_lines, save_copies
from sales.services.documents import add_up, insert_added_up, recalculate
from sales.services.headers import TYPED_FIELDS, change_header, copied_header, fill_terms, new_document, set_rate
from sales.services.lines import LineRow, frozen_sentence, lock_editable, write_first_lines
from sales.services.opportunities import Outcome, win_locked
from sales.services.quotes import check_not_future, check_sellable, lock_open_opportunity, lock_opportunity_of
from sales.services.snapshots import fill_addresses
from sales.states import OpportunityState, OrderState, QuoteState


@service("order.created")
def create_order(
    *,
    values: Mapping[str, Any],
    owner: User | Team,
    actor: Actor,
    at: dt.datetime,
    rows: Sequence[LineRow] = (),
    number_series: str = "order",
) -> Order:
    """An order without a quote, with its lines; its prices follow the price list until they are locked."""
    check_create(actor, Order)
    organisation = Organisation.load()
    today = organisation.today(at)
    order = new_document(Order, {"ordered_on": today, **values}, owner=owner, actor=actor, on=today)
    _number(order, organisation, series=number_series, at=at)
    if not rows:
        return insert_added_up(order, at=at)
    order.save(force_insert=True)
    with history.action("order.priced"):
        return write_first_lines(order, rows, actor=actor, at=at)


@service("order.created")
def create_order_from_opportunity(
    *, opportunity_id: int, actor: Actor, at: dt.datetime, number_series: str = "order"
) -> Order:
    """An order with the lines of an open opportunity, which stays open."""
    check_create(actor, Order)
    opportunity = lock_open_opportunity(opportunity_id, actor)
    organisation = Organisation.load()
    order = copied_header(opportunity, Order)
    order.opportunity, order.ordered_on = opportunity, organisation.today(at)
    order.discount_per_unit = organisation.discount_per_unit
    fill_terms(order, organisation)
    fill_addresses(order)
    _number(order, organisation, series=number_series, at=at)
    order.save(force_insert=True)
    save_copies(copied_lines(opportunity.lines.all(), order, origin="opportunity_line"))
    with history.action("order.priced"):
        return recalculate(order, at=at)


@service("quote.won")
def create_order_from_quote(
    *,
    quote_id: int,
    actor: Actor,
    at: dt.datetime,
    won_on: dt.date | None = None,
    close_opportunity: bool = True,
    actual_revenue: Decimal | None = None,
    close_siblings: bool = True,
    description: str = "",
    number_series: str = "order",
) -> Order:
    """Win the quote and make its order, in one step.

    `actual_revenue` of the opportunity is by default the quote's total. With `close_siblings` the other open
    quotes of the opportunity are canceled. Called again it gives the order that is there already, or a new one
    where that was canceled.
    """
    opportunity = lock_opportunity_of(quote_id)
    quote = lock_for(Quote, quote_id, actor, "create_order")
    if opportunity is not None and quote.opportunity_id == opportunity.pk:
        quote.opportunity = opportunity
    if existing := _living_order_of(quote):
        return existing
    check_create(actor, Order)
    on = won_on or Organisation.load().today(at)
    check_not_future(on, at, field="won_on")
    how = Outcome(
        closed_on=on,
        actual_revenue=quote.total_amount if actual_revenue is None else actual_revenue,
        description=description,
        close_quotes=close_siblings,
    )
    closings = [] if quote.state == QuoteState.WON else [_win(quote, how)]
    if opportunity is not None and opportunity.state == OpportunityState.OPEN:
        closings += _close_around(opportunity, how, with_it=close_opportunity, actor=actor, at=at)
    if closings:
        record_closes(closings=closings, actor=actor, at=at)
    with history.action("order.created"):
        return _order_of(quote, series=number_series, at=at)


def _living_order_of(quote: Quote) -> Order | None:
    if quote.state != QuoteState.WON:
        return None
    found: Order | None = Order.objects.filter(quote=quote).exclude(state=OrderState.CANCELED).first()
    return found


def _close_around(
    opportunity: Opportunity, how: Outcome, *, with_it: bool, actor: Actor, at: dt.datetime
) -> list[Closing]:
    """The opportunity with all its open quotes, or these alone where that is wished."""
    if with_it:
        with history.action("opportunity.won"):
            return win_locked(opportunity, how, actor=actor, at=at)
    if not how.close_quotes:
        return []
    return close_open_quotes(opportunity, reason="canceled", on=how.closed_on, actor=actor)


def _win(quote: Quote, how: Outcome) -> Closing:
    quote.machine.check("win", quote)
    quote.win(on=how.closed_on)
    quote.save()
    figures = {"won_on": how.closed_on, "total_amount": quote.total_amount}
    return closing_of(quote, description=how.description, figures=figures)


def _order_of(quote: Quote, *, series: str, at: dt.datetime) -> Order:
    """The price-locked order of a won quote."""
    organisation = Organisation.load()
    order = copied_header(quote, Order)
    order.quote, order.opportunity, order.is_price_locked = quote, quote.opportunity, True
    order.ordered_on = organisation.today(at)
    _number(order, organisation, series=series, at=at)
    order.save(force_insert=True)
    quote_lines = list(quote.lines.all())
    lines: list[OrderLine] = copied_lines(quote_lines, order, origin="quote_line")
    for line, quote_line in zip(lines, quote_lines, strict=True):
        line.opportunity_line_id = quote_line.opportunity_line_id
    save_copies(lines)
    with history.action("order.priced"):
        return add_up(order, lines, at=at)


def _number(order: Order, organisation: Organisation, *, series: str, at: dt.datetime) -> None:
    """The exchange rate is that of the day of the order and stays."""
    set_rate(order, on=order.ordered_on, organisation=organisation)
    order.number = take_number(series, on=organisation.today(at))


@service("order.changed")
def update_order(*, order_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Order:
    order, _none = lock_editable(Order, order_id, actor)
    currency_before = order.currency_id
    change_header(order, values, TYPED_FIELDS[Order], actor)
    if order.currency_id != currency_before:
        set_rate(order, on=order.ordered_on, organisation=Organisation.load())
    recalculate(order, at=at)
    relink(order)
    return order


@service("order.prices_locked")
def lock_order_prices(*, order_id: int, actor: Actor, at: dt.datetime) -> Order:
    """From now on the price list no longer matters for what is on the order. A no-op where that is so."""
    order = _lock_active(order_id, actor)
    if not order.is_price_locked:
        order.is_price_locked = True
        order.save(update_fields=["is_price_locked"])
    return order


@service("order.prices_refreshed")
def use_current_prices(*, order_id: int, actor: Actor, at: dt.datetime) -> Order:
    """Unlock the prices and read them from the price list at once."""
    order = _lock_active(order_id, actor)
    if order.lines.exclude(quantity_invoiced=0).exists():
        raise Conflict(_("Part of this order is invoiced, so its prices stay."))
    order.is_price_locked = False
    return recalculate(order, at=at)


def _lock_active(order_id: int, actor: Actor) -> Order:
    order = lock_for(Order, order_id, actor, WRITE)
    if not order.is_editable:
        raise Conflict(frozen_sentence(order))
    return order


@service("order.held")
def hold_order(*, order_id: int, actor: Actor, at: dt.datetime) -> Order:
    order = lock_for(Order, order_id, actor, WRITE)
    order.hold()
    order.save()
    return order


@service("order.pended")
def pend_order(*, order_id: int, actor: Actor, at: dt.datetime) -> Order:
    order = lock_for(Order, order_id, actor, WRITE)
    order.pend()
    order.save()
    return order


@service("order.resumed")
def resume_order(*, order_id: int, actor: Actor, at: dt.datetime) -> Order:
    order = lock_for(Order, order_id, actor, WRITE)
    order.resume()
    order.save()
    return order


@service("order.fulfilled")
def fulfill_order(
    *,
    order_id: int,
    status_reason: str,
    actor: Actor,
    at: dt.datetime,
    fulfilled_on: dt.date | None = None,
    description: str = "",
) -> Order:
    """Complete: everything is delivered. Partial: some is; completing it later is the same act again."""
    order = lock_for(Order, order_id, actor, "fulfill")
    is_rest = order.state == OrderState.FULFILLED
    order.machine.check("complete" if is_rest else "fulfill", order)
    if is_rest and status_reason != "complete":
        raise Invalid(_("This order is partly fulfilled already. Choose Complete."), field="status_reason")
    check_sellable(order, order.lines.all())
    on = fulfilled_on or Organisation.load().today(at)
    check_not_future(on, at, field="fulfilled_on")
    if is_rest:
        order.complete(on=on, note=description)
    else:
        order.fulfill(reason=status_reason, on=on, note=description)
    if order.status_reason == "complete":
        _deliver_everything(order)
    order.save()
    write_close_record(order, description=description, figures={"fulfilled_on": on}, actor=actor, at=at)
    return order


def _deliver_everything(order: Order) -> None:
    lines = [line for line in order.lines.all() if line.is_sold]
    for line in lines:
        line.quantity_delivered = line.quantity - line.quantity_canceled
    OrderLine.objects.bulk_update(lines, ["quantity_delivered"])


@service("order.canceled")
def cancel_order(
    *, order_id: int, actor: Actor, at: dt.datetime, canceled_on: dt.date | None = None, description: str = ""
) -> Order:
    """Possible until something is delivered or invoiced, drafts of invoices included."""
    order = lock_for(Order, order_id, actor, "cancel")
    order.machine.check("cancel", order)
    in_the_way = [str(line) for line in order.lines.exclude(quantity_delivered=0)]
    in_the_way += names_for(live_invoices(order), actor)
    if in_the_way:
        raise Conflict(_("Part of this order is delivered or invoiced, so it stays."), details=in_the_way)
    on = canceled_on or Organisation.load().today(at)
    check_not_future(on, at, field="canceled_on")
    order.cancel(on=on, note=description)
    order.save()
    write_close_record(order, description=description, figures={"canceled_on": on}, actor=actor, at=at)
    return order


def live_invoices(order: Order) -> list[Invoice]:
    return list(Invoice.objects.filter(order=order).exclude(state="canceled").order_by("pk"))
