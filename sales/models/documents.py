"""What opportunities, quotes, orders and invoices have in common: a customer, a currency and figures."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.models import Currency, CustomModel, Line, TaggedModel
from crm.core.money import ROUNDING_METHOD
from crm.core.states import StateModel
from crm.core.words import Folded, SearchWords
from crm.customers.models import CustomerModel
from crm.users.models import OwnedModel
from leads.models.campaigns import source_campaign
from sales.models.columns import base_figure, figure, percentage, typed_amount

DOCUMENT_WORDS = SearchWords(
    names=("sort_key", Folded("buyer_name"), Folded("customer_reference")), numbers=("number",)
)
"""What a quote, an order or an invoice is found by. Whoever reads it reads the buyer's name on it."""


class PricedModel(OwnedModel, StateModel, CustomerModel, CustomModel, TaggedModel):
    """A record with lines and totals. `services.documents.recalculate` alone writes the figures.

    Rows of lines and tax are `lines` and `taxes`, each with its parent in `document`.
    """

    lines: Any
    taxes: Any

    sort_key = models.CharField(max_length=310, editable=False)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10, null=True, editable=False)
    exchange_rate_on = models.DateField(_("rate of"), null=True, editable=False)
    price_list = models.ForeignKey(
        "catalog.PriceList", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price list")
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False, editable=False)
    discount_percent = percentage(_("discount %"))
    discount_amount = typed_amount(_("discount amount"))
    freight_amount = typed_amount(_("freight"))
    freight_tax_rate = models.ForeignKey(
        "catalog.TaxRate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax on freight")
    )
    freight_tax_category = models.CharField(max_length=2, blank=True, editable=False)
    freight_tax_percent = percentage(_("tax on freight %"))
    description = models.TextField(_("description"), blank=True)

    detail_amount = figure(_("detail amount"))
    line_discount_total = figure(_("discounts on lines"))
    discount_total = figure(_("document discount"))
    pre_freight_amount = figure(_("pre-freight amount"))
    taxable_amount = figure(_("taxable amount"))
    tax_amount = figure(_("tax"))
    total_amount = figure(_("total"))
    base_total_amount = base_figure(_("total in base currency"))
    rounding_method = models.CharField(max_length=40, default=ROUNDING_METHOD, editable=False)
    discount_per_unit = models.BooleanField(_("line discounts are per unit"), default=False, editable=False)
    pricing_error = models.TextField(_("pricing error"), blank=True, editable=False)

    source = models.CharField(_("source"), max_length=100, blank=True)
    campaign = source_campaign()
    campaign_code = models.CharField(_("campaign code"), max_length=100, blank=True, editable=False)
    utm_source = models.CharField(max_length=200, blank=True, editable=False)
    utm_medium = models.CharField(max_length=200, blank=True, editable=False)
    utm_campaign = models.CharField(max_length=200, blank=True, editable=False)
    utm_term = models.CharField(max_length=200, blank=True, editable=False)
    utm_content = models.CharField(max_length=200, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def line_model(cls) -> Any:
        return cls.lines.rel.related_model

    @classmethod
    def tax_model(cls) -> Any:
        return cls.taxes.rel.related_model

    @property
    def is_editable(self) -> bool:
        """May header and lines change in this state?"""
        raise NotImplementedError

    @property
    def is_rate_frozen(self) -> bool:
        """From here on the exchange rate stays what it is."""
        return not self.is_editable

    @property
    def keeps_prices(self) -> bool:
        """Are prices of lines kept instead of being read from the price list again?"""
        return not self.is_editable

    @property
    def keeps_taxes(self) -> bool:
        """Are categories and rates of tax kept instead of being read again?"""
        return not self.is_editable


class DocumentModel(PricedModel):
    """A quote, an order or an invoice: numbered, with terms, addresses and the copies made when it is fixed."""

    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    external_number = models.CharField(_("external number"), max_length=100, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=300)
    customer_reference = models.CharField(_("customer reference"), max_length=100, blank=True)
    payment_terms_days = models.PositiveSmallIntegerField(_("payment terms in days"), null=True, blank=True)
    freight_terms = models.CharField(_("freight terms"), max_length=100, blank=True)
    shipping_terms = models.CharField(_("shipping terms"), max_length=100, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    terms = models.TextField(_("terms"), blank=True)

    bill_to_name = models.CharField(_("bill to"), max_length=200, blank=True)
    bill_to_street = models.CharField(_("street"), max_length=250, blank=True)
    bill_to_city = models.CharField(_("city"), max_length=100, blank=True)
    bill_to_state_or_province = models.CharField(_("state or province"), max_length=100, blank=True)
    bill_to_postal_code = models.CharField(_("postal code"), max_length=40, blank=True)
    bill_to_country = models.CharField(_("country"), max_length=100, blank=True)
    ship_to_name = models.CharField(_("ship to"), max_length=200, blank=True)
    ship_to_street = models.CharField(_("street"), max_length=250, blank=True)
    ship_to_city = models.CharField(_("city"), max_length=100, blank=True)
    ship_to_state_or_province = models.CharField(_("state or province"), max_length=100, blank=True)
    ship_to_postal_code = models.CharField(_("postal code"), max_length=40, blank=True)
    ship_to_country = models.CharField(_("country"), max_length=100, blank=True)

    # Written when the document is fixed; a later rename or merge never reaches them.
    buyer_name = models.CharField(_("buyer"), max_length=310, blank=True, editable=False)
    buyer_contact_name = models.CharField(_("buyer's contact"), max_length=310, blank=True, editable=False)
    buyer_email = models.CharField(max_length=254, blank=True, editable=False)
    buyer_tax_number = models.CharField(_("buyer's tax number"), max_length=50, blank=True, editable=False)
    seller_name = models.CharField(_("seller"), max_length=200, blank=True, editable=False)
    seller_street = models.CharField(max_length=250, blank=True, editable=False)
    seller_city = models.CharField(max_length=100, blank=True, editable=False)
    seller_state_or_province = models.CharField(max_length=100, blank=True, editable=False)
    seller_postal_code = models.CharField(max_length=40, blank=True, editable=False)
    seller_country = models.CharField(max_length=100, blank=True, editable=False)
    seller_tax_number = models.CharField(_("seller's tax number"), max_length=50, blank=True, editable=False)
    seller_registration_number = models.CharField(max_length=50, blank=True, editable=False)
    seller_email = models.CharField(max_length=254, blank=True, editable=False)
    seller_phone = models.CharField(max_length=50, blank=True, editable=False)
    seller_bank = models.TextField(_("seller's bank"), blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or str(_("Draft: %(name)s") % {"name": self.name})


class DocumentTax(Line):
    """The tax of one (category, rate) of a document."""

    category = models.CharField(_("tax category"), max_length=2)
    percent = percentage(_("rate %"))
    taxable_amount = figure(_("taxable amount"))
    tax_amount = figure(_("tax"))
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.category} {self.percent} %: {self.tax_amount}"
