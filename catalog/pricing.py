"""Finding the price of a line, and telling why.

Pure: a `PriceRequest` in, a `PriceFound` or a `PricingError` out; no model and no clock. The document's
price list is asked first, for the unit and then for any other unit of the group; then the product's
default list; then the line has a pricing error. Nothing is silently zero. docs/pricing.md tells more.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.price_terms import (
    DISCOUNT_KIND_LABELS,
    PRICE_METHOD_LABELS,
    PRICING_SENTENCES,
    ROUNDING_OPTION_LABELS,
    ROUNDING_POLICY_LABELS,
    SELLING_RULE_LABELS,
    DiscountKind,
    DiscountList,
    PriceItem,
    PriceList,
    PriceMethod,
    PriceRequest,
    PricingError,
    PricingErrorCode,
    ProductPrices,
    RoundingOption,
    RoundingPolicy,
    SellingRule,
    Unit,
    VolumeTier,
)
from catalog.price_trace import (
    ConversionStep,
    ItemStep,
    OverrideStep,
    PriceSource,
    PriceTrace,
    RoundingStep,
    VolumeStep,
)
from crm.core.money import HUNDRED, PRICE_DIGITS, ZERO, Direction, exact_arithmetic, round_money, round_to_grid

__all__ = [
    "DISCOUNT_KIND_LABELS",
    "PRICE_METHOD_LABELS",
    "PRICING_SENTENCES",
    "ROUNDING_OPTION_LABELS",
    "ROUNDING_POLICY_LABELS",
    "SELLING_RULE_LABELS",
    "DiscountKind",
    "DiscountList",
    "PriceFound",
    "PriceItem",
    "PriceList",
    "PriceMethod",
    "PriceRequest",
    "PriceSource",
    "PriceTrace",
    "PricingError",
    "PricingErrorCode",
    "ProductPrices",
    "RoundingOption",
    "RoundingPolicy",
    "SellingRule",
    "Unit",
    "VolumeTier",
    "find_price",
    "override_price",
    "write_in_price",
]

_NOT_CURED_BY_TYPING = (
    PricingErrorCode.MISSING_UNIT,
    PricingErrorCode.INVALID_QUANTITY,
    PricingErrorCode.INVALID_DISCOUNT,
)
MAX_PERCENTAGE = Decimal(100_000)

_MISSING = {
    "list_price": PricingErrorCode.MISSING_LIST_PRICE,
    "current_cost": PricingErrorCode.MISSING_CURRENT_COST,
    "standard_cost": PricingErrorCode.MISSING_STANDARD_COST,
}
_FIGURES = {
    PriceMethod.PERCENT_OF_LIST: "list_price",
    PriceMethod.MARKUP_ON_CURRENT_COST: "current_cost",
    PriceMethod.MARGIN_ON_CURRENT_COST: "current_cost",
    PriceMethod.MARKUP_ON_STANDARD_COST: "standard_cost",
    PriceMethod.MARGIN_ON_STANDARD_COST: "standard_cost",
}
_MARGINS = (PriceMethod.MARGIN_ON_CURRENT_COST, PriceMethod.MARGIN_ON_STANDARD_COST)
_DIRECTIONS: dict[RoundingPolicy, Direction] = {
    RoundingPolicy.UP: "up",
    RoundingPolicy.DOWN: "down",
    RoundingPolicy.NEAREST: "nearest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFound:
    """A price and a volume discount per unit sold, both of up to five decimals, and their reasons."""

    price_per_unit: Decimal
    volume_discount: Decimal
    trace: PriceTrace


class _Refused(Exception):
    """Carries the code of a pricing error out of the steps."""

    def __init__(self, code: PricingErrorCode) -> None:
        super().__init__(code)
        self.code = code


def find_price(request: PriceRequest) -> PriceFound | PricingError:
    """The price of the document's list, or else of the product's default list."""
    with exact_arithmetic():
        try:
            source, price_list, item = _choose(request)
            trace = _priced(request, source, price_list, item)
            return _with_volume_discount(request, price_list, item, trace)
        except _Refused as refused:
            return PricingError(refused.code)


def override_price(request: PriceRequest, *, price: Decimal, by_id: int, by_name: str) -> PriceFound | PricingError:
    """A price that somebody typed over the list; the volume discount of the list's item still applies."""
    if not _is_price(price):
        return PricingError(PricingErrorCode.INVALID_PRICE)
    price = round_money(price, PRICE_DIGITS)
    with exact_arithmetic():
        try:
            source, price_list, item = _choose(request)
            trace = _priced(request, source, price_list, item)
            step = OverrideStep(by_id=by_id, by_name=by_name, price=price, instead_of=trace.price_per_unit)
            trace = replace(trace, price_per_unit=price, override=step)
            return _with_volume_discount(request, price_list, item, trace)
        except _Refused as refused:
            if refused.code in _NOT_CURED_BY_TYPING:
                return PricingError(refused.code)
            return write_in_price(price=price, currency=request.currency, by_id=by_id, by_name=by_name)


