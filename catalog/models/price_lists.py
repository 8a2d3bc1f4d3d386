"""Price lists: what a product costs per unit, in one currency and for a time."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.models.discounts import DiscountList
from catalog.models.products import Product
from catalog.models.units import Unit
from catalog.price_terms import (
    PRICE_METHOD_LABELS,
    ROUNDING_OPTION_LABELS,
    ROUNDING_POLICY_LABELS,
    SELLING_RULE_LABELS,
    PriceMethod,
    RoundingPolicy,
    SellingRule,
)
from catalog.querysets import LivePriceListManager, PriceListManager
from catalog.states import PRICE_LIST_MACHINE
from crm.core.folding import fold
from crm.core.models import Currency, Line, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.users.models import OrganisationModel, Territory

PRICE_LIST_WORDS = SearchWords(names=("sort_key",))
"""What a price list is found by."""


def _choices(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """The terms of the price engine as stored; plain strings, which migrations can write."""
    return [(term.value, label) for term, label in labels.items()]


@tracked
class PriceList(StateModel, OrganisationModel):
    """The default list of the organisation serves whoever has no other; there is at most one."""

    machine = PRICE_LIST_MACHINE

    name = models.CharField(_("name"), max_length=100)
    sort_key = models.CharField(max_length=500, default="", editable=False)
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("The last day."))
    prices_include_tax = models.BooleanField(
        _("prices include tax"), default=False, help_text=_("Documents made from this list are gross.")
    )
    is_default = models.BooleanField(_("default of the organisation"), default=False)
    description = models.TextField(_("description"), blank=True, default="")
    state = state_field(PRICE_LIST_MACHINE)
    status_reason = reason_field(PRICE_LIST_MACHINE)

    objects: ClassVar[Any] = LivePriceListManager()  # type: ignore[assignment]  # the same rows, one question more
    with_bin: ClassVar[Any] = PriceListManager()  # type: ignore[assignment]  # the same rows, one question more

    class Meta(OrganisationModel.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(F("sort_key").asc(nulls_last=True), F("id").asc(), name="pricelist_by_name"),
            models.Index(F("created_at").desc(nulls_last=True), F("id").desc(), name="pricelist_by_created"),
            GinIndex(PRICE_LIST_WORDS, name="pricelist_search"),
        ]
        constraints = [
            PRICE_LIST_MACHINE.constraint("price_list_state_reason"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="price_list_name_once",
                violation_error_message=_("There is a price list of this name already."),
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, deleted_at__isnull=True),
                name="one_default_price_list",
                violation_error_message=_("There is a default price list already."),
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(state="active"),
                name="default_list_is_active",
                violation_error_message=_("The default price list has to be active."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="price_list_ends_after_start",
                violation_error_message=_("The last day is not before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_sort_key(self) -> None:
        self.sort_key = fold(self.name)

    @transition(field="state", source="active", target="inactive", conditions=[PRICE_LIST_MACHINE.allows("deactivate")])
    def deactivate(self) -> None:
        self.status_reason = PRICE_LIST_MACHINE.reason_after("deactivate")

    @transition(field="state", source="inactive", target="active", conditions=[PRICE_LIST_MACHINE.allows("activate")])
    def activate(self) -> None:
        self.status_reason = PRICE_LIST_MACHINE.reason_after("activate")


@tracked
class PriceListTerritory(Line):
    """The list is proposed for customers of this territory."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="territories")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+", verbose_name=_("territory"))

    class Meta:
        verbose_name = _("territory of a price list")
        verbose_name_plural = _("territories of price lists")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "territory"],
                name="price_list_once_per_territory",
                violation_error_message=_("The price list is named for this territory already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.price_list}: {self.territory}"


@tracked
class PriceListItem(Line):
    """The price of one product in one unit. `amount` serves the method of that name, `percentage` the others."""

    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="items", db_index=False, verbose_name=_("price list")
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="price_list_items", verbose_name=_("product"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    method = models.CharField(
        _("method"), max_length=30, choices=_choices(PRICE_METHOD_LABELS), default=PriceMethod.AMOUNT.value
    )
    amount = models.DecimalField(
        _("price"), max_digits=20, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    percentage = models.DecimalField(
        _("percentage"),
        max_digits=11,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100_000)],
    )
    rounding = models.CharField(
        _("rounding"), max_length=10, choices=_choices(ROUNDING_POLICY_LABELS), default=RoundingPolicy.NONE.value
    )
    rounding_option = models.CharField(
        _("rounded to"), max_length=20, choices=_choices(ROUNDING_OPTION_LABELS), blank=True, default=""
    )
    rounding_amount = models.DecimalField(
        _("rounding amount"), max_digits=20, decimal_places=5, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    selling_rule = models.CharField(
        _("quantities sold"), max_length=30, choices=_choices(SELLING_RULE_LABELS), default=SellingRule.ANY.value
    )
    discount_list = models.ForeignKey(
        DiscountList, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("volume discount")
    )

    class Meta:
        verbose_name = _("price list item")
        verbose_name_plural = _("price list items")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "unit"],
                name="one_item_per_list_product_unit",
                violation_error_message=_("The list has a price for this product and unit already. Change that one."),
            ),
            models.CheckConstraint(
                condition=Q(method="amount", amount__isnull=False, amount__gte=0)
                | (~Q(method="amount") & Q(percentage__isnull=False, percentage__gte=0)),
                name="item_has_what_its_method_needs",
                violation_error_message=_("Enter the amount or the percentage that the method needs."),
            ),
            models.CheckConstraint(
                condition=Q(rounding="none") | (Q(rounding_amount__gt=0) & ~Q(rounding_option="")),
                name="item_rounds_to_something",
                violation_error_message=_("Enter what the price is rounded to."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} / {self.unit}"
