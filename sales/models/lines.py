"""What the lines of all documents have in common."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import CustomModel, Line
from crm.users.models import User
from sales.models.columns import (
    ONE,
    figure,
    optional_percentage,
    percentage,
    typed_amount,
    unit_price,
    units,
)


class LineKind(models.TextChoices):
    PRODUCT = "product", _("Product")
    WRITE_IN = "write_in", _("Write-in")
    SECTION = "section", _("Section")
    NOTE = "note", _("Note")


SOLD_KINDS = (LineKind.PRODUCT, LineKind.WRITE_IN)
"""The kinds that carry figures; sections and notes only structure the document."""


class DocumentLine(Line, CustomModel):
    """A product, a write-in, a section title or a note. `name` and `product_number` are copies."""

    Kind = LineKind

    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind.choices, default=LineKind.PRODUCT)
    product: Any = models.ForeignKey(
        "catalog.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    product_number = models.CharField(_("product number"), max_length=100, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)
    unit: Any = models.ForeignKey(
        "catalog.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    unit_name = models.CharField(_("unit"), max_length=100, blank=True)
    quantity = units(_("quantity"), ONE)
    price_per_unit = unit_price(_("price per unit"))
    price_quantity = units(_("price applies per"), ONE)
    is_price_overridden = models.BooleanField(_("price is typed"), default=False)
    price_overridden_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    volume_discount = models.DecimalField(
        _("volume discount per unit"), max_digits=20, decimal_places=5, default=0, editable=False
    )
    discount_amount = models.DecimalField(
        _("discount"), max_digits=19, decimal_places=4, default=0, blank=True, help_text=_("Negative on a return.")
    )
    discount_percent = optional_percentage(_("discount %"))
    charge_amount = typed_amount(_("charge"))
    charge_percent = optional_percentage(_("charge %"))
    tax_rate: Any = models.ForeignKey(
        "catalog.TaxRate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax")
    )
    tax_category = models.CharField(_("tax category"), max_length=2, blank=True, editable=False)
    tax_percent = percentage(_("tax %"))

    base_amount = figure(_("base amount"))
    discount_total = figure(_("discount"))
    charge_total = figure(_("charge"))
    net_amount = figure(_("net amount"))
    document_discount_share = figure(_("share of the document's discount"))
    tax_exclusive_amount = figure(_("net of tax"))
    price_trace = models.JSONField(_("why this price"), default=dict, editable=False)
    pricing_error = models.TextField(_("pricing error"), blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="product", product__isnull=False) | (~Q(kind="product") & Q(product__isnull=True)),
                name="%(app_label)s_%(class)s_product_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="product") | ~Q(name="") | ~Q(description=""),
                name="%(app_label)s_%(class)s_says_something",
            ),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="%(app_label)s_%(class)s_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=SOLD_KINDS) | Q(net_amount=0), name="%(app_label)s_%(class)s_text_is_free"
            ),
            models.CheckConstraint(
                condition=Q(price_per_unit__gte=0, price_quantity__gt=0),
                name="%(app_label)s_%(class)s_price_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.description[:50]

    @property
    def is_sold(self) -> bool:
        return self.kind in SOLD_KINDS