def write_in_price(*, price: Decimal, currency: str, by_id: int, by_name: str) -> PriceFound | PricingError:
    """A price without any list behind it: always typed."""
    if not _is_price(price):
        return PricingError(PricingErrorCode.INVALID_PRICE)
    price = round_money(price, PRICE_DIGITS)
    trace = PriceTrace(
        source=PriceSource.TYPED,
        currency=currency,
        price_per_unit=price,
        override=OverrideStep(by_id=by_id, by_name=by_name, price=price),
    )
    return PriceFound(price_per_unit=price, volume_discount=ZERO, trace=trace)


def _is_price(price: Decimal) -> bool:
    return price.is_finite() and price >= 0


def _choose(request: PriceRequest) -> tuple[PriceSource, PriceList, PriceItem]:
    if request.price_list is not None:
        objection = _objection(request.price_list, request)
        if objection is not None:
            raise _Refused(objection)
        item = _item(request.price_list, request)
        if item is not None:
            return PriceSource.PRICE_LIST, request.price_list, item
    if request.default_list is not None and _objection(request.default_list, request) is None:
        item = _item(request.default_list, request)
        if item is not None:
            return PriceSource.DEFAULT_LIST, request.default_list, item
    without_list = request.price_list is None and request.default_list is None
    raise _Refused(PricingErrorCode.MISSING_PRICE_LIST if without_list else PricingErrorCode.MISSING_PRICE)


def _objection(price_list: PriceList, request: PriceRequest) -> PricingErrorCode | None:
    """Why this list does not count for the document on this day."""
    if not price_list.is_active:
        return PricingErrorCode.INACTIVE_PRICE_LIST
    begun = price_list.valid_from is None or price_list.valid_from <= request.priced_on
    ended = price_list.valid_to is not None and price_list.valid_to < request.priced_on
    if not begun or ended:
        return PricingErrorCode.PRICE_LIST_OUT_OF_DATE
    if price_list.currency != request.currency:
        return PricingErrorCode.OTHER_CURRENCY
    if price_list.prices_include_tax != request.prices_include_tax:
        return PricingErrorCode.OTHER_TAX_BASIS
    return None


def _item(price_list: PriceList, request: PriceRequest) -> PriceItem | None:
    """The item for the unit; else the one for the product's default unit; else for the smallest unit."""
    factors = {unit.id: unit.factor for unit in request.units}
    candidates = [item for item in price_list.items if item.unit_id in factors]

    def distance(item: PriceItem) -> tuple[bool, bool, Decimal, int]:
        is_other = item.unit_id != request.unit_id
        is_not_default = item.unit_id != request.product.default_unit_id
        return is_other, is_not_default, factors[item.unit_id], item.id

    return min(candidates, key=distance, default=None)


