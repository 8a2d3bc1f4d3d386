"""Finding a price: the order of the lists, the six methods, rounding, units, and tiers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.pricing import (
    DiscountKind,
    PriceFound,
    PriceMethod,
    PriceRequest,
    PriceSource,
    PricingError,
    PricingErrorCode,
    RoundingOption,
    RoundingPolicy,
    SellingRule,
    VolumeTier,
    find_price,
    override_price,
    write_in_price,
)
from tests.catalog.prices import (
    DOZEN,
    FIVE_PERCENT,
    PALLET,
    PIECE,
    TODAY,
    found,
    item,
    price_list,
    request,
    rounded_item,
)

D = Decimal
Code = PricingErrorCode


def refused(asked: PriceRequest) -> PricingErrorCode:
    answer = find_price(asked)
    assert isinstance(answer, PricingError), answer
    return answer.code


def computed(method: PriceMethod, percentage: str, figures: Mapping[str, str], **rounding: Any) -> str:
    """The price of one percentage item, as a plain number."""
    percent = item(method=method, percentage=D(percentage), **rounding)
    product = {name: D(value) for name, value in figures.items()}
    return f"{found(request(price_list(percent), product=product)).price_per_unit.normalize():f}"


# The order of the lists


def test_the_item_of_the_documents_list_for_the_unit_counts_first() -> None:
    answer = found(
        request(
            price_list(item("120", id=8, unit_id=DOZEN.id), item("12.5")),
            default_list=price_list(item("99"), id=4, name="Default"),
        )
    )
    assert answer.price_per_unit == D("12.5")
    assert answer.volume_discount == 0
    assert (answer.trace.source, answer.trace.conversion) == (PriceSource.PRICE_LIST, None)
    assert answer.trace.item is not None
    assert (answer.trace.item.price_list_id, answer.trace.item.item_id) == (3, 7)


def test_an_item_for_another_unit_of_the_list_is_converted() -> None:
    answer = found(request(price_list(item("10", unit_id=DOZEN.id)), default_list=price_list(item("99"))))
    assert answer.price_per_unit == D("0.83333")
    assert found(request(price_list(item("0.85")), unit_id=DOZEN.id)).price_per_unit == D("10.2")


def test_of_several_other_units_the_default_unit_is_converted_and_else_the_smallest() -> None:
    both = price_list(item("4", id=1, unit_id=PALLET.id), item("12", id=2, unit_id=DOZEN.id))
    assert found(request(both)).price_per_unit == D(1)
    by_pallet = request(both, product={"default_unit_id": PALLET.id})
    assert found(by_pallet).price_per_unit == D("0.00833")


def test_the_products_default_list_counts_where_the_documents_list_has_no_price() -> None:
    answer = found(request(price_list(), default_list=price_list(item("9"), id=4, name="Default")))
    assert answer.price_per_unit == D(9)
    assert answer.trace.source == PriceSource.DEFAULT_LIST
    assert found(request(None, default_list=price_list(item("9")))).price_per_unit == D(9)


@pytest.mark.parametrize(
    "unusable",
    [
        {"currency": "USD"},
        {"is_active": False},
        {"valid_to": date(2026, 2, 28)},
        {"prices_include_tax": True},
    ],
)
def test_a_default_list_that_does_not_fit_the_document_is_not_used(unusable: dict[str, Any]) -> None:
    assert refused(request(price_list(), default_list=price_list(item("9"), **unusable))) == Code.MISSING_PRICE


@pytest.mark.parametrize(
    ("unusable", "code"),
    [
        ({"is_active": False}, Code.INACTIVE_PRICE_LIST),
        ({"valid_from": date(2026, 3, 2)}, Code.PRICE_LIST_OUT_OF_DATE),
        ({"valid_to": date(2026, 2, 28)}, Code.PRICE_LIST_OUT_OF_DATE),
        ({"currency": "USD"}, Code.OTHER_CURRENCY),
        ({"prices_include_tax": True}, Code.OTHER_TAX_BASIS),
    ],
)
def test_a_document_list_that_does_not_count_is_an_error_and_not_passed_over(
    unusable: dict[str, Any], code: Code
) -> None:
    asked = request(price_list(item("9"), **unusable), default_list=price_list(item("8")))
    assert refused(asked) == code


def test_both_ends_of_a_validity_are_inclusive() -> None:
    assert found(request(price_list(item("9"), valid_from=TODAY, valid_to=TODAY))).price_per_unit == D(9)


def test_nothing_is_silently_zero() -> None:
    assert refused(request(None)) == Code.MISSING_PRICE_LIST
    assert refused(request(price_list())) == Code.MISSING_PRICE
    assert refused(request(price_list(item()))) == Code.MISSING_AMOUNT
    assert refused(request(price_list(item("-1")))) == Code.INVALID_PRICE
    tiny = request(price_list(item("0.00001", unit_id=PALLET.id)))
    assert refused(tiny) == Code.MISSING_PRICE
    assert found(request(price_list(item("0")))).price_per_unit == 0


def test_a_unit_of_another_group_is_refused() -> None:
    elsewhere = request(price_list(item("9")), unit_id=99)
    assert refused(elsewhere) == Code.MISSING_UNIT
    assert override_price(elsewhere, price=D(8), by_id=4, by_name="Ann") == PricingError(Code.MISSING_UNIT)
    assert refused(request(price_list(item("9")), units=(replace(PIECE, factor=D(0)),))) == Code.MISSING_UNIT


def test_every_error_says_how_to_repair_it() -> None:
    for code in PricingErrorCode:
        assert PricingError(code).sentence.endswith(".")


# The methods and their rounding


@pytest.mark.parametrize(
    ("method", "percentage", "figure", "price"),
    [
        (PriceMethod.PERCENT_OF_LIST, "90", "list_price", "72"),
        (PriceMethod.MARKUP_ON_CURRENT_COST, "20", "current_cost", "96"),
        (PriceMethod.MARGIN_ON_CURRENT_COST, "20", "current_cost", "100"),
        (PriceMethod.MARKUP_ON_STANDARD_COST, "20", "standard_cost", "96"),
        (PriceMethod.MARGIN_ON_STANDARD_COST, "20", "standard_cost", "100"),
        (PriceMethod.MARGIN_ON_STANDARD_COST, "30", "standard_cost", "114.28571"),
    ],
)
def test_a_percentage_is_taken_of_the_products_own_figure(
    method: PriceMethod, percentage: str, figure: str, price: str
) -> None:
    assert computed(method, percentage, {figure: "80"}) == price
    percent = item(method=method, percentage=D(percentage))
    assert refused(request(price_list(percent))).value == "missing " + figure.replace("_", " ")


@pytest.mark.parametrize(
    ("policy", "option", "amount", "price"),
    [
        ("up", "ends in", "0.99", "99.99"),
        ("up", "multiple of", "5", "100"),
        ("down", "multiple of", "5", "95"),
        ("down", "ends in", "0.95", "99.95"),
        ("nearest", "ends in", "0.5", "99.5"),
        ("nearest", "multiple of", "66.66", "133.32"),
        ("up", "ends in", "9", "109"),
        ("up", "ends in", "0.05", "100.05"),
        ("none", "multiple of", "5", "99.99"),
    ],
)
def test_a_computed_price_is_rounded_as_the_item_says(policy: str, option: str, amount: str, price: str) -> None:
    rounding = {
        "rounding": RoundingPolicy(policy),
        "rounding_option": RoundingOption(option),
        "rounding_amount": D(amount),
    }
    assert computed(PriceMethod.PERCENT_OF_LIST, "90", {"list_price": "111.10"}, **rounding) == price


def test_halfway_between_two_ends_goes_up_and_below_the_first_end_goes_to_it() -> None:
    nearest = price_list(rounded_item(RoundingPolicy.NEAREST, D("0.5")))
    assert found(request(nearest, product={"list_price": D(4)})).price_per_unit == D("4.5")
    nearest = price_list(rounded_item(RoundingPolicy.NEAREST, D("0.99")))
    assert found(request(nearest, product={"list_price": D("0.1")})).price_per_unit == D("0.99")


@pytest.mark.parametrize("amount", [None, D(0), D(-1), D("NaN"), D("0.99")])
def test_a_rounding_that_leaves_no_price_is_an_error(amount: Decimal | None) -> None:
    down = price_list(rounded_item(RoundingPolicy.DOWN, amount))
    assert refused(request(down, product={"list_price": D("0.40")})) == Code.INVALID_ROUNDING


def test_a_price_is_never_rounded_down_to_nothing() -> None:
    down = rounded_item(RoundingPolicy.DOWN, D(5))
    multiple = replace(down, rounding_option=RoundingOption.MULTIPLE_OF)
    assert refused(request(price_list(multiple), product={"list_price": D(3)})) == Code.INVALID_ROUNDING


@pytest.mark.parametrize(
    ("method", "percentage"),
    [
        (PriceMethod.MARGIN_ON_CURRENT_COST, "100"),
        (PriceMethod.MARKUP_ON_CURRENT_COST, "-1"),
        (PriceMethod.MARKUP_ON_CURRENT_COST, "100000.01"),
    ],
)
def test_a_percentage_that_gives_no_price_is_an_error(method: PriceMethod, percentage: str) -> None:
    percent = item(method=method, percentage=D(percentage))
    asked = request(price_list(percent), product={"current_cost": D(80)})
    assert refused(asked) == Code.INVALID_PERCENTAGE


def test_percentages_need_the_products_figures_in_the_currency_of_the_list() -> None:
    percent = item(method=PriceMethod.PERCENT_OF_LIST, percentage=D(90))
    asked = request(price_list(percent), product={"currency": "USD", "list_price": D(80)})
    assert refused(asked) == Code.PRODUCT_CURRENCY


def test_the_products_figures_are_per_default_unit() -> None:
    percent = item(method=PriceMethod.PERCENT_OF_LIST, percentage=D(90), unit_id=DOZEN.id)
    asked = request(price_list(percent), unit_id=DOZEN.id, product={"list_price": D(10)})
    assert found(asked).price_per_unit == D(108)
    assert found(asked).trace.list_price == D(120)
    in_dollars = request(price_list(item("9")), product={"currency": "USD", "list_price": D(10)})
    assert found(in_dollars).trace.list_price is None


def test_an_item_may_be_sold_in_whole_quantities_of_its_unit_only() -> None:
    whole = price_list(item("9", selling_rule=SellingRule.WHOLE))
    assert refused(request(whole, quantity=D("1.5"))) == Code.INVALID_QUANTITY
    assert found(request(whole, quantity=D("0.5"), unit_id=DOZEN.id)).price_per_unit == D(108)


# Volume discounts


@pytest.mark.parametrize(
    ("quantity", "discount"),
    [("9.99999", "0"), ("10", "5"), ("49", "5"), ("49.5", "0"), ("50", "8"), ("9999", "8"), ("-12", "0")],
)
def test_both_ends_of_a_tier_are_inclusive(quantity: str, discount: str) -> None:
    asked = request(price_list(item("100", discount_list=FIVE_PERCENT)), quantity=D(quantity))
    assert found(asked).volume_discount == D(discount)


def test_an_inactive_discount_list_does_not_apply_and_the_trace_says_so() -> None:
    inactive = replace(FIVE_PERCENT, is_active=False)
    answer = found(request(price_list(item("100", discount_list=inactive)), quantity=D(12)))
    assert answer.volume_discount == 0
    assert "The discount list Volume is inactive and does not apply." in answer.trace.sentences("en")


def test_tiers_count_and_discount_in_the_unit_of_the_item() -> None:
    amounts = replace(FIVE_PERCENT, kind=DiscountKind.AMOUNT, currency="EUR")
    by_piece = price_list(item("10", discount_list=amounts))
    answer = found(request(by_piece, unit_id=DOZEN.id, quantity=D(1)))
    assert (answer.price_per_unit, answer.volume_discount) == (D(120), D(60))


ABOVE_THE_PRICE = (VolumeTier(low=D(0), high=None, value=D(101)),)


@pytest.mark.parametrize("more", [{"currency": "USD"}, {"currency": "EUR", "tiers": ABOVE_THE_PRICE}])
def test_a_discount_that_does_not_fit_the_price_is_an_error(more: dict[str, Any]) -> None:
    amounts = replace(FIVE_PERCENT, kind=DiscountKind.AMOUNT, **more)
    asked = request(price_list(item("100", discount_list=amounts)), quantity=D(12))
    assert refused(asked) == Code.INVALID_DISCOUNT


# Typed prices


def test_a_typed_price_replaces_the_price_of_the_list_and_keeps_its_volume_discount() -> None:
    asked = request(price_list(item("100", discount_list=FIVE_PERCENT)), quantity=D(12))
    answer = override_price(asked, price=D(80), by_id=4, by_name="Ann")
    assert isinstance(answer, PriceFound)
    assert (answer.price_per_unit, answer.volume_discount) == (D(80), D(4))
    assert answer.trace.override is not None
    assert (answer.trace.override.instead_of, answer.trace.override.by_id) == (D(100), 4)


def test_a_typed_price_cures_a_missing_price_but_no_wrong_quantity() -> None:
    answer = override_price(request(None), price=D(80), by_id=4, by_name="Ann")
    assert isinstance(answer, PriceFound)
    assert (answer.price_per_unit, answer.trace.source) == (D(80), PriceSource.TYPED)
    whole = request(price_list(item("9", selling_rule=SellingRule.WHOLE)), quantity=D("1.5"))
    assert override_price(whole, price=D(8), by_id=4, by_name="Ann") == PricingError(Code.INVALID_QUANTITY)


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity"])
def test_a_typed_price_is_a_number_and_not_negative(price: str) -> None:
    wrong = PricingError(Code.INVALID_PRICE)
    assert override_price(request(None), price=D(price), by_id=4, by_name="Ann") == wrong
    assert write_in_price(price=D(price), currency="EUR", by_id=4, by_name="Ann") == wrong
