"""Opportunities, quotes, orders, invoices and payments, and what became of leads."""

from sales.models.documents import DocumentModel, DocumentTax, PricedModel
from sales.models.invoices import Invoice, InvoiceLine, InvoiceTax, Payment, PaymentMethod
from sales.models.lines import SOLD_KINDS, DocumentLine, LineKind
from sales.models.opportunities import (
    ForecastCategory,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityTax,
    RevenueMode,
)
from sales.models.orders import Order, OrderLine, OrderTax
from sales.models.qualification import Qualification, QualificationOutcome, QualificationResult
from sales.models.qualification_map import QualificationMap
from sales.models.quotes import Quote, QuoteLine, QuoteTax

__all__ = [
    "SOLD_KINDS",
    "DocumentLine",
    "DocumentModel",
    "DocumentTax",
    "ForecastCategory",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "LineKind",
    "Opportunity",
    "OpportunityCompetitor",
    "OpportunityLine",
    "OpportunityTax",
    "Order",
    "OrderLine",
    "OrderTax",
    "Payment",
    "PaymentMethod",
    "PricedModel",
    "Qualification",
    "QualificationMap",
    "QualificationOutcome",
    "QualificationResult",
    "Quote",
    "QuoteLine",
    "QuoteTax",
    "RevenueMode",
]
