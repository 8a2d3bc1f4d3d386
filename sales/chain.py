"""The line on which a record lies: lead, opportunity, quote, order, invoice.

`chain_for` gives the five nodes above every record of the chain, `story_of` the same as a card with dates and
amounts. Only what this person may see is named. All of it is read at once: one query for a page.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.addresses import screen_url
from crm.core.line import Node, register_line, register_words
from leads.models import Lead
from sales.chain_rows import NOTHING, ChainRow, StoryNode, read_rows, row_of
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


def register() -> None:
    register_words(_NOUNS)
    for model, _word in _NOUNS:
        register_line(model, chain_for)


def chain_for(record: Any, user: Any) -> Sequence[Node]:
    """The five nodes of the record's line; several records of a noun stand behind the newest."""
    here = [model for model, _word in _NOUNS].index(type(record))
    return [_node(place - here, model, word, record, user) for place, (model, word) in enumerate(_NOUNS)]


def _node(distance: int, model: type[Any], word: str | Promise, record: Any, user: Any) -> Node:
    if distance == 0:
        return Node(word, "current", row_of(record).label, screen_url(model, "detail", record.pk))
    found = on_the_line(model, record, user)
    if found:
        more = _(" · %(count)d more") % {"count": len(found) - 1} if len(found) > 1 else ""
        return Node(word, "done", found[-1].label + more, found[-1].url)
    return Node(word, "none") if distance < 0 else Node(word, "ahead", _AHEAD[model])


def story_of(record: Any, user: Any) -> list[StoryNode]:
    """What exists on the line, from the first contact on, with what happened when."""
    story = []
    for model, word in _NOUNS:
        is_here = model is type(record)
        found = [row_of(record)] if is_here else on_the_line(model, record, user)
        story += [row.as_node(word, "current" if is_here else "done") for row in found]
    return story


def on_the_line(model: type[Any], record: Any, user: Any) -> list[ChainRow]:
    """The rows of the table on the record's line that this person sees, the oldest first; twenty at most.

    Bar, card and facts of one page tell of the same line, so it is read once for each record in hand.
    """
    known: dict[Any, dict[type[Any], list[ChainRow]]] = record.__dict__.setdefault("_line_rows", {})
    if user.pk not in known:
        others = {other: _related(other, record) for other, _word in _NOUNS if other is not type(record)}
        known[user.pk] = read_rows(others, user)
    return known[user.pk].get(model, [])


def _related(model: type[Any], record: Any) -> Q:
    """Which rows of the table lie on the record's line."""
    if isinstance(record, Lead):
        # Only a qualified lead has become anything, so the others cost no query.
        is_qualified = record.state == "qualified"
        return _of_opportunities(model, _results(lead=record).values("opportunity")) if is_qualified else NOTHING
    if isinstance(record, Opportunity):
        return _of_opportunities(model, [record.pk])
    if model is Lead:
        results = _results(opportunity=record.opportunity_id)
        return Q(pk__in=results.values("qualification__lead")) if record.opportunity_id else NOTHING
    if model is Opportunity:
        return _key("pk", record.opportunity_id)
    return _BESIDE[type(record), model](record)


def _results(*, lead: Lead | None = None, opportunity: int | None = None) -> Any:
    live = QualificationResult.objects.filter(qualification__undone_at__isnull=True, opportunity__isnull=False)
    return live.filter(qualification__lead=lead) if lead is not None else live.filter(opportunity=opportunity)


def _of_opportunities(model: type[Any], opportunities: Any) -> Q:
    if model is Lead:
        return Q(pk__in=_results(opportunity=opportunities[0]).values("qualification__lead"))
    return Q(pk__in=opportunities) if model is Opportunity else Q(opportunity__in=opportunities)


def _key(name: str, value: int | None) -> Q:
    return NOTHING if value is None else Q(**{name: value})


def _if_won(quote: Quote, condition: Q) -> Q:
    """Only a won quote has an order."""
    return condition if quote.state == "won" else NOTHING


_BESIDE: dict[tuple[type[Any], type[Any]], Callable[[Any], Q]] = {
    (Quote, Order): lambda quote: _if_won(quote, Q(quote=quote)),
    (Quote, Invoice): lambda quote: _if_won(quote, Q(order__quote=quote)),
    (Order, Quote): lambda order: _key("pk", order.quote_id),
    (Order, Invoice): lambda order: Q(order=order),
    (Invoice, Quote): lambda invoice: _key("orders", invoice.order_id),
    (Invoice, Order): lambda invoice: _key("pk", invoice.order_id),
}
