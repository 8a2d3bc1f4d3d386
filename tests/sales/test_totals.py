"""The formulas of a document: sums known beforehand, and refusals."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from sales.totals import (
    DocumentCharge,
    DocumentTotals,
    LineFigures,
    LineInput,
    TotalsError,
    TotalsErrorCode,
    document_totals,
)
from tests.sales.documents import document, line, row

D = Decimal


# Known sums


def test_tax_is_rounded_once_per_rate_and_never_per_line() -> None:
    totals = document_totals(document(line("1", "55.55"), line("1", "11.11")))
    assert totals.tax_rows == (row("S", "23", "66.66", "15.33"),)
    assert (totals.tax_amount, totals.total_amount) == (D("15.33"), D("81.99"))


def test_a_discount_percentage_becomes_a_rounded_amount_on_each_line() -> None:
    ten = {"discount_percent": D(10)}
    totals = document_totals(document(line("1", "598.89", "8.5", **ten), line("1", "329.84", "8.5", **ten)))
    assert [each.discount for each in totals.lines] == [D("59.89"), D("32.98")]
    assert totals.detail_amount == D("835.86")
    assert totals.tax_amount == D("71.05")


def test_the_price_of_the_line_counts_whatever_the_list_price_is() -> None:
    assert document_totals(document(line("2", "158.00"))).lines[0].base_amount == D("316.00")


def test_a_header_amount_is_taken_off_the_detail() -> None:
    totals = document_totals(document(line("1", "84000"), discount_amount=D(70000)))
    assert (totals.detail_amount, totals.pre_freight_amount) == (D("84000.00"), D("14000.00"))


def test_half_a_cent_goes_up() -> None:
    assert document_totals(document(line("9.5", "124.75"))).detail_amount == D("1185.13")


def test_a_gross_document_takes_the_tax_out_of_its_prices() -> None:
    totals = document_totals(document(line("1", "2500", "8"), prices_include_tax=True))
    assert totals.tax_rows == (row("S", "8", "2314.81", "185.19"),)
    assert (totals.detail_amount, totals.total_amount) == (D("2500.00"), D("2500.00"))
    assert totals.lines[0].tax_exclusive_amount == D("2314.81")


def the_long_example(**more: Any) -> DocumentTotals:
    """12 at 100 with a volume tier of 5 %, 30 off, tax 5 %; a write-in of 250 without tax."""
    return document_totals(
        document(
            line("12", "100", "5", volume_discount=D(5), discount_amount=D(30)),
            line("1", "250", "0"),
            discount_percent=D(10),
            discount_amount=D(20),
            freight_amount=D(15),
            freight_tax_category="Z",
            freight_tax_rate=D(0),
            **more,
        )
    )


def test_the_long_example_with_the_discount_per_line() -> None:
    totals = the_long_example()
    assert totals.detail_amount == D("1360.00")
    assert totals.discount_total == D("156.00")
    assert totals.pre_freight_amount == D("1204.00")
    assert totals.tax_rows == (row("S", "5", "982.68", "49.13"), row("Z", "0", "236.32", "0.00"))
    assert totals.total_amount == D("1268.13")
    assert [each.document_discount_share for each in totals.lines] == [D("127.32"), D("28.68")]
    assert totals.line_discount_total == D("30.00")
    assert totals.method == "half-up/1"


def test_the_long_example_with_the_discount_per_unit() -> None:
    totals = the_long_example(discount_per_unit=True)
    assert totals.lines[0].discount == D("360.00")
    assert totals.detail_amount == D("1030.00")
    assert totals.tax_rows[0] == row("S", "5", "686.85", "34.34")
    assert totals.total_amount == D("956.34")


# Lines


def test_a_price_may_apply_to_a_number_of_units() -> None:
    totals = document_totals(document(line("250", "12.34567", price_quantity=D(100))))
    assert totals.lines[0].base_amount == D("30.86")


def test_charges_of_a_line_are_added_per_line_or_per_unit() -> None:
    charged = line("3", "10", charge_amount=D("1.50"))
    assert document_totals(document(charged)).detail_amount == D("31.50")
    assert document_totals(document(charged, charge_per_unit=True)).detail_amount == D("34.50")
    percent = line("3", "10", charge_percent=D("2.25"))
    assert document_totals(document(percent)).lines[0].charge == D("0.68")


@pytest.mark.parametrize(("digits", "total"), [(0, "123"), (2, "123.00"), (3, "123.000")])
def test_figures_have_the_digits_of_the_currency(digits: int, total: str) -> None:
    assert str(document_totals(document(line("1", "100"), digits=digits)).total_amount) == total


def test_an_empty_document_is_worth_nothing() -> None:
    totals = document_totals(document())
    assert (str(totals.total_amount), totals.tax_rows, totals.lines) == ("0.00", (), ())


# Discounts, charges and freight of the document


def test_a_tied_cent_goes_to_the_higher_rate_and_then_to_the_category() -> None:
    lines = (line("1", "10", "0"), line("1", "10", "8"), line("1", "10", "23"))
    totals = document_totals(document(*lines, discount_amount=D("0.01")))
    assert [each.document_discount_share for each in totals.lines] == [D("0.00"), D("0.00"), D("0.01")]
    exempt = line("1", "10", "0", tax_category="E")
    totals = document_totals(document(line("1", "10", "0"), exempt, discount_amount=D("0.01")))
    assert [each.document_discount_share for each in totals.lines] == [D("0.00"), D("0.01")]


def test_document_charges_and_discounts_stand_in_their_own_group_or_are_spread() -> None:
    totals = document_totals(
        document(
            line("1", "300", "20"),
            line("1", "100", "0"),
            discounts=(DocumentCharge(amount=D(40)), DocumentCharge(amount=D(7), tax_category="Z")),
            charges=(DocumentCharge(amount=D(12), tax_category="S", tax_rate=D(20)),),
        )
    )
    assert totals.tax_rows == (row("S", "20", "282.00", "56.40"), row("Z", "0", "83.00", "0.00"))
    assert (totals.document_discount_amount, totals.charge_amount) == (D("47.00"), D("12.00"))
    assert totals.pre_freight_amount == D("400.00")
    assert [each.document_discount_share for each in totals.lines] == [D("30.00"), D("17.00")]


def test_freight_may_open_a_group_of_its_own() -> None:
    freight = {"freight_amount": D(15), "freight_tax_category": "S", "freight_tax_rate": D(8)}
    totals = document_totals(document(line("1", "100"), **freight))
    assert totals.tax_rows == (row("S", "23", "100.00", "23.00"), row("S", "8", "15.00", "1.20"))


def test_what_is_prepaid_and_rounded_changes_only_what_is_payable() -> None:
    totals = document_totals(document(line("1", "100"), prepaid=D(50), rounding_amount=D("-0.01")))
    assert (totals.total_amount, totals.payable_amount) == (D("123.00"), D("72.99"))


def test_returns_take_part_in_a_header_discount_with_their_sign() -> None:
    totals = document_totals(document(line("1", "100"), line("-1", "50", "0"), discount_percent=D(10)))
    assert [each.document_discount_share for each in totals.lines] == [D("10.00"), D("-5.00")]
    assert totals.total_amount == D("65.70")


def test_a_spread_charge_does_not_explode_where_returns_nearly_cancel_the_sales() -> None:
    totals = document_totals(
        document(line("1", "100.01"), line("-1", "100", "0"), charges=(DocumentCharge(amount=D(50)),))
    )
    assert totals.tax_rows == (row("S", "23", "125.01", "28.75"), row("Z", "0", "-75.00", "0.00"))


def test_a_gross_group_divides_its_net_over_lines_discount_and_freight() -> None:
    freight = {"freight_amount": D("9.99"), "freight_tax_category": "S", "freight_tax_rate": D(23)}
    lines = (line("1", "100"), line("1", "100"), line("1", "100"))
    totals = document_totals(document(*lines, prices_include_tax=True, discount_amount=D(10), **freight))
    assert totals.tax_rows == (row("S", "23", "243.89", "56.10"),)
    assert [each.tax_exclusive_amount for each in totals.lines] == [D("81.30"), D("81.30"), D("81.30")]


def test_a_gross_return_keeps_its_net_beside_the_sale_that_it_cancels() -> None:
    totals = document_totals(document(line("1", "108", "8"), line("-1", "108", "8"), prices_include_tax=True))
    assert [each.tax_exclusive_amount for each in totals.lines] == [D("100.00"), D("-100.00")]
    assert totals.tax_rows == (row("S", "8", "0.00", "0.00"),)


def test_the_same_rate_written_differently_is_one_row() -> None:
    totals = document_totals(document(line("1", "55.55", "23.0"), line("1", "11.11", "23")))
    assert [str(each.rate) for each in totals.tax_rows] == ["23"]


def test_five_hundred_lines_are_ordinary() -> None:
    lines = [line("3", f"{number}.99", ("23", "8", "0")[number % 3]) for number in range(500)]
    totals = document_totals(document(*lines, discount_percent=D("7.5"), prices_include_tax=True))
    assert totals.detail_amount == D("375735.00")
    assert totals.total_amount == totals.pre_freight_amount == D("347554.87")


def test_a_partial_invoice_is_taxed_on_the_figures_that_it_brings() -> None:
    figures = LineFigures(base_amount=D("33.34"), net_amount=D("33.34"), document_discount_share=D("3.34"))
    totals = document_totals(document(line("1", "33.33333", figures=figures)))
    assert totals.lines[0].net_amount == D("33.34")
    assert (totals.discount_total, totals.pre_freight_amount) == (D("3.34"), D("30.00"))
    assert totals.tax_rows == (row("S", "23", "30.00", "6.90"),)
    with pytest.raises(TotalsError, match="larger than the amount"):
        document_totals(document(line("1", "33.33333", figures=figures), discount_amount=D("30.01")))


# Refusals

Code = TotalsErrorCode


@pytest.mark.parametrize(
    ("at_fault", "code", "field"),
    [
        (line("1", "-5"), Code.NEGATIVE_PRICE, "price_per_unit"),
        (line("1", "NaN"), Code.NOT_A_NUMBER, "price_per_unit"),
        (line("Infinity", "5"), Code.NOT_A_NUMBER, "quantity"),
        (line("1E+15", "5"), Code.NUMBER_TOO_LARGE, "quantity"),
        (line("1", "5", price_quantity=D(0)), Code.PRICE_QUANTITY, "price_quantity"),
        (line("1", "5", volume_discount=D("5.01")), Code.VOLUME_DISCOUNT, "volume_discount"),
        (line("1", "5", volume_discount=D(-1)), Code.VOLUME_DISCOUNT, "volume_discount"),
        (line("1", "5", discount_percent=D("100.01")), Code.PERCENTAGE, "discount_percent"),
        (line("1", "5", charge_percent=D(-1)), Code.PERCENTAGE, "charge_percent"),
        (line("1", "5", discount_amount=D(1), discount_percent=D(1)), Code.GIVEN_TWICE, "discount_amount"),
        (line("1", "5", discount_amount=D("5.01")), Code.DISCOUNT_TOO_LARGE, "discount_amount"),
        (line("1", "5", discount_amount=D(-1)), Code.WRONG_SIGN, "discount_amount"),
        (line("-1", "5", discount_amount=D(1)), Code.WRONG_SIGN, "discount_amount"),
        (line("1", "5", charge_amount=D(-1)), Code.WRONG_SIGN, "charge_amount"),
        (line("1", "5", tax_category="X"), Code.UNKNOWN_TAX, "tax_category"),
        (line("1", "5", tax_category="E"), Code.TAX_RATE, "tax_category"),
        (line("1", "5", "0", tax_category="O"), Code.MIXED_TAX, "tax_category"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_name(at_fault: LineInput, code: Code, field: str) -> None:
    at_fault = dataclasses.replace(at_fault, key="at fault")
    with pytest.raises(TotalsError) as refused:
        document_totals(document(line("1", "10"), at_fault))
    assert (refused.value.code, refused.value.field, refused.value.line_key) == (code, field, "at fault")
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        ({"discount_amount": D("100.01")}, Code.DISCOUNT_TOO_LARGE, "discount_amount"),
        ({"discount_amount": D(60), "discount_percent": D(50)}, Code.DISCOUNT_TOO_LARGE, "discount_amount"),
        ({"discount_amount": D(-1)}, Code.WRONG_SIGN, "discount_amount"),
        ({"discount_percent": D("100.01")}, Code.PERCENTAGE, "discount_percent"),
        ({"discounts": (DocumentCharge(amount=D(101)),)}, Code.DISCOUNT_TOO_LARGE, "discounts"),
        ({"discounts": (DocumentCharge(amount=D(60)),) * 2}, Code.DISCOUNT_TOO_LARGE, "discount_amount"),
        ({"charges": (DocumentCharge(amount=D(5), tax_category="O"),)}, Code.MIXED_TAX, "tax_category"),
        ({"charges": (DocumentCharge(amount=D(-1)),)}, Code.WRONG_SIGN, "charges"),
        ({"freight_amount": D(-1), "freight_tax_category": "Z"}, Code.WRONG_SIGN, "freight_amount"),
        ({"freight_amount": D(5)}, Code.MISSING_TAX, "freight_tax_category"),
        ({"freight_amount": D(5), "freight_tax_category": "S"}, Code.MISSING_TAX, "freight_tax_category"),
        ({"freight_amount": D(5), "freight_tax_category": "O"}, Code.MIXED_TAX, "tax_category"),
        ({"prepaid": D("NaN")}, Code.NOT_A_NUMBER, "prepaid"),
    ],
)
def test_a_header_that_cannot_be_is_refused_without_a_line(header: dict[str, Any], code: Code, field: str) -> None:
    with pytest.raises(TotalsError) as refused:
        document_totals(document(line("1", "100"), **header))
    assert (refused.value.code, refused.value.field, refused.value.line_key) == (code, field, None)


def test_a_document_without_lines_bears_no_discount_and_no_untaxed_charge() -> None:
    with pytest.raises(TotalsError, match="larger than the amount"):
        document_totals(document(discount_amount=D(1)))
    with pytest.raises(TotalsError, match="Choose a tax"):
        document_totals(document(charges=(DocumentCharge(amount=D(1)),)))


def test_a_document_outside_tax_stands_alone() -> None:
    totals = document_totals(document(line("1", "3200", "0", tax_category="O")))
    assert totals.tax_rows == (row("O", "0", "3200.00", "0.00"),)


def test_a_float_is_no_money() -> None:
    with pytest.raises(TypeError, match="prepaid is a Decimal, not float"):
        document_totals(document(prepaid=1.5))
