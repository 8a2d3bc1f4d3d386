"""What a price is found from: price lists, their items, discount lists, and the question itself.

Prices and costs are `Decimal` per unit, percentages are 0 to 100 unless said otherwise.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class PriceMethod(StrEnum):
    """How an item of a price list gives a price."""

    AMOUNT = "amount"
    PERCENT_OF_LIST = "percent of list"
    MARKUP_ON_CURRENT_COST = "markup on current cost"
    MARGIN_ON_CURRENT_COST = "margin on current cost"
    MARKUP_ON_STANDARD_COST = "markup on standard cost"
    MARGIN_ON_STANDARD_COST = "margin on standard cost"


class RoundingPolicy(StrEnum):
    """Which way a computed price is rounded; an amount is never rounded."""

    NONE = "none"
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


class RoundingOption(StrEnum):
    """What a computed price is rounded to."""

    ENDS_IN = "ends in"
    MULTIPLE_OF = "multiple of"


class SellingRule(StrEnum):
    """Which quantities an item may be sold in."""

    ANY = "any"
    WHOLE = "whole"
    FRACTIONAL = "whole and fractional"


class DiscountKind(StrEnum):
    """What the values of a discount list are."""

    PERCENT = "percent"
    AMOUNT = "amount"


PRICE_METHOD_LABELS = {
    PriceMethod.AMOUNT: _("Amount"),
    PriceMethod.PERCENT_OF_LIST: _("Percent of list price"),
    PriceMethod.MARKUP_ON_CURRENT_COST: _("Markup on current cost"),
    PriceMethod.MARGIN_ON_CURRENT_COST: _("Margin on current cost"),
    PriceMethod.MARKUP_ON_STANDARD_COST: _("Markup on standard cost"),
    PriceMethod.MARGIN_ON_STANDARD_COST: _("Margin on standard cost"),
}
ROUNDING_POLICY_LABELS = {
    RoundingPolicy.NONE: _("Not rounded"),
    RoundingPolicy.UP: _("Rounded up"),
    RoundingPolicy.DOWN: _("Rounded down"),
    RoundingPolicy.NEAREST: _("Rounded to the nearest"),
}
ROUNDING_OPTION_LABELS = {
    RoundingOption.ENDS_IN: _("Ends in"),
    RoundingOption.MULTIPLE_OF: _("Multiple of"),
}
SELLING_RULE_LABELS = {
    SellingRule.ANY: _("Any quantity"),
    SellingRule.WHOLE: _("Whole quantities only"),
    SellingRule.FRACTIONAL: _("Whole and fractional quantities"),
}
DISCOUNT_KIND_LABELS = {DiscountKind.PERCENT: _("Percentage"), DiscountKind.AMOUNT: _("Amount")}


class PricingErrorCode(StrEnum):
    """Why a line has no price; stored with the line, while people read `PRICING_SENTENCES`."""

    MISSING_PRICE_LIST = "missing price list"
    INACTIVE_PRICE_LIST = "inactive price list"
    PRICE_LIST_OUT_OF_DATE = "price list out of date"
    OTHER_CURRENCY = "price list in another currency"
    OTHER_TAX_BASIS = "price list on another tax basis"
    MISSING_PRICE = "missing price"
    MISSING_UNIT = "missing unit"
    MISSING_AMOUNT = "missing amount"
    MISSING_PERCENTAGE = "missing percentage"
    MISSING_LIST_PRICE = "missing list price"
    MISSING_CURRENT_COST = "missing current cost"
    MISSING_STANDARD_COST = "missing standard cost"
    INVALID_PRICE = "invalid price"
    INVALID_PERCENTAGE = "invalid percentage"
    INVALID_ROUNDING = "invalid rounding"
    INVALID_DISCOUNT = "invalid discount"
    INVALID_QUANTITY = "invalid quantity"
    PRODUCT_CURRENCY = "product in another currency"


_Code = PricingErrorCode
PRICING_SENTENCES = {
    _Code.MISSING_PRICE_LIST: _("There is no price list. Choose one, or type the price."),
    _Code.INACTIVE_PRICE_LIST: _("The price list is inactive. Choose another one."),
    _Code.PRICE_LIST_OUT_OF_DATE: _("The price list is not valid on this day. Choose another one."),
    _Code.OTHER_CURRENCY: _("The price list has another currency. Choose one in the document's currency."),
    _Code.OTHER_TAX_BASIS: _(
        "The price list and the document differ in whether prices include tax. Choose another price list."
    ),
    _Code.MISSING_PRICE: _("The product has no price in the price list. Add one there, or type the price."),
    _Code.MISSING_UNIT: _("The unit does not belong to the product's unit group. Choose another unit."),
    _Code.MISSING_AMOUNT: _("The price list item has no amount. Enter it there."),
    _Code.MISSING_PERCENTAGE: _("The price list item has no percentage. Enter it there."),
    _Code.MISSING_LIST_PRICE: _("The product has no list price. Enter it at the product."),
    _Code.MISSING_CURRENT_COST: _("The product has no current cost. Enter it at the product."),
    _Code.MISSING_STANDARD_COST: _("The product has no standard cost. Enter it at the product."),
    _Code.INVALID_PRICE: _("Prices and costs are numbers and not negative. Correct the price."),
    _Code.INVALID_PERCENTAGE: _(
        "The percentage of the price list item lies between 0 and 100,000, that of a margin below 100. "
        "Correct it there."
    ),
    _Code.INVALID_ROUNDING: _(
        "The rounding of the price list item leaves no price. Correct the rounding amount there."
    ),
    _Code.INVALID_DISCOUNT: _("The volume discount does not fit the price or its currency. Correct the discount list."),
    _Code.INVALID_QUANTITY: _("This item is sold in whole quantities only. Correct the quantity."),
    _Code.PRODUCT_CURRENCY: _(
        "The product's own prices have another currency than the price list. Enter an amount in the list."
    ),
}


@dataclass(frozen=True, slots=True)
class PricingError:
    """A line without a price."""

    code: PricingErrorCode

    @property
    def sentence(self) -> str:
        return str(PRICING_SENTENCES[self.code])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of the product's group; `factor` is how many base units it holds."""

    id: int
    name: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeTier:
    """A range of quantities, both ends inclusive; without `high` it is open. `value` is per unit."""

    low: Decimal
    high: Decimal | None
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountList:
    """Volume discounts; one of amounts has a currency. An inactive list does not apply."""

    id: int
    name: str
    kind: DiscountKind
    tiers: tuple[VolumeTier, ...]
    currency: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceItem:
    """The price of one product per one unit in a price list; tiers count in this unit."""

    id: int
    unit_id: int
    method: PriceMethod = PriceMethod.AMOUNT
    amount: Decimal | None = None
    percentage: Decimal | None = None
    rounding: RoundingPolicy = RoundingPolicy.NONE
    rounding_option: RoundingOption | None = None
    rounding_amount: Decimal | None = None
    selling_rule: SellingRule = SellingRule.ANY
    discount_list: DiscountList | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A price list with its items of the asked product only; both ends of its validity are inclusive."""

    id: int
    name: str
    currency: str
    items: tuple[PriceItem, ...]
    is_active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    prices_include_tax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPrices:
    """The product's own figures, per default unit and in its own currency."""

    default_unit_id: int
    currency: str
    list_price: Decimal | None = None
    current_cost: Decimal | None = None
    standard_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """What does this quantity of a product cost, per unit, on this document and day?

    `units` is the whole group; `default_list` is the product's own, asked when the document's has no price.
    """

    product: ProductPrices
    units: tuple[Unit, ...]
    unit_id: int
    quantity: Decimal
    currency: str
    priced_on: date
    price_list: PriceList | None
    default_list: PriceList | None = None
    prices_include_tax: bool = False