def _unit(request: PriceRequest, unit_id: int) -> Unit:
    for unit in request.units:
        if unit.id == unit_id and unit.factor > 0:
            return unit
    raise _Refused(PricingErrorCode.MISSING_UNIT)


def _priced(request: PriceRequest, source: PriceSource, price_list: PriceList, item: PriceItem) -> PriceTrace:
    """The trace up to the price per unit sold."""
    item_unit, unit = _unit(request, item.unit_id), _unit(request, request.unit_id)
    _check_quantity(_quantity_in(item_unit, request), item.selling_rule)
    base, computed = _item_price(request, price_list, item, item_unit)
    rounding = _rounding(item, computed)
    price = computed if rounding is None else rounding.after
    conversion = None if unit == item_unit else _conversion(item_unit, unit, price)
    return PriceTrace(
        source=source,
        currency=request.currency,
        price_per_unit=price if conversion is None else conversion.price,
        list_price=_list_price(request, unit),
        item=ItemStep(
            price_list_id=price_list.id,
            price_list_name=price_list.name,
            item_id=item.id,
            unit=item_unit.name,
            method=item.method,
            price=price,
            percentage=None if base is None else item.percentage,
            base=base,
        ),
        rounding=rounding,
        conversion=conversion,
    )


def _quantity_in(unit: Unit, request: PriceRequest) -> Decimal:
    """Selling rules and volume tiers count in the unit of the item."""
    return request.quantity * _unit(request, request.unit_id).factor / unit.factor


def _check_quantity(quantity: Decimal, rule: SellingRule) -> None:
    if rule == SellingRule.WHOLE and quantity != quantity.to_integral_value():
        raise _Refused(PricingErrorCode.INVALID_QUANTITY)


def _item_price(
    request: PriceRequest, price_list: PriceList, item: PriceItem, unit: Unit
) -> tuple[Decimal | None, Decimal]:
    """What a percentage is taken of (None for an amount), and the price per unit of the item."""
    if item.method == PriceMethod.AMOUNT:
        if item.amount is None:
            raise _Refused(PricingErrorCode.MISSING_AMOUNT)
        if not _is_price(item.amount):
            raise _Refused(PricingErrorCode.INVALID_PRICE)
        return None, round_money(item.amount, PRICE_DIGITS)
    if request.product.currency != price_list.currency:
        raise _Refused(PricingErrorCode.PRODUCT_CURRENCY)
    base = _product_figure(request, item.method, unit)
    return base, round_money(_by_percentage(item, base), PRICE_DIGITS)


def _product_figure(request: PriceRequest, method: PriceMethod, unit: Unit) -> Decimal:
    """The list price or cost, which the product has per default unit, per the given unit."""
    name = _FIGURES[method]
    figure: Decimal | None = getattr(request.product, name)
    if figure is None:
        raise _Refused(_MISSING[name])
    if not _is_price(figure):
        raise _Refused(PricingErrorCode.INVALID_PRICE)
    return figure * unit.factor / _unit(request, request.product.default_unit_id).factor


def _by_percentage(item: PriceItem, base: Decimal) -> Decimal:
    percentage = item.percentage
    if percentage is None:
        raise _Refused(PricingErrorCode.MISSING_PERCENTAGE)
    is_margin = item.method in _MARGINS
    if not 0 <= percentage <= MAX_PERCENTAGE or (is_margin and percentage >= HUNDRED):
        raise _Refused(PricingErrorCode.INVALID_PERCENTAGE)
    if item.method == PriceMethod.PERCENT_OF_LIST:
        return base * percentage / HUNDRED
    if is_margin:
        return base * HUNDRED / (HUNDRED - percentage)
    return base * (HUNDRED + percentage) / HUNDRED


