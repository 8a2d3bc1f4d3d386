"""What the pages of quotes, orders and invoices tell in the same way."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activities.next_steps import next_step_of
from crm.core import format as shown
from crm.core.screens.details import DetailView, Fact, KeyFact, Section
from crm.customers.models import Account, Contact
from crm.customers.views.facts import visible_choice
from leads.campaign_links import campaign_link
from leads.values import source_label
from sales.models import DocumentModel, PricedModel
from sales.services.lines import frozen_sentence
from sales.services.snapshots import ADDRESS_PARTS
from sales.views.parties import Parties, parties_of


class PricedDetailView[D: PricedModel](DetailView[D]):
    """Of everything that has a customer and lines."""

    related = ("owner", "owner_team", "currency", "price_list")

    def edit_obstacle(self, record: D) -> str:
        return edit_obstacle(record)

    def parties(self, record: D) -> Parties:
        if not hasattr(self, "_parties"):
            self._parties = parties_of(record, self.request.user)
        return self._parties

    def next_step(self, record: D) -> Fact:
        return _("Next step"), next_step_of(record, self.request.user)

    def amount(self, record: D, value: Any) -> str:
        """With the currency's code unless it is the base one, whose rate is 1."""
        code = "" if record.exchange_rate == 1 else record.currency.code
        return "" if value is None else shown.money_html(value, code, digits=record.currency.digits)


class DocumentDetailView[D: DocumentModel](PricedDetailView[D]):
    """The lines come first: they are what a document is."""

    first_tab = "lines"

    def subtitle(self, record: D) -> str:
        parties = self.parties(record)
        return " · ".join(part for part in (record.name, parties.customer_name, parties.contact_name) if part)

    def key_facts(self, record: D) -> list[Fact | KeyFact]:
        currency: Any = _("%(code)s, stays while lines exist") % {"code": record.currency.code}
        has_lines = record.is_editable and record.detail_amount
        return [
            *self.own_key_facts(record),
            KeyFact(_("Price list"), record.price_list and record.price_list.name, "price_list"),
            KeyFact(_("Currency"), currency if has_lines else record.currency.code),
            KeyFact(_("Payment"), _terms(record), "payment_terms_days"),
            KeyFact(_("Freight"), record.freight_terms, "freight_terms"),
            KeyFact(_("Contact"), self.parties(record).contact, "contact"),
            KeyFact(_("Bill to"), address(record, "bill_to"), "bill_to_street"),
            KeyFact(_("Tax number"), record.buyer_tax_number),
        ]

    def own_key_facts(self, record: D) -> list[Fact | KeyFact]:
        """What only this kind of document has: its days."""
        return []

    def details(self, record: D) -> list[Section]:
        parties = self.parties(record)
        return [
            Section(
                str(self.model._meta.verbose_name).capitalize(), _document(record, parties) + self.own_details(record)
            ),
            Section(_("Prices and terms"), _terms_facts(record)),
            Section(_("Buyer and seller"), _sides(record)),
            Section(_("Texts"), _texts(record)),
            Section(_("Where it came from"), _origin(record, parties, self.request.user)),
        ]

    def _own(self, record: D, parties: Parties) -> list[Fact]:
        return _document(record, parties) + self.own_details(record)

    def own_details(self, record: D) -> list[Fact]:
        return []


def edit_obstacle(record: PricedModel) -> str:
    return "" if record.is_editable else frozen_sentence(record)


def initial_customer(request: HttpRequest) -> dict[str, Any]:
    """The customer that the address names for a new document."""
    return {
        "customer_account": visible_choice(Account, request, "customer_account"),
        "customer_contact": visible_choice(Contact, request, "customer_contact"),
        "contact": visible_choice(Contact, request, "contact"),
    }


def _document(record: DocumentModel, parties: Parties) -> list[Fact]:
    return [
        (_("Number"), record.number),
        (_("Name"), record.name),
        (_("Customer"), parties.customer),
        (_("Contact"), parties.contact),
        (_("Customer reference"), record.customer_reference),
        (_("External number"), record.external_number),
    ]


def _terms(record: DocumentModel) -> str:
    days = record.payment_terms_days
    return "" if days is None else _("Net %(days)d") % {"days": days}


def _terms_facts(record: DocumentModel) -> list[Fact]:
    days = record.payment_terms_days
    return [
        (_("Currency"), record.currency.code),
        (_("Price list"), record.price_list and record.price_list.name),
        (_("Prices include tax"), _("yes") if record.prices_include_tax else ""),
        (_("Payment terms"), "" if days is None else _("%(days)d days") % {"days": days}),
        (_("Freight terms"), record.freight_terms),
        (_("Shipping terms"), record.shipping_terms),
    ]


def _sides(record: DocumentModel) -> list[Fact]:
    return [
        (_("Bill to"), address(record, "bill_to")),
        (_("Ship to"), address(record, "ship_to")),
        (_("Buyer"), record.buyer_name),
        (_("Buyer's tax number"), record.buyer_tax_number),
        (_("Seller"), record.seller_name),
        (_("Seller's tax number"), record.seller_tax_number),
    ]


def _texts(record: DocumentModel) -> list[Fact]:
    return [
        (_("Introduction"), record.introduction),
        (_("Terms"), record.terms),
        (_("Description"), record.description),
    ]


def _origin(record: DocumentModel, parties: Parties, user: Any) -> list[Fact]:
    return [
        (_("Opportunity"), parties.opportunity),
        (_("Source"), source_label(record.source)),
        (_("Source campaign"), campaign_link(record, user)),
    ]


def address(record: DocumentModel, use: str) -> str:
    return ", ".join(value for part in ADDRESS_PARTS if (value := getattr(record, f"{use}_{part}")))
