"""The line on which a record lies: lead, opportunity, quote, order, invoice.

`chain_for` gives the five nodes above every record of the chain, `story_of` the same as a card with dates and
amounts. Only what this person may see is named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.addresses import screen_url
from crm.core.badges import Badge, badge_of
from crm.core.line import Node, register_line
from leads.models import Lead
from sales.models import Invoice, Opportunity, Order, QualificationResult, Quote

_NOUNS: tuple[tuple[type[Any], Any], ...] = (
    (Lead, gettext_lazy("Lead")),
    (Opportunity, gettext_lazy("Opportunity")),
    (Quote, gettext_lazy("Quote")),
    (Order, gettext_lazy("Order")),
    (Invoice, gettext_lazy("Invoice")),
)
_AHEAD = {
    Opportunity: gettext_lazy("after qualifying"),
    Quote: gettext_lazy("after an offer"),
    Order: gettext_lazy("after acceptance"),
    Invoice: gettext_lazy("after the order"),
}
_NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class StoryNode:
    """A node of the vertical line, as `components/line_vertical.html` reads it."""

    word: str | Promise
    state: str
    label: str
    url: str
    note: str
    amount: str
    badge: Badge | None


def register() -> None:
    for model, _word in _NOUNS:
        register_line(model, chain_for)


def chain_for(record: Any, user: Any) -> Sequence[Node]:
    """The five nodes of the record's line; several records of a noun stand behind the newest."""
    here = [model for model, _word in _NOUNS].index(type(record))
    nodes = []
    for place, (model, word) in enumerate(_NOUNS):
        if place == here:
            nodes.append(Node(word, "current", name_of(record), screen_url(model, "detail", record.pk)))
            continue
        found = list(_visible(model, record, user).order_by("-pk")[:20])
        if found:
            more = _(" · %(count)d more") % {"count": len(found) - 1} if len(found) > 1 else ""
            nodes.append(Node(word, "done", name_of(found[0]) + more, screen_url(model, "detail", found[0].pk)))
        elif place < here:
            nodes.append(Node(word, "none"))
        else:
            nodes.append(Node(word, "ahead", _AHEAD[model]))
    return nodes


def name_of(record: Any) -> str:
    if isinstance(record, Lead):
        return str(record.number or record)
    return str(_("Draft")) if isinstance(record, Invoice) and not record.number else str(record)


def _visible(model: type[Any], record: Any, user: Any) -> Any:
    rows: Any = model._default_manager.visible_to(user)
    return rows.filter(_related(model, record))


def _related(model: type[Any], record: Any) -> Q:
    """Which rows of the table lie on the record's line."""
    if isinstance(record, Lead):
        # Only a qualified lead has become anything, so the others cost no query.
        return (
            _of_opportunities(model, _results(lead=record).values("opportunity"))
            if record.state == "qualified"
            else _NOTHING
        )
    if isinstance(record, Opportunity):
        return _of_opportunities(model, [record.pk])
    if model is Lead:
        return Q(pk__in=_results(opportunity=record.opportunity_id).values("qualification__lead"))
    if model is Opportunity:
        return Q(pk=record.opportunity_id)
    return _BESIDE[type(record), model](record)


def _results(*, lead: Lead | None = None, opportunity: int | None = None) -> Any:
    live = QualificationResult.objects.filter(qualification__undone_at__isnull=True, opportunity__isnull=False)
    return live.filter(qualification__lead=lead) if lead is not None else live.filter(opportunity=opportunity)


def _of_opportunities(model: type[Any], opportunities: Any) -> Q:
    if model is Lead:
        return Q(pk__in=_results(opportunity=opportunities[0]).values("qualification__lead"))
    return Q(pk__in=opportunities) if model is Opportunity else Q(opportunity__in=opportunities)


def _key(name: str, value: int | None) -> Q:
    return _NOTHING if value is None else Q(**{name: value})


_BESIDE: dict[tuple[type[Any], type[Any]], Callable[[Any], Q]] = {
    (Quote, Order): lambda quote: Q(quote=quote),
    (Quote, Invoice): lambda quote: Q(order__quote=quote),
    (Order, Quote): lambda order: _key("pk", order.quote_id),
    (Order, Invoice): lambda order: Q(order=order),
    (Invoice, Quote): lambda invoice: _key("orders", invoice.order_id),
    (Invoice, Order): lambda invoice: _key("pk", invoice.order_id),
}


def story_of(record: Any, user: Any) -> list[StoryNode]:
    """What exists on the line, from the first contact on, with what happened when."""
    story = []
    for model, word in _NOUNS:
        is_here = model is type(record)
        found = [record] if is_here else list(_visible(model, record, user).order_by("pk")[:20])
        story += [
            StoryNode(
                word=word,
                state="current" if is_here else "done",
                label=name_of(one),
                url=screen_url(model, "detail", one.pk),
                note=_note(one),
                amount=_amount(one),
                badge=badge_of(one),
            )
            for one in found
        ]
    return story


def _note(record: Any) -> str:
    day = next((value for name in _DAYS if (value := getattr(record, name, None))), record.created_at)
    return shown.day(day)


_DAYS = ("paid_on", "issued_on", "fulfilled_on", "ordered_on", "won_on", "closed_on", "actual_close_on", "closed_at")


def _amount(record: Any) -> str:
    value = getattr(record, "actual_revenue", None) or getattr(record, "estimated_revenue", None)
    value = value or getattr(record, "total_amount", None)
    return shown.money(value) if value else ""
