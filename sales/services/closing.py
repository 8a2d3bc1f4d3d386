"""What belongs to closing: the close record, and the quotes that must not stay open behind an opportunity.

Services of opportunities and of quotes both stand on this module, so it imports neither.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from activities.models import Activity
from activities.services.closing import Closing, record_closes, retract_closes
from crm.core import history
from crm.core.access import lock_rows_for
from crm.core.actors import Actor
from crm.core.states import StateModel
from sales.models import Opportunity, Quote
from sales.states import QuoteState

OPEN_QUOTES = (QuoteState.DRAFT, QuoteState.ACTIVE)


def write_close_record(
    record: StateModel,
    *,
    description: str = "",
    figures: Mapping[str, Any] | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Activity:
    """The activity that says how a locked record was closed; `figures` may hold amounts and dates."""
    closing = closing_of(record, description=description, figures=figures)
    return record_closes(closings=[closing], actor=actor, at=at)[0]


def closing_of(
    record: StateModel,
    *,
    description: str = "",
    figures: Mapping[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> Closing:
    """What the close record of a record that is closed by now will say."""
    told = {name: _as_json(value) for name, value in (figures or {}).items() if value is not None}
    told |= {"state": record.state, "status_reason": record.status_reason}
    subject = _("%(noun)s %(state)s: %(name)s") % {
        "noun": str(record._meta.verbose_name).capitalize(),
        "state": record.machine.described(record),
        "name": record,
    }
    return Closing(regarding=record, subject=subject[:300], description=description, figures=told, at=at)


def retract_close_records(record: StateModel, *, actor: Actor, at: dt.datetime) -> None:
    """The record is open again."""
    retract_closes(regarding=record, actor=actor, at=at)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def open_quotes_of(opportunity: Opportunity) -> list[Quote]:
    """Draft and active quotes, which would stay open behind a closed opportunity."""
    return list(Quote.objects.filter(opportunity=opportunity, state__in=OPEN_QUOTES).order_by("pk"))


def close_open_quotes(opportunity: Opportunity, *, reason: str, on: dt.date, actor: Actor) -> list[Closing]:
    """Close all draft and active quotes of a locked opportunity; drafts are canceled. Needs the right on each.

    The caller writes the close records, all that its act brings at once.
    """
    open_ones = Quote.objects.filter(opportunity=opportunity, state__in=OPEN_QUOTES)
    quotes = lock_rows_for(open_ones, actor, "close")
    for quote in quotes:
        quote.opportunity = opportunity
    return close_locked_quotes(quotes, reason=reason, on=on, description="")


def close_locked_quotes(quotes: Sequence[Quote], *, reason: str, on: dt.date, description: str) -> list[Closing]:
    """All of them with one query. The caller writes the close records."""
    for quote in quotes:
        if quote.state == QuoteState.DRAFT:
            quote.cancel(on=on, note=description)
        else:
            quote.close(reason=reason, on=on, note=description)
    with history.action("quote.closed"):
        Quote.objects.bulk_update(quotes, ["state", "status_reason", "closed_on", "closing_note"])
    return [closing_of(quote, description=description, figures={"closed_on": on}) for quote in quotes]
