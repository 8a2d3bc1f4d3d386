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
from crm.core.prepared import Slot
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
        known[user.pk] = read_rows(type(record), others, user, _keys_of(record))
    return known[user.pk].get(model, [])


def _keys_of(record: Any) -> dict[str, int | None]:
    """The values of the slots in the conditions below."""
    ties = {name: getattr(record, f"{name}_id", None) for name in ("opportunity", "quote", "order")}
    return {"pk": record.pk, **ties}


def _related(model: type[Any], record: Any) -> Q:
    """Which rows of the table lie on the record's line."""
    if isinstance(record, Lead):
        # Only a qualified lead has become anything, so the others cost no query.
        return _of_lead(model) if record.state == "qualified" else NOTHING
    if isinstance(record, Opportunity):
        return Q(pk__in=_leads("pk")) if model is Lead else Q(opportunity=Slot("pk"))
    if model is Lead:
        return Q(pk__in=_leads("opportunity")) if record.opportunity_id else NOTHING
    if model is Opportunity:
        return _key("pk", "opportunity", record)
    return _BESIDE[type(record), model](record)


def _of_lead(model: type[Any]) -> Q:
    found = _results(qualification__lead=Slot("pk")).values("opportunity")
    return Q(pk__in=found) if model is Opportunity else Q(opportunity__in=found)


def _leads(opportunity: str) -> Any:
    return _results(opportunity=Slot(opportunity)).values("qualification__lead")


def _results(**known: Slot) -> Any:
    return QualificationResult.objects.filter(qualification__undone_at__isnull=True, opportunity__isnull=False, **known)


def _key(name: str, tie: str, record: Any) -> Q:
    return NOTHING if getattr(record, f"{tie}_id") is None else Q(**{name: Slot(tie)})


def _if_won(quote: Quote, condition: Q) -> Q:
    """Only a won quote has an order."""
    return condition if quote.state == "won" else NOTHING


_BESIDE: dict[tuple[type[Any], type[Any]], Callable[[Any], Q]] = {
    (Quote, Order): lambda quote: _if_won(quote, Q(quote=Slot("pk"))),
    (Quote, Invoice): lambda quote: _if_won(quote, Q(order__quote=Slot("pk"))),
    (Order, Quote): lambda order: _key("pk", "quote", order),
    (Order, Invoice): lambda _order: Q(order=Slot("pk")),
    (Invoice, Quote): lambda invoice: _key("orders", "order", invoice),
    (Invoice, Order): lambda invoice: _key("pk", "order", invoice),
}
