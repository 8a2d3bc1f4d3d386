"""The sums of a document in the order in which they are calculated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.panels import Panel
from crm.core.tables import base_currency_code
from sales.models import PricedModel
from sales.panels.lines import money_of
from sales.totals import DocumentTotals

type TaxSum = tuple[Decimal, Decimal, Decimal]
"""Percentage, taxable amount, tax."""


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row of `components/totals.html`."""

    label: str
    amount: str
    total: bool = False


def totals_panel() -> Panel:
    return Panel(
        name="totals",
        title=gettext_lazy("Totals"),
        template="sales/panels/totals.html",
        context=totals_of,
        position=5,
        column="side",
    )


def totals_of(record: PricedModel, _user: Any) -> Mapping[str, Any]:
    """As they are stored."""
    taxes = record.taxes.values_list("percent", "taxable_amount", "tax_amount").order_by("position")
    return _context(record, list(taxes))


def totals_of_preview(record: PricedModel, totals: DocumentTotals | None, problem: str) -> Mapping[str, Any]:
    """As saving would make them; `record` carries them in memory. A `problem` stands in their place."""
    if totals is None:
        return {"totals": [], "problem": problem, "base": {}, "pricing_errors": []}
    return _context(record, [(row.rate, row.taxable, row.tax) for row in totals.tax_rows])


def _context(record: PricedModel, taxes: Iterable[TaxSum]) -> dict[str, Any]:
    digits = record.currency.digits
    total = shown.money_html(record.total_amount, record.currency.code, digits=digits)
    return {
        "totals": [*_sums(record, taxes), SumRow(_("Total"), total, True)],
        "base": _base(record),
        "pricing_errors": record.pricing_error.splitlines(),
        "problem": "",
    }


def _sums(record: PricedModel, taxes: Iterable[TaxSum]) -> list[SumRow]:
    money = money_of(record)
    rows = [SumRow(_("Lines"), money(record.detail_amount))]
    if record.discount_total:
        rows.append(SumRow(_discount_label(record), money(-record.discount_total)))
        rows.append(SumRow(_("Before freight"), money(record.pre_freight_amount)))
    if record.freight_amount:
        rows.append(SumRow(_("Freight"), money(record.freight_amount)))
    label = (
        _("Includes tax %(percent)s %% on %(amount)s")
        if record.prices_include_tax
        else _("Tax %(percent)s %% of %(amount)s")
    )
    for percent, taxable, tax in taxes:
        rows.append(SumRow(label % {"percent": shown.quantity(percent), "amount": money(taxable)}, money(tax)))
    return rows


def _discount_label(record: PricedModel) -> str:
    if record.discount_percent:
        return _("Discount %(percent)s %%") % {"percent": shown.quantity(record.discount_percent)}
    return _("Discount")


def _base(record: PricedModel) -> dict[str, str]:
    """The total in the base currency with its rate, where that says anything new."""
    if record.exchange_rate == 1:
        return {}
    if record.base_total_amount is None or record.exchange_rate is None:
        return {"missing": _("There is no exchange rate for %(currency)s yet.") % {"currency": record.currency.code}}
    return {
        "amount": shown.money_html(record.base_total_amount, base_currency_code()),
        "rate": shown.quantity(record.exchange_rate),
        "on": shown.day(record.exchange_rate_on),
        "frozen": _("frozen") if record.is_rate_frozen else "",
    }
