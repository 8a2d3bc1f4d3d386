"""What is sold."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.models.taxes import TaxRate
from catalog.models.units import Unit, UnitGroup
from catalog.querysets import LiveProductManager, ProductManager
from catalog.states import PRODUCT_MACHINE
from crm.core.folding import fold
from crm.core.models import Currency, CustomModel, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import Folded, SearchWords
from crm.users.models import OrganisationModel

PRODUCT_WORDS = SearchWords(names=("sort_key", Folded("number")), numbers=("number",))
"""What a product is found by; numbers of products often are names."""


@tracked
class Product(StateModel, OrganisationModel, CustomModel, TaggedModel):
    """Prices and costs are per default unit, in the product's currency.

    `revision` counts how often the product was published. Documents copy what they sell, so a later revision
    changes none of them.
    """

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        FAMILY = "family", _("Product family")
        BUNDLE = "bundle", _("Bundle")

    class Type(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")
        FEE = "fee", _("Flat fee")
        CHARGE = "charge", _("Miscellaneous charge")

    machine = PRODUCT_MACHINE

    number = models.CharField(_("number"), max_length=100)
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=500, default="", editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PRODUCT, editable=False)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.GOODS)
    description = models.TextField(_("description"), blank=True, default="")
    unit_group = models.ForeignKey(UnitGroup, models.PROTECT, related_name="products", verbose_name=_("unit group"))
    default_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("default unit"))
    decimals = models.PositiveSmallIntegerField(
        _("decimals of quantities"), default=2, validators=[MaxValueValidator(5)]
    )
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))
    list_price = models.DecimalField(
        _("list price"), max_digits=20, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    standard_cost = models.DecimalField(
        _("standard cost"), max_digits=20, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    current_cost = models.DecimalField(
        _("current cost"), max_digits=20, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="products", verbose_name=_("tax rate"))
    default_price_list = models.ForeignKey(
        "catalog.PriceList",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="default_of",
        verbose_name=_("default price list"),
        help_text=_("Asked when the price list of a document does not have the product."),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("The last day."))
    supplier = models.CharField(_("supplier"), max_length=100, blank=True, default="")
    supplier_number = models.CharField(_("number at the supplier"), max_length=100, blank=True, default="")
    website = models.URLField(_("web page"), max_length=500, blank=True, default="")
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    state = state_field(PRODUCT_MACHINE)
    status_reason = reason_field(PRODUCT_MACHINE)

    objects: ClassVar[Any] = LiveProductManager()  # type: ignore[assignment]  # the same rows, one question more
    with_bin: ClassVar[Any] = ProductManager()  # type: ignore[assignment]  # the same rows, one question more

    class Meta(OrganisationModel.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(F("sort_key").asc(nulls_last=True), F("id").asc(), name="product_by_name"),
            models.Index(F("number").asc(nulls_last=True), F("id").asc(), name="product_by_number"),
            models.Index(F("created_at").desc(nulls_last=True), F("id").desc(), name="product_by_created"),
            GinIndex(PRODUCT_WORDS, name="product_search"),
            tag_index("product"),
        ]
        constraints = [
            PRODUCT_MACHINE.constraint("product_state_reason"),
            models.UniqueConstraint(
                Lower("number"),
                condition=Q(deleted_at__isnull=True),
                name="product_number_once_in_any_case",
                violation_error_message=_("There is a product with this number already."),
            ),
            models.CheckConstraint(
                condition=~Q(number=""), name="product_has_a_number", violation_error_message=_("Enter a number.")
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=5),
                name="product_decimals_up_to_5",
                violation_error_message=_("Quantities have at most 5 decimals."),
            ),
            models.CheckConstraint(
                condition=(Q(list_price__isnull=True) | Q(list_price__gte=0))
                & (Q(standard_cost__isnull=True) | Q(standard_cost__gte=0))
                & (Q(current_cost__isnull=True) | Q(current_cost__gte=0)),
                name="product_prices_not_negative",
                violation_error_message=_("Enter prices and costs of 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="product_ends_after_start",
                violation_error_message=_("The last day is not before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_sort_key(self) -> None:
        self.sort_key = fold(self.name)

    @property
    def tax_category(self) -> str:
        return self.tax_rate.category

    @transition(
        field="state",
        source=["draft", "under_revision"],
        target="active",
        conditions=[PRODUCT_MACHINE.allows("publish")],
    )
    def publish(self) -> None:
        self.status_reason = PRODUCT_MACHINE.reason_after("publish")
        self.revision += 1

    @transition(field="state", source="active", target="under_revision", conditions=[PRODUCT_MACHINE.allows("revise")])
    def revise(self) -> None:
        self.status_reason = PRODUCT_MACHINE.reason_after("revise")

    @transition(field="state", source="under_revision", target="active", conditions=[PRODUCT_MACHINE.allows("revert")])
    def revert(self) -> None:
        self.status_reason = PRODUCT_MACHINE.reason_after("revert")

    @transition(field="state", source="active", target="retired", conditions=[PRODUCT_MACHINE.allows("retire")])
    def retire(self) -> None:
        self.status_reason = PRODUCT_MACHINE.reason_after("retire")

    @transition(field="state", source="retired", target="active", conditions=[PRODUCT_MACHINE.allows("reactivate")])
    def reactivate(self) -> None:
        self.status_reason = PRODUCT_MACHINE.reason_after("reactivate")
