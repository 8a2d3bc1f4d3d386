"""How far an opportunity or a document has come: its states as stages, with the time spent in each."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.money import HUNDRED
from crm.core.stages import Stage
from sales.models import Invoice, Opportunity, Order, Quote


def opportunity_stages(record: Opportunity, now: dt.datetime) -> list[Stage]:
    """In progress or on hold, then won or lost."""
    labels = record.machine
    since = shown.duration(now - record.created_at)
    if record.is_editable:
        return [Stage(record.reason_label, "current", since), Stage(labels.label("won"), "next")]
    closed = _midnight(record.actual_close_on, record.created_at)
    first = Stage(labels.label("in_progress"), "done", shown.duration(closed - record.created_at))
    if record.state == "won":
        return [first, Stage(labels.label("won"), "done", shown.day(record.actual_close_on))]
    return [first, Stage(labels.described(record).capitalize(), "failed", shown.day(record.actual_close_on))]


def quote_stages(record: Quote, now: dt.datetime) -> list[Stage]:
    labels, activated = record.machine, record.activated_at
    drafted = shown.duration((activated or now) - record.created_at)
    if record.state == "draft":
        return [Stage(labels.label("draft"), "current", drafted), *_ahead(record, "active", "won")]
    first = [Stage(labels.label("draft"), "done", drafted if activated else "")]
    if activated:
        end = _midnight(record.won_on or record.closed_on, activated) if record.state != "active" else now
        status: Any = "current" if record.state == "active" else "done"
        first.append(Stage(labels.label("active"), status, shown.duration(end - activated)))
    if record.state == "closed":
        return [*first, Stage(record.reason_label, "failed", shown.day(record.closed_on))]
    if record.state == "won":
        return [*first, Stage(labels.label("won"), "done", shown.day(record.won_on))]
    return [*first, *_ahead(record, "won")]


def order_stages(record: Order, now: dt.datetime) -> list[Stage]:
    labels = record.machine
    if record.state == "canceled":
        return [
            Stage(labels.label("active"), "done", shown.day(record.ordered_on)),
            Stage(labels.label("canceled"), "failed", shown.day(record.canceled_on)),
        ]
    if record.state == "active":
        spent = shown.duration(now - record.created_at)
        return [Stage(record.reason_label, "current", spent), *_ahead(record, "fulfilled", "invoiced")]
    ordered = Stage(labels.label("active"), "done", shown.day(record.ordered_on))
    delivered = shown.day(record.fulfilled_on)
    if record.state == "fulfilled":
        return [ordered, Stage(record.reason_label, "current", delivered), *_ahead(record, "invoiced")]
    fulfilled = Stage(labels.label("fulfilled"), "done" if record.fulfilled_on else "next", delivered)
    return [ordered, fulfilled, Stage(labels.label("invoiced"), "done")]


def invoice_stages(record: Invoice, now: dt.datetime) -> list[Stage]:
    labels, issued = record.machine, record.issued_at
    drafted = shown.duration((issued or now) - record.created_at)
    if record.state == "draft":
        return [Stage(labels.label("draft"), "current", drafted), *_ahead(record, "issued", "paid")]
    if record.state == "canceled":
        return [Stage(labels.label("draft"), "done"), Stage(labels.label("canceled"), "failed")]
    draft = Stage(labels.label("draft"), "done", drafted)
    if record.state == "paid":
        paid = Stage(labels.label("paid"), "done", shown.day(record.paid_on))
        return [draft, Stage(labels.label("issued"), "done", shown.day(record.issued_on)), paid]
    since = shown.duration(now - issued) if issued else ""
    return [draft, Stage(labels.label("issued"), "current", _paid_part(record, since)), *_ahead(record, "paid")]


def _paid_part(record: Invoice, since: str) -> str:
    """ "26 days · 59.8 % paid"."""
    if not record.paid_amount:
        return since
    part = round(record.paid_amount * HUNDRED / record.total_amount, 1)
    return f"{since} · " + _("%(percent)s %% paid") % {"percent": shown.quantity(part)}


def _ahead(record: Any, *states: str) -> list[Stage]:
    return [Stage(record.machine.label(state), "next") for state in states]


def _midnight(day: dt.date | None, earliest: dt.datetime) -> dt.datetime:
    """The day as a moment that does not lie before the earliest one, for counting whole days."""
    if day is None:
        return earliest
    return max(dt.datetime.combine(day, dt.time(), earliest.tzinfo), earliest)
