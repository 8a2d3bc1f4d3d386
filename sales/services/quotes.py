"""What a person does with quotes. The opportunity is locked before its quote."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from activities.links import relink
from activities.services.closing import record_closes
from crm.core import history
from crm.core.access import READ, check_create, lock_for, names_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid
from crm.core.models import Organisation
from crm.core.numbering import take_number
from crm.core.transactions import service
from crm.users.models import Team, User
from sales.models import DocumentLine, Opportunity, PricedModel, Quote, QuoteLine
from sales.services.closing import OPEN_QUOTES, close_locked_quotes, write_close_record
from sales.services.copying import copied_lines, save_copies
from sales.services.documents import Sheet, add_up, insert_added_up, recalculate
from sales.services.headers import (
    TYPED_FIELDS,
    change_header,
    copied_header,
    fill_terms,
    new_document,
    require_rate,
)
from sales.services.lines import lock_editable
from sales.services.opportunities import Outcome, lose_locked
from sales.services.snapshots import copy_parties, fill_addresses
from sales.states import OpportunityState, QuoteState


@service("quote.created")
def create_quote(
    *,
    values: Mapping[str, Any],
    owner: User | Team,
    actor: Actor,
    at: dt.datetime,
    number_series: str = "quote",
) -> Quote:
    """A draft for a customer, without an opportunity."""
    check_create(actor, Quote)
    today = Organisation.load().today(at)
    quote = new_document(Quote, values, owner=owner, actor=actor, on=today)
    _check_days(quote)
    quote.number = take_number(number_series, on=today)
    return insert_added_up(quote, at=at)


@service("quote.created")
def create_quote_from_opportunity(
    *, opportunity_id: int, actor: Actor, at: dt.datetime, number_series: str = "quote"
) -> Quote:
    """A draft with customer, price list, currency, lines, discounts and freight of an open opportunity."""
    check_create(actor, Quote)
    opportunity = lock_open_opportunity(opportunity_id, actor)
    organisation = Organisation.load()
    quote = copied_header(opportunity, Quote)
    quote.opportunity = opportunity
    quote.discount_per_unit = organisation.discount_per_unit
    fill_terms(quote, organisation)
    fill_addresses(quote)
    quote.number = take_number(number_series, on=organisation.today(at))
    quote.save(force_insert=True)
    save_copies(copied_lines(opportunity.lines.all(), quote, origin="opportunity_line"))
    with history.action("quote.priced"):
        return recalculate(quote, at=at)


def lock_open_opportunity(opportunity_id: int, actor: Actor) -> Opportunity:
    opportunity = lock_for(Opportunity, opportunity_id, actor, READ)
    if opportunity.state != OpportunityState.OPEN:
        raise Conflict(
            _("The opportunity is %(state)s. Reopen it before you make something new of it.")
            % {"state": opportunity.machine.described(opportunity)}
        )
    return opportunity


@service("quote.changed")
def update_quote(*, quote_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Quote:
    """Change the header of a draft; its lines are priced and added up anew."""
    quote, _order = lock_editable(Quote, quote_id, actor)
    change_header(quote, values, TYPED_FIELDS[Quote], actor)
    _check_days(quote)
    recalculate(quote, at=at)
    relink(quote)
    return quote


def _check_days(quote: Quote) -> None:
    if quote.effective_from and quote.effective_to and quote.effective_to < quote.effective_from:
        raise Invalid(_("The prices end before they begin. Enter a later day."), field="effective_to")


@service("quote.activated")
def activate_quote(*, quote_id: int, actor: Actor, at: dt.datetime) -> Quote:
    """Freeze header, lines and exchange rate, and copy the names and addresses of both sides."""
    quote = lock_for(Quote, quote_id, actor, "activate")
    quote.machine.check("activate", quote)
    sheet = Sheet(quote, at=at)
    check_sellable(quote, sheet.lines)
    if quote.expires_on and quote.expires_on < sheet.today:
        raise Invalid(_("The last day to accept has passed. Enter a later one first."), field="expires_on")
    sheet.add_up()
    require_rate(quote)
    copy_parties(quote, sheet.organisation)
    quote.activate(at=at)
    sheet.store()
    return quote


def check_sellable(document: PricedModel, lines: Iterable[DocumentLine]) -> None:
    """At least one line, and no line without a price."""
    noun = {"noun": document._meta.verbose_name}
    if not any(line.is_sold for line in lines):
        raise Invalid(_("This %(noun)s has no lines. Add at least one.") % noun)
    if document.pricing_error:
        raise Invalid(
            _("Lines of this %(noun)s have no price. Repair them first.") % noun,
            details=document.pricing_error.splitlines(),
        )


@service("quote.revised")
def revise_quote(*, quote_id: int, actor: Actor, at: dt.datetime) -> Quote:
    """Close the quote as revised and give the draft with the next revision of its number."""
    check_create(actor, Quote)
    old = _lock_with_opportunity(quote_id, actor, "revise")
    old.machine.check("revise", old)
    _refuse_second_revision(old, actor)
    if old.opportunity and old.opportunity.state != OpportunityState.OPEN:
        raise Conflict(_("The opportunity of this quote is closed. Reopen it first."))
    today = Organisation.load().today(at)
    old.revise(on=today)
    old.save()
    write_close_record(old, figures={"closed_on": today}, actor=actor, at=at)
    with history.action("quote.created"):
        return _next_revision(old, today=today, at=at)


def _refuse_second_revision(quote: Quote, actor: Actor) -> None:
    others = Quote.objects.filter(number=quote.number, state__in=OPEN_QUOTES).exclude(pk=quote.pk)
    if others:
        raise Conflict(
            _("Another revision of this quote is still open. Use that one, or close it first."),
            details=names_for(others, actor),
        )


def _next_revision(old: Quote, *, today: dt.date, at: dt.datetime) -> Quote:
    last = Quote.with_bin.filter(number=old.number).aggregate(last=Max("revision"))["last"]
    new = copied_header(old, Quote)
    new.number, new.revision, new.revised_from = old.number, last + 1, old
    new.external_number, new.opportunity = old.external_number, old.opportunity
    new.effective_from, new.effective_to = old.effective_from, old.effective_to
    new.expires_on = old.expires_on if old.expires_on and old.expires_on >= today else None
    new.save(force_insert=True)
    old_lines = list(old.lines.all())
    lines: list[QuoteLine] = copied_lines(old_lines, new, origin="revised_line")
    for line, old_line in zip(lines, old_lines, strict=True):
        line.opportunity_line_id = old_line.opportunity_line_id
    save_copies(lines)
    with history.action("quote.priced"):
        return add_up(new, lines, at=at)


@service("quote.closed")
def close_quote(
    *,
    quote_id: int,
    status_reason: str,
    actor: Actor,
    at: dt.datetime,
    closed_on: dt.date | None = None,
    description: str = "",
    close_opportunity: bool = False,
) -> Quote:
    """Close as lost or canceled, if wished together with its opportunity. A draft can only be canceled."""
    quote = _lock_with_opportunity(quote_id, actor, "close")
    quote.machine.check("cancel" if quote.state == QuoteState.DRAFT else "close", quote)
    if quote.state == QuoteState.DRAFT and status_reason != "canceled":
        raise Invalid(_("A draft was never offered, so it can only be canceled."), field="status_reason")
    on = closed_on or Organisation.load().today(at)
    check_not_future(on, at, field="closed_on")
    closings = close_locked_quotes([quote], reason=status_reason, on=on, description=description)
    if close_opportunity and quote.opportunity and quote.opportunity.state == OpportunityState.OPEN:
        with history.action("opportunity.lost"):
            how = Outcome(closed_on=on, description=description)
            closings += lose_locked(quote.opportunity, how, reason="canceled", actor=actor, at=at)
    record_closes(closings=closings, actor=actor, at=at)
    return quote


def check_not_future(day: dt.date, at: dt.datetime, *, field: str) -> None:
    if day > Organisation.load().today(at):
        raise Invalid(_("This day lies in the future. Enter today or an earlier day."), field=field)


def _lock_with_opportunity(quote_id: int, actor: Actor, action: str) -> Quote:
    """The opportunity first, as everybody does; the quote's `opportunity` is then the locked row."""
    opportunity = lock_opportunity_of(quote_id)
    quote = lock_for(Quote, quote_id, actor, action)
    if opportunity is not None and quote.opportunity_id == opportunity.pk:
        quote.opportunity = opportunity
    return quote


def lock_opportunity_of(quote_id: int) -> Opportunity | None:
    """Locks without asking for rights: only the quote's are needed here."""
    opportunity_id = Quote.with_bin.filter(pk=quote_id).values_list("opportunity_id", flat=True).first()
    opportunities: Any = Opportunity.with_bin.select_for_update(of=("self",))
    found: Opportunity | None = opportunities.filter(pk=opportunity_id).first()
    return found
