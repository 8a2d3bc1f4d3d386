"""What holds for every document and for every way of invoicing an order in parts."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sales.totals import (
    DocumentCharge,
    DocumentInput,
    LineFigures,
    LineInput,
    TotalsError,
    TotalsErrorCode,
    document_totals,
    invoiced_figures,
    invoiced_share,
)

D = Decimal
steady = settings(derandomize=True, deadline=None, max_examples=150)

TAXES = [("S", "23"), ("S", "8"), ("S", "5"), ("Z", "0"), ("E", "0")]
prices = st.decimals(min_value=0, max_value=10**5, places=5)
quantities = st.decimals(min_value=D("0.00001"), max_value=10**4, places=5)
percentages = st.decimals(min_value=0, max_value=100, places=2)


@st.composite
def sold_lines(draw: st.DrawFn) -> LineInput:
    category, rate = draw(st.sampled_from(TAXES))
    return LineInput(
        key=draw(st.integers()),
        quantity=draw(quantities),
        price_per_unit=draw(prices),
        price_quantity=D(draw(st.sampled_from([1, 3, 100]))),
        discount_percent=draw(st.none() | percentages),
        charge_amount=draw(st.decimals(min_value=0, max_value=50, places=2)),
        tax_category=category,
        tax_rate=D(rate),
    )


@st.composite
def documents(draw: st.DrawFn) -> DocumentInput:
    category, rate = draw(st.sampled_from(TAXES))
    amounts = st.decimals(min_value=0, max_value=100, places=2)
    return DocumentInput(
        lines=tuple(draw(st.lists(sold_lines(), min_size=1, max_size=8))),
        digits=draw(st.sampled_from([0, 2, 3])),
        prices_include_tax=draw(st.booleans()),
        discount_percent=draw(percentages),
        charges=tuple(DocumentCharge(amount=amount) for amount in draw(st.lists(amounts, max_size=2))),
        freight_amount=draw(amounts),
        freight_tax_category=category,
        freight_tax_rate=D(rate),
        prepaid=draw(amounts),
    )


@steady
@given(document=documents())
def test_the_parts_always_sum_to_the_whole(document: DocumentInput) -> None:
    totals = document_totals(document)
    assert sum(each.tax for each in totals.tax_rows) == totals.tax_amount
    assert totals.taxable + totals.tax_amount == totals.total_amount
    assert sum(each.net_amount for each in totals.lines) == totals.detail_amount
    assert sum(each.document_discount_share for each in totals.lines) == totals.discount_total
    before_tax = totals.pre_freight_amount + totals.charge_amount + totals.freight_amount
    assert before_tax == (totals.total_amount if document.prices_include_tax else totals.taxable)


@steady
@given(document=documents(), randomly=st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_total(document: DocumentInput, randomly: Any) -> None:
    lines = list(document.lines)
    randomly.shuffle(lines)
    shuffled = document_totals(dataclasses.replace(document, lines=tuple(lines)))
    assert dataclasses.replace(shuffled, lines=()) == dataclasses.replace(document_totals(document), lines=())


def mirrored(document: DocumentInput) -> DocumentInput:
    lines = [
        dataclasses.replace(each, quantity=-each.quantity, charge_amount=-each.charge_amount) for each in document.lines
    ]
    charges = [dataclasses.replace(each, amount=-each.amount) for each in document.charges]
    return dataclasses.replace(
        document,
        lines=tuple(lines),
        charges=tuple(charges),
        freight_amount=-document.freight_amount,
        prepaid=-document.prepaid,
    )


def negated(figures: dict[str, Any]) -> dict[str, Any]:
    kept = ("key", "tax_rate", "rate")
    return {
        name: -value if isinstance(value, Decimal) and name not in kept else value
        for name, value in figures.items()
        if name not in ("lines", "tax_rows")
    }


@steady
@given(document=documents())
def test_a_credit_note_mirrors_its_invoice(document: DocumentInput) -> None:
    invoice, credit = document_totals(document), document_totals(mirrored(document))
    expected = negated(dataclasses.asdict(invoice))
    assert {name: getattr(credit, name) for name in expected} == expected
    for one, other in zip(credit.tax_rows, invoice.tax_rows, strict=True):
        assert dataclasses.asdict(one) == negated(dataclasses.asdict(other))
    for one_line, other_line in zip(credit.lines, invoice.lines, strict=True):
        assert dataclasses.asdict(one_line) == negated(dataclasses.asdict(other_line))


@steady
@given(lines=st.lists(sold_lines(), min_size=1, max_size=8), percent=percentages)
def test_the_nets_of_gross_lines_and_their_discount_sum_to_the_group(lines: list[LineInput], percent: Decimal) -> None:
    totals = document_totals(
        DocumentInput(lines=tuple(lines), digits=2, prices_include_tax=True, discount_percent=percent)
    )
    for tax_row in totals.tax_rows:
        members = [each for each in totals.lines if each.tax_rate == tax_row.rate]
        members = [each for each in members if each.tax_category == tax_row.category]
        gross = sum(each.net_amount - each.document_discount_share for each in members)
        assert tax_row.taxable + tax_row.tax == gross
        whole = sum((each.net_amount for each in members), D(0))
        exclusive = sum(each.tax_exclusive_amount for each in members)
        assert abs(exclusive - whole / (1 + tax_row.rate / 100)) <= D("0.005")


# Partial invoices


def test_the_last_partial_invoice_takes_the_rest() -> None:
    taken = D(0)
    shares = []
    for quantity in ("1", "2", "3"):
        share = invoiced_share(
            amount=D("100.00"),
            quantity_ordered=D(3),
            quantity_invoiced=D(quantity),
            amount_invoiced=taken,
            digits=2,
        )
        shares.append(share)
        taken += share
    assert shares == [D("33.33"), D("33.34"), D("33.33")]


@pytest.mark.parametrize(("ordered", "invoiced"), [("3", "3.00001"), ("3", "-1"), ("-3", "1"), ("0", "1")])
def test_more_than_ordered_is_never_invoiced(ordered: str, invoiced: str) -> None:
    with pytest.raises(TotalsError) as refused:
        invoiced_share(
            amount=D(100),
            quantity_ordered=D(ordered),
            quantity_invoiced=D(invoiced),
            amount_invoiced=D(0),
            digits=2,
        )
    assert refused.value.code == TotalsErrorCode.MORE_THAN_ORDERED


def plus(one: LineFigures, other: LineFigures) -> LineFigures:
    return LineFigures(**{name: value + getattr(other, name) for name, value in dataclasses.asdict(one).items()})


@steady
@given(
    order=documents(),
    parts=st.lists(st.decimals(min_value=0, max_value=1, places=3), max_size=4).map(sorted),
    returned=st.booleans(),
)
def test_partial_invoices_of_any_split_sum_to_the_order(
    order: DocumentInput, parts: list[Decimal], returned: bool
) -> None:
    order = mirrored(order) if returned else order
    for ordered, totals in zip(order.lines, document_totals(order).lines, strict=True):
        names = [each.name for each in dataclasses.fields(LineFigures)]
        whole = LineFigures(**{name: getattr(totals, name) for name in names})
        taken = LineFigures(base_amount=D(0), net_amount=D(0))
        for part in [*parts, D(1)]:
            figures = invoiced_figures(
                ordered=whole,
                quantity_ordered=ordered.quantity,
                quantity_invoiced=ordered.quantity * part,
                invoiced=taken,
                digits=order.digits,
            )
            assert figures.net_amount == figures.base_amount - figures.discount + figures.charge
            taken = plus(taken, figures)
        assert taken == whole
