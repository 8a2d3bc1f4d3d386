"""Quotes past their last day to accept are closed as expired, day by day."""

import datetime as dt

from crm.core.actors import Actor
from crm.core.models import Organisation
from crm.core.transactions import service
from sales.models import Quote
from sales.services.closing import write_close_record
from sales.services.quotes import lock_opportunity_of
from sales.states import QuoteState


def expire_quotes(*, actor: Actor, at: dt.datetime) -> int:
    """Close every active quote whose last day lies before the organisation's today. Gives their number.

    Each in a transaction of its own: one that somebody holds or closes at this moment stops no other.
    """
    today = Organisation.load().today(at)
    due = Quote.objects.filter(state=QuoteState.ACTIVE, expires_on__lt=today).order_by("pk")
    return sum(expire_quote(quote_id=pk, actor=actor, at=at) for pk in due.values_list("pk", flat=True))


@service("quote.expired")
def expire_quote(*, quote_id: int, actor: Actor, at: dt.datetime) -> bool:
    """False when the quote has been won, closed or prolonged meanwhile."""
    lock_opportunity_of(quote_id)
    quote = Quote.objects.select_for_update(of=("self",)).filter(pk=quote_id).first()
    today = Organisation.load().today(at)
    if quote is None or quote.state != QuoteState.ACTIVE or quote.expires_on is None or quote.expires_on >= today:
        return False
    quote.expire(on=today)
    quote.save()
    write_close_record(quote, description="", figures={"closed_on": today}, actor=actor, at=at)
    return True
