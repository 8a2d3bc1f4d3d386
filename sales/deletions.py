"""What documents hold, and when they may themselves be deleted (rules: section 15)."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import PriceList, Product, TaxRate, Unit
from crm.core.deletion import belongs, holds, keeps_in_bin, refuses
from crm.customers.models import Account, Contact
from leads.models import Campaign
from sales.models import Invoice, Opportunity, Order, PricedModel, Quote
from sales.states import InvoiceState, OrderState, QuoteState

_CHAIN: tuple[type[PricedModel], ...] = (Opportunity, Quote, Order, Invoice)


def register() -> None:
    _hold_customers()
    _hold_catalogue()
    _hold_campaigns()
    belongs(Opportunity, lambda opportunities: Quote.objects.filter(opportunity__in=opportunities))
    holds(Opportunity, lambda opportunities: Order.objects.filter(opportunity__in=opportunities))
    holds(Opportunity, lambda opportunities: Invoice.objects.filter(opportunity__in=opportunities))
    holds(Quote, lambda quotes: Order.objects.filter(quote__in=quotes))
    holds(Quote, lambda quotes: Quote.objects.filter(revised_from__in=quotes))
    holds(Order, lambda orders: Invoice.objects.filter(order__in=orders).exclude(state=InvoiceState.CANCELED))
    refuses(Quote, _unless(QuoteState.DRAFT, gettext_lazy("Only drafts of quotes are deleted. Close it instead.")))
    refuses(Quote, _revises_another)
    refuses(Order, _unless(OrderState.ACTIVE, gettext_lazy("Only active orders are deleted.")))
    keeps_in_bin(Quote, _behind_a_closed_opportunity)
    refuses(Invoice, _unless(InvoiceState.DRAFT, gettext_lazy("Only drafts of invoices are deleted.")))


def _hold_campaigns() -> None:
    for model in _CHAIN:
        holds(Campaign, _from_campaigns(model))


def _from_campaigns(model: Any) -> Callable[[Any], Any]:
    return lambda campaigns: model.objects.filter(campaign__in=campaigns).order_by("pk")


def _unless(state: str, sentence: Any) -> Callable[[Any], str]:
    return lambda record: "" if record.state == state else str(sentence)


def _revises_another(quote: Quote) -> str:
    """Without the draft the number would have no open revision, and the one before stays closed as revised."""
    if quote.state != QuoteState.DRAFT or quote.revised_from_id is None:
        return ""
    return _("This draft revises an offer that was made. Close it as canceled instead; it can be revised again.")


def _behind_a_closed_opportunity(quote: Quote, _actor: Any) -> str:
    if quote.opportunity is None or quote.opportunity.is_editable:
        return ""
    return _("Its opportunity is closed, behind which no quote is open. Reopen the opportunity first.")


def _hold_customers() -> None:
    for model in (Order, Invoice):
        holds(Account, _rows(model, "customer_account"))
        holds(Contact, _rows(model, "customer_contact", "contact"))
    belongs(Account, _rows(Opportunity, "customer_account"))
    belongs(Contact, _rows(Opportunity, "customer_contact"))
    # Quotes of an opportunity go with it.
    belongs(Account, lambda accounts: Quote.objects.filter(customer_account__in=accounts, opportunity__isnull=True))
    belongs(Contact, lambda contacts: Quote.objects.filter(customer_contact__in=contacts, opportunity__isnull=True))
    for dealing in (Opportunity, Quote):
        holds(Contact, _rows(dealing, "contact"))


def _hold_catalogue() -> None:
    for model in _CHAIN:
        holds(Product, _with_line(model, "product"))
        holds(Unit, _with_line(model, "unit"))
        holds(TaxRate, _with_line(model, "tax_rate"))
        holds(TaxRate, _rows(model, "freight_tax_rate"))
        holds(PriceList, _rows(model, "price_list"))
    for customers in (Account, Contact):
        holds(PriceList, _rows(customers, "price_list"))


def _rows(model: Any, *columns: str) -> Callable[[Any], Any]:
    def rows(records: Any) -> Any:
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column}__in": records})
        return model.objects.filter(condition).order_by("pk")

    return rows


def _with_line(model: Any, column: str) -> Callable[[Any], Any]:
    """Documents of which a line refers to one of the records."""

    def rows(records: Any) -> Any:
        lines = model.line_model().objects.filter(**{f"{column}__in": records})
        return model.objects.filter(pk__in=lines.values("document")).order_by("pk")

    return rows