def _rounding(item: PriceItem, price: Decimal) -> RoundingStep | None:
    if item.method == PriceMethod.AMOUNT or item.rounding == RoundingPolicy.NONE:
        return None
    option, amount = item.rounding_option, item.rounding_amount
    if option is None or amount is None or not amount.is_finite() or amount <= 0:
        raise _Refused(PricingErrorCode.INVALID_ROUNDING)
    return RoundingStep(
        policy=item.rounding,
        option=option,
        amount=amount,
        before=price,
        after=_rounded(price, _DIRECTIONS[item.rounding], option, amount),
    )


def _rounded(price: Decimal, direction: Direction, option: RoundingOption, amount: Decimal) -> Decimal:
    """To k times the amount, or to an end: then a step is the smallest power of ten above the amount."""
    is_end = option == RoundingOption.ENDS_IN
    step = Decimal(1).scaleb(amount.adjusted() + 1) if is_end else amount
    try:
        after = round_to_grid(price, step=step, offset=amount if is_end else ZERO, direction=direction)
    except ValueError as nothing_below:
        raise _Refused(PricingErrorCode.INVALID_ROUNDING) from nothing_below
    if price and not after:
        raise _Refused(PricingErrorCode.INVALID_ROUNDING)
    return round_money(after, PRICE_DIGITS)


def _conversion(from_unit: Unit, to_unit: Unit, price: Decimal) -> ConversionStep:
    converted = round_money(price * to_unit.factor / from_unit.factor, PRICE_DIGITS)
    if price and not converted:
        raise _Refused(PricingErrorCode.MISSING_PRICE)
    return ConversionStep(
        from_unit=from_unit.name,
        from_factor=from_unit.factor,
        to_unit=to_unit.name,
        to_factor=to_unit.factor,
        price=converted,
    )


def _list_price(request: PriceRequest, unit: Unit) -> Decimal | None:
    """The product's list price per unit sold, where it can be compared with the price."""
    product = request.product
    if product.list_price is None or product.currency != request.currency:
        return None
    default = _unit(request, product.default_unit_id)
    return round_money(product.list_price * unit.factor / default.factor, PRICE_DIGITS)


def _with_volume_discount(
    request: PriceRequest, price_list: PriceList, item: PriceItem, trace: PriceTrace
) -> PriceFound:
    discount = ZERO
    if item.discount_list is not None and not item.discount_list.is_active:
        trace = replace(trace, inactive_discount_list=item.discount_list.name)
    elif item.discount_list is not None:
        step = _volume_step(request, price_list, item, item.discount_list, trace.price_per_unit)
        discount = ZERO if step is None else step.discount
        trace = replace(trace, volume=step)
    return PriceFound(price_per_unit=trace.price_per_unit, volume_discount=discount, trace=trace)


def _volume_step(
    request: PriceRequest, price_list: PriceList, item: PriceItem, discounts: DiscountList, price: Decimal
) -> VolumeStep | None:
    item_unit, unit = _unit(request, item.unit_id), _unit(request, request.unit_id)
    quantity = _quantity_in(item_unit, request)
    tier = next((tier for tier in discounts.tiers if _contains(tier, quantity)), None)
    if tier is None:
        return None
    is_percent = discounts.kind == DiscountKind.PERCENT
    if not is_percent and discounts.currency != price_list.currency:
        raise _Refused(PricingErrorCode.INVALID_DISCOUNT)
    exact = price * tier.value / HUNDRED if is_percent else tier.value * unit.factor / item_unit.factor
    discount = round_money(exact, PRICE_DIGITS)
    if not 0 <= discount <= price:
        raise _Refused(PricingErrorCode.INVALID_DISCOUNT)
    return VolumeStep(
        discount_list_id=discounts.id,
        discount_list_name=discounts.name,
        kind=discounts.kind,
        quantity=round_money(quantity, PRICE_DIGITS),
        low=tier.low,
        high=tier.high,
        value=tier.value,
        discount=discount,
    )


def _contains(tier: VolumeTier, quantity: Decimal) -> bool:
    return tier.low <= quantity and (tier.high is None or quantity <= tier.high)
