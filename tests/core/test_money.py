"""Rounding, spreading, exchanging and printing money."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.money import currency_digits, format_money, format_price, round_money, spread, to_base

D = Decimal
steady = settings(derandomize=True, deadline=None, max_examples=200)
cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
weight_lists = st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=3), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("amount", "digits", "rounded"),
    [
        ("1185.125", 2, "1185.13"),
        ("-1185.125", 2, "-1185.13"),
        ("2.675", 2, "2.68"),
        ("0.5", 0, "1"),
        ("-2.5", 0, "-3"),
        ("1.0005", 3, "1.001"),
        ("7", 2, "7.00"),
    ],
)
def test_halves_go_away_from_zero_at_the_digits_of_the_currency(amount: str, digits: int, rounded: str) -> None:
    assert str(round_money(D(amount), digits)) == rounded


def test_a_rounded_zero_has_no_sign() -> None:
    assert str(round_money(D("-0.004"), 2)) == "0.00"


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_money(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount of money"):
        round_money(D(amount), 2)


def test_rounding_does_not_depend_on_the_decimal_context_of_the_caller() -> None:
    with localcontext(prec=5):
        assert round_money(D("123456789012.345"), 2) == D("123456789012.35")


def test_the_largest_remainder_gets_the_cent() -> None:
    assert spread(D("123.00"), [D("780.00"), D("250.00")], 2) == [D("93.15"), D("29.85")]


def test_a_tie_goes_to_the_member_that_stands_earlier() -> None:
    assert spread(D("0.01"), [D(1), D(1)], 2) == [D("0.01"), D("0.00")]
    assert spread(D("1.00"), [D(1), D(1), D(1)], 2) == [D("0.34"), D("0.33"), D("0.33")]


def test_equal_remainders_tie_even_where_the_quotients_differ_in_length() -> None:
    # A sixth and four sixths of 100 cents both leave two thirds of a cent, which a rounded quotient would not show.
    assert spread(D("1.00"), [D(1), D(4), D(1)], 2) == [D("0.17"), D("0.67"), D("0.16")]


def test_weights_of_both_signs_keep_their_proportion() -> None:
    assert spread(D("5.00"), [D(100), D(-50)], 2) == [D("10.00"), D("-5.00")]


def test_where_weights_cancel_out_their_sizes_count_and_zeros_share_evenly() -> None:
    assert spread(D("3.00"), [D(20), D(-20)], 2) == [D("1.50"), D("1.50")]
    assert spread(D("0.03"), [D(0), D(0)], 2) == [D("0.02"), D("0.01")]


def test_a_currency_without_decimals_spreads_whole_units() -> None:
    assert spread(D("100"), [D(1), D(1), D(1)], 0) == [D("34"), D("33"), D("33")]


def test_an_amount_without_anybody_to_bear_it_is_refused() -> None:
    assert spread(D("0.00"), [], 2) == []
    with pytest.raises(ValueError, match="nothing to spread"):
        spread(D("0.01"), [], 2)


def test_an_unrounded_total_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        spread(D("1.005"), [D(1)], 2)


@steady
@given(total=cents, weights=weight_lists)
def test_shares_always_sum_to_the_total(total: Decimal, weights: list[Decimal]) -> None:
    assert sum(spread(total, weights, 2)) == total


@steady
@given(total=cents, weights=weight_lists)
def test_the_mirror_of_a_total_is_spread_into_the_mirror_of_the_shares(total: Decimal, weights: list[Decimal]) -> None:
    mirror = [-share for share in spread(total, weights, 2)]
    assert spread(-total, weights, 2) == mirror
    assert spread(-total, [-weight for weight in weights], 2) == mirror


@steady
@given(total=cents, weights=st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1))
def test_no_share_is_a_whole_cent_away_from_its_proportion(total: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights)
    if whole:
        for share, weight in zip(spread(total, weights, 2), weights, strict=True):
            assert abs(share - total * weight / whole) < D("0.01") + D("1e-9")


def test_the_base_amount_divides_by_units_per_base_unit() -> None:
    assert to_base(D("1268.13"), D("4.2517"), 2) == D("298.26")
    assert to_base(D("-100.00"), D("1"), 2) == D("-100.00")
    assert to_base(D("1000"), D("0.00625"), 2) == D("160000.00")


@pytest.mark.parametrize("rate", ["0", "-1", "NaN"])
def test_a_rate_that_is_not_positive_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="exchange rate"):
        to_base(D(1), D(rate), 2)


def test_the_digits_of_a_new_currency_come_from_its_code() -> None:
    assert [currency_digits(code) for code in ("JPY", "EUR", "KWD")] == [0, 2, 3]


@pytest.mark.parametrize(
    ("currency", "locale", "printed"),
    [
        ("USD", "en-us", "$1,234.50"),
        ("EUR", "de", "1.234,50\xa0€"),
        ("KWD", "en", "KWD1,234.500"),
        ("JPY", "ja", "￥1,235"),
        ("USD", "xx-nowhere", "$1,234.50"),
    ],
)
def test_money_is_printed_as_people_of_the_locale_write_it(currency: str, locale: str, printed: str) -> None:
    assert format_money(D("1234.5"), currency, locale) == printed


def test_the_organisation_may_give_a_currency_other_digits() -> None:
    assert format_money(D("1234.5"), "USD", "en", digits=0) == "$1,235"


def test_a_price_is_printed_with_as_many_decimals_as_it_needs() -> None:
    assert format_price(D("12.50000"), "EUR", "en") == "€12.50"
    assert format_price(D("0.08333"), "EUR", "en") == "€0.08333"
