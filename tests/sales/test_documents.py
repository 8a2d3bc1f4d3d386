"""The sums of the rules come out through the services, stored and explained."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import DiscountList, DiscountTier, PriceList, PriceListItem, Product
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Invalid
from crm.core.models import Currency, ExchangeRate, Organisation
from crm.users.models import RolePrivilege, User
from crm.users.rights import SALESPERSON
from sales.models import Quote, QuoteLine
from sales.services.documents import InvalidLine
from sales.services.lines import LineRow, add_line, remove_line, reorder_lines, save_lines, update_line
from sales.services.quotes import update_quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    figures,
    make_account,
    make_active_quote,
    make_product,
    make_quote,
    no_tax,
    put_lines,
    row,
    standard_list,
    tax,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal


def five_percent_tier(product_price: str) -> Product:
    """A product of this price with 5 % off from 10 to 49."""
    product = make_product(product_price, rate=tax("5"))
    discounts = DiscountList.objects.create(name="Volume", kind="percent")
    DiscountTier.objects.create(discount_list=discounts, low=10, high=49, value=5)
    PriceListItem.objects.filter(product=product).update(discount_list=discounts)
    return product


def test_tax_is_rounded_once_per_rate(cast: Cast) -> None:
    quote = make_quote(cast.rep_a, [write_in("55.55", rate=tax("23")), write_in("11.11", rate=tax("23"))])
    assert figures(quote, "taxable_amount", "tax_amount", "total_amount") == {
        "taxable_amount": D("66.66"),
        "tax_amount": D("15.33"),
        "total_amount": D("81.99"),
    }
    assert list(quote.taxes.values_list("category", "percent", "taxable_amount", "tax_amount")) == [
        ("S", D("23"), D("66.66"), D("15.33"))
    ]


def test_line_discounts_lower_what_is_taxed(cast: Cast) -> None:
    rows = [
        write_in("598.89", rate=tax("8.5"), discount_amount="59.89"),
        write_in("329.84", rate=tax("8.5"), discount_amount="32.98"),
    ]
    assert figures(make_quote(cast.rep_a, rows), "taxable_amount", "tax_amount", "line_discount_total") == {
        "taxable_amount": D("835.86"),
        "tax_amount": D("71.05"),
        "line_discount_total": D("92.87"),
    }


def test_a_typed_price_stands_beside_the_list_price(cast: Cast) -> None:
    product = make_product("168", list_price=D("168"), rate=no_tax())
    quote = make_quote(cast.rep_a, [row(product, "2", price_per_unit="158.00")])
    line = quote.lines.get()
    assert (line.net_amount, line.is_price_overridden, line.price_overridden_by) == (D("316.00"), True, None)
    assert line.price_trace["list_price"] == "168.00000"
    assert line.price_trace["override"]["instead_of"] == "168.00000"


def test_a_discount_amount_of_the_document(cast: Cast) -> None:
    quote = make_quote(cast.rep_a, [write_in("84000", rate=no_tax())])
    update_quote(quote_id=quote.pk, values={"discount_amount": D("70000")}, actor=SYSTEM, at=timezone.now())
    assert figures(quote, "total_amount", "discount_total") == {
        "total_amount": D("14000"),
        "discount_total": D("70000"),
    }


def test_half_a_cent_is_rounded_up(cast: Cast) -> None:
    quote = make_quote(cast.rep_a, [write_in("124.75", "9.5", rate=no_tax())])
    assert again(quote).total_amount == D("1185.13")


def test_a_gross_document_takes_the_tax_out(cast: Cast) -> None:
    euro = Currency.objects.get(code="EUR")
    shop = PriceList.objects.create(name="Shop", sort_key="shop", currency=euro, prices_include_tax=True)
    quote = make_quote(cast.rep_a, [write_in("2500", rate=tax("8"))], price_list=shop)
    assert quote.prices_include_tax
    assert figures(quote, "taxable_amount", "tax_amount", "total_amount") == {
        "taxable_amount": D("2314.81"),
        "tax_amount": D("185.19"),
        "total_amount": D("2500"),
    }


@pytest.mark.parametrize(
    ("per_unit", "sums"),
    [
        (False, ("1360.00", "1204.00", "982.68", "49.13", "1268.13")),
        (True, ("1030.00", "907.00", "686.85", "34.34", "956.34")),
    ],
)
def test_the_worked_example_of_the_rules(cast: Cast, per_unit: bool, sums: tuple[str, ...]) -> None:
    detail, pre_freight, taxable, tax_amount, total = sums
    Organisation.objects.update(discount_per_unit=per_unit)
    zero = no_tax()
    product = five_percent_tier("100")
    quote = make_quote(
        cast.rep_a,
        discount_percent=D(10),
        discount_amount=D(0),
        freight_amount=D(15),
        freight_tax_rate=zero,
    )
    put_lines(quote, row(product, "12", discount_amount="30"), write_in("250", rate=zero))
    for line in quote.lines.filter(name="Write-in", price_per_unit=100):
        remove_line(model=Quote, document_id=quote.pk, line_id=line.pk, actor=SYSTEM, at=timezone.now())
    update_quote(quote_id=quote.pk, values={"discount_amount": D(20)}, actor=SYSTEM, at=timezone.now())
    assert figures(quote, "detail_amount", "pre_freight_amount", "tax_amount", "total_amount") == {
        "detail_amount": D(detail),
        "pre_freight_amount": D(pre_freight),
        "tax_amount": D(tax_amount),
        "total_amount": D(total),
    }
    assert quote.taxes.get(percent=5).taxable_amount == D(taxable)


def test_the_base_amount_is_rounded_once_per_document(cast: Cast) -> None:
    dollar = Currency.objects.get(code="USD")
    ExchangeRate.objects.create(currency=dollar, valid_from="2020-01-01", rate=D("1.0874"))
    quote = make_quote(cast.rep_a, [write_in("84360.70", rate=no_tax())], currency="USD")
    assert figures(quote, "total_amount", "exchange_rate", "base_total_amount") == {
        "total_amount": D("84360.70"),
        "exchange_rate": D("1.0874"),
        "base_total_amount": D("77580.19"),
    }


def test_without_an_exchange_rate_there_is_no_base_amount(cast: Cast) -> None:
    quote = again(make_quote(cast.rep_a, currency="USD"))
    assert (quote.exchange_rate, quote.base_total_amount) == (None, None)


def test_a_product_without_a_price_stops_nothing_but_is_never_silently_free(cast: Cast) -> None:
    priceless = make_product(None)
    quote = make_quote(cast.rep_a, [row(priceless, "3"), write_in("10", rate=no_tax())])
    line = quote.lines.get(product=priceless)
    assert line.pricing_error == "The product has no price in the price list. Add one there, or type the price."
    assert (line.net_amount, quote.total_amount) == (D(0), D("10"))
    assert quote.pricing_error == f"Line 1: {line.pricing_error}"
    repaired = put_lines(quote, row(priceless, "3", line_id=line.pk, price_per_unit="7", rate=no_tax()))
    assert (repaired.pricing_error, repaired.total_amount) == ("", D("31"))


def test_a_change_of_the_list_reaches_drafts_at_their_next_change_and_never_active_quotes(cast: Cast) -> None:
    product = make_product("100", rate=no_tax())
    draft, active = make_quote(cast.rep_a, [row(product)]), make_active_quote(cast.rep_a, [row(product)])
    PriceListItem.objects.filter(product=product).update(amount=D(120))
    update_quote(quote_id=draft.pk, values={"description": "again"}, actor=SYSTEM, at=timezone.now())
    assert (again(draft).total_amount, again(active).total_amount) == (D(120), D(100))


def test_a_typed_price_equal_to_the_list_is_the_list_price(cast: Cast) -> None:
    product = make_product("100", rate=no_tax())
    line = make_quote(cast.rep_a, [row(product, price_per_unit="100")]).lines.get()
    assert not line.is_price_overridden
    assert "override" not in line.price_trace


def test_typing_a_price_needs_the_right(cast: Cast) -> None:
    RolePrivilege.objects.filter(role__name=SALESPERSON, permission="sales.override_price").delete()
    product = make_product("100")
    quote = make_quote(cast.rep_a)
    with pytest.raises(InvalidLine, match="lack the right to type a price") as refused:
        put_lines(quote, row(product, price_per_unit="90"), actor=cast.rep_a)
    assert refused.value.field == "price_per_unit"
    assert quote.lines.count() == 1
    assert put_lines(quote, row(product), actor=cast.rep_a).lines.filter(is_price_overridden=False, product=product)


def test_returns_need_the_right(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(InvalidLine, match="Line 1: A negative quantity is a return") as refused:
        put_lines(quote, write_in("10", "-1"), actor=cast.rep_a)
    assert (refused.value.field, refused.value.position) == ("quantity", 1)
    assert again(quote).lines.count() == 1
    managed = put_lines(quote, write_in("10", "-1", rate=no_tax()), actor=cast.manager)
    assert sorted(managed.lines.values_list("net_amount", flat=True)) == [D("-10"), D("100")]


def test_quantities_keep_to_the_decimals_of_the_product(cast: Cast) -> None:
    product = make_product("100", decimals=0)
    quote = make_quote(cast.rep_a)
    with pytest.raises(InvalidLine, match="more decimals than the 0"):
        put_lines(quote, row(product, "1.5"))
    assert quote.lines.count() == 1


def test_the_line_at_fault_is_named(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(InvalidLine, match="Line 2: The discount") as refused:
        put_lines(quote, write_in("5"), write_in("10", discount_amount="11"))
    assert (refused.value.position, refused.value.field) == (2, "discount_amount")
    assert again(quote).total_amount == D("120")


def test_a_header_discount_above_the_lines_is_refused(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(Invalid, match="larger than the amount") as refused:
        update_quote(quote_id=quote.pk, values={"discount_amount": D("101")}, actor=SYSTEM, at=timezone.now())
    assert refused.value.field == "discount_amount"
    assert again(quote).discount_amount == 0


def test_single_lines_are_added_changed_removed_and_reordered(cast: Cast) -> None:
    quote = make_quote(cast.rep_a, [write_in("1", rate=no_tax())])
    common: Any = {"model": Quote, "document_id": quote.pk, "actor": cast.rep_a, "at": timezone.now()}
    add_line(row=write_in("2", rate=no_tax()), **common)
    first, second = quote.lines.all()
    update_line(row=write_in("20", line_id=second.pk, rate=no_tax()), **common)
    reorder_lines(line_ids=[second.pk, first.pk], **common)
    assert list(quote.lines.values_list("pk", "position", "net_amount")) == [
        (second.pk, 1, D("20")),
        (first.pk, 2, D("1")),
    ]
    remove_line(line_id=first.pk, **common)
    assert again(quote).total_amount == D("20")


def test_sections_and_notes_cost_nothing(cast: Cast) -> None:
    rows = [
        LineRow(kind="section", name="Part one", price_per_unit=D(5)),
        write_in("10", rate=no_tax()),
        LineRow(kind="note", description="To be confirmed"),
    ]
    quote = make_quote(cast.rep_a, rows)
    assert list(quote.lines.values_list("kind", "net_amount")) == [("section", 0), ("write_in", 10), ("note", 0)]


def test_retired_products_go_on_no_new_line(cast: Cast) -> None:
    product = make_product("100")
    product.retire()
    product.save()
    with pytest.raises(InvalidLine, match="is not sold today"):
        make_quote(cast.rep_a, [row(product)])


def test_the_currency_stays_while_there_are_lines(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(Invalid, match="currency cannot change") as refused:
        update_quote(
            quote_id=quote.pk,
            values={"currency": Currency.objects.get(code="USD"), "price_list": None},
            actor=SYSTEM,
            at=timezone.now(),
        )
    assert refused.value.field == "currency"
    assert again(quote).currency.code == "EUR"


def test_lines_of_an_active_quote_are_refused(cast: Cast) -> None:
    quote = make_active_quote(cast.rep_a)
    with pytest.raises(Conflict, match="This quote is active"):
        put_lines(quote, write_in("1"))
    assert again(quote).lines.count() == 1


def test_customers_give_currency_price_list_and_terms(cast: Cast) -> None:
    dollar = Currency.objects.get(code="USD")
    american = PriceList.objects.create(name="US list", sort_key="us list", currency=dollar)
    account = make_account(cast.rep_a, currency=dollar, price_list=american, payment_terms_days=45)
    quote = make_quote(cast.rep_a, customer_account=account)
    assert (quote.currency, quote.price_list, quote.payment_terms_days) == (dollar, american, 45)
    plain = make_quote(cast.rep_a)
    assert (plain.currency.code, plain.price_list, plain.payment_terms_days) == ("EUR", standard_list(), 30)


def test_five_hundred_lines_take_as_many_queries_as_two(cast: Cast) -> None:
    product = make_product("1.11")

    def queries(quote: Quote, lines: int) -> int:
        rows = [row(product, str(number)) for number in range(1, lines + 1)]
        actor = User.objects.get(pk=cast.administrator.pk)
        with CaptureQueriesContext(connection) as captured:
            save_lines(model=Quote, document_id=quote.pk, rows=rows, actor=actor, at=timezone.now())
        return len(captured)

    few = queries(make_quote(cast.rep_a), 2)
    big = make_quote(cast.rep_a)
    assert queries(big, 500) == few
    assert QuoteLine.objects.filter(document=big).count() == 501
