"""What the pages of quotes, orders and invoices tell in the same way."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.screens.details import Fact
from crm.core.tables import base_currency_code
from crm.customers.models import Account, Contact
from crm.customers.views.facts import visible_choice
from leads.values import source_label
from sales.models import DocumentModel
from sales.services.lines import frozen_sentence
from sales.services.snapshots import ADDRESS_PARTS
from sales.views.opportunities import customer_link


def initial_customer(request: HttpRequest) -> dict[str, Any]:
    """The customer that the address names for a new document."""
    return {
        "customer_account": visible_choice(Account, request, "customer_account"),
        "customer_contact": visible_choice(Contact, request, "customer_contact"),
        "contact": visible_choice(Contact, request, "contact"),
    }


def head_facts(record: Any) -> list[Fact]:
    code = record.currency.code
    return [
        (_("Customer"), customer_link(record)),
        (_("Total"), shown.money_html(record.total_amount, "" if code == base_currency_code() else code)),
        (_("Opportunity"), opportunity_link(record)),
    ]


def opportunity_link(record: Any) -> str:
    if record.opportunity_id is None:
        return ""
    url = reverse("sales:opportunity_detail", args=[record.opportunity_id])
    return format_html('<a href="{}">{}</a>', url, record.opportunity)


def detail_facts(record: DocumentModel) -> list[Fact]:
    days = record.payment_terms_days
    return [
        (_("Name"), record.name),
        (_("Contact"), record.contact and record.contact.full_name),
        (_("Customer reference"), record.customer_reference),
        (_("External number"), record.external_number),
        (_("Currency"), record.currency.code),
        (_("Price list"), record.price_list and record.price_list.name),
        (_("Prices include tax"), _("yes") if record.prices_include_tax else ""),
        (_("Payment terms"), "" if days is None else _("%(days)d days") % {"days": days}),
        (_("Freight terms"), record.freight_terms),
        (_("Shipping terms"), record.shipping_terms),
        (_("Bill to"), address(record, "bill_to")),
        (_("Ship to"), address(record, "ship_to")),
        (_("Buyer"), record.buyer_name),
        (_("Buyer's tax number"), record.buyer_tax_number),
        (_("Seller"), record.seller_name),
        (_("Seller's tax number"), record.seller_tax_number),
        (_("Introduction"), record.introduction),
        (_("Terms"), record.terms),
        (_("Description"), record.description),
        (_("Source"), source_label(record.source)),
        (_("Source campaign"), record.campaign_code),
    ]


def address(record: DocumentModel, use: str) -> str:
    return ", ".join(value for part in ADDRESS_PARTS if (value := getattr(record, f"{use}_{part}")))


def edit_obstacle(record: DocumentModel) -> str:
    return "" if record.is_editable else frozen_sentence(record)
