"""Lines and totals on the page of every record that has them, and the page of the grid."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.price_trace import PriceTrace
from crm.core import format as shown
from crm.core.access import WRITE
from crm.core.addresses import screen_name
from crm.core.idempotency import new_key
from crm.core.panels import Panel
from crm.core.tables import base_currency_code
from sales.forms.lines import LineGrid
from sales.models import DocumentLine, LineKind, PricedModel


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row of `components/totals.html`."""

    label: str
    amount: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """Where a price comes from, in two words and in sentences."""

    label: str
    sentences: list[str]
    is_overridden: bool = False
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line to read, its amounts as texts."""

    line: DocumentLine
    source: PriceFrom
    net: str
    discount: str


def lines_panel() -> Panel:
    return Panel(
        name="lines",
        title=gettext_lazy("Lines"),
        template="sales/panels/lines.html",
        context=lines_of,
        position=10,
        tab="lines",
    )


def totals_panel() -> Panel:
    return Panel(
        name="totals",
        title=gettext_lazy("Totals"),
        template="sales/panels/totals.html",
        context=totals_of,
        position=5,
        column="side",
    )


def lines_of(record: PricedModel, user: Any) -> Mapping[str, Any]:
    """The grid for those who may change the lines now, else the lines to read."""
    if record.is_editable and _may_write(record, user):
        return grid_context(LineGrid(record, user))
    money = _money_of(record)
    lines = list(record.lines.order_by("position", "pk"))
    return {
        "rows": [ShownLine(line, price_from(line), money(line.net_amount), _discount(line, money)) for line in lines],
        "frozen": not record.is_editable,
    }


def _discount(line: DocumentLine, money: Callable[[Decimal], str]) -> str:
    if line.discount_percent:
        return shown.percent(line.discount_percent)
    return money(-line.discount_total) if line.discount_total else ""


def _money_of(record: PricedModel) -> Callable[[Decimal], str]:
    """Amounts with the decimals of the currency and without its code, which stands in the head."""
    digits = record.currency.digits
    return lambda amount: shown.money(amount, digits=digits)


def _may_write(record: PricedModel, user: Any) -> bool:
    rows: Any = type(record)._default_manager
    return bool(rows.for_action(user, WRITE).filter(pk=record.pk).exists())


def grid_context(grid: LineGrid) -> dict[str, Any]:
    money = _money_of(grid.document)
    return {
        "grid": grid,
        "grid_rows": [
            (row, price_from(row.line) if row.line else None, money(row.line.net_amount) if row.line else "")
            for row in grid.rows
        ],
        "grid_url": reverse(screen_name(type(grid.document), "lines"), args=[grid.document.pk]),
        "record": grid.document,
        "version": grid.document.version,
        "idempotency_key": new_key(),
    }


def price_from(line: DocumentLine) -> PriceFrom:
    if line.pricing_error:
        return PriceFrom(_("No price"), [line.pricing_error], is_error=True)
    if not line.price_trace:
        return PriceFrom("", [])
    trace = PriceTrace.from_dict(line.price_trace)
    sentences = trace.sentences(shown.language())
    if line.kind == LineKind.WRITE_IN:
        return PriceFrom(_("Write-in"), sentences)
    if trace.override is not None:
        was = trace.override.instead_of
        label = _("Typed") if was is None else _("Was %(price)s") % {"price": shown.quantity(was)}
        return PriceFrom(label, sentences, is_overridden=True)
    if trace.volume is not None:
        return PriceFrom(_("Tier from %(low)s") % {"low": shown.quantity(trace.volume.low)}, sentences)
    return PriceFrom(trace.item.price_list_name if trace.item else _("Price list"), sentences)


def totals_of(record: PricedModel, _user: Any) -> Mapping[str, Any]:
    """The sums in the order in which they are calculated."""
    digits, money = record.currency.digits, _money_of(record)
    rows = [SumRow(_("Lines"), money(record.detail_amount))]
    if record.discount_total:
        rows.append(SumRow(_discount_label(record), money(-record.discount_total)))
        rows.append(SumRow(_("Before freight"), money(record.pre_freight_amount)))
    if record.freight_amount:
        rows.append(SumRow(_("Freight"), money(record.freight_amount)))
    for tax in record.taxes.all():
        label = (
            _("Tax %(percent)s %% of %(amount)s")
            if not record.prices_include_tax
            else _("Includes tax %(percent)s %% on %(amount)s")
        )
        told = {"percent": shown.quantity(tax.percent), "amount": money(tax.taxable_amount)}
        rows.append(SumRow(label % told, money(tax.tax_amount)))
    rows.append(SumRow(_("Total"), shown.money_html(record.total_amount, record.currency.code, digits=digits), True))
    return {"totals": rows, "base": _base(record), "pricing_errors": record.pricing_error.splitlines()}


def _discount_label(record: PricedModel) -> str:
    if record.discount_percent:
        return _("Discount %(percent)s %%") % {"percent": shown.quantity(record.discount_percent)}
    return _("Discount")


def _base(record: PricedModel) -> dict[str, str]:
    """The total in the base currency with its rate, where the document has another one."""
    code = base_currency_code()
    if record.currency.code == code:
        return {}
    if record.base_total_amount is None or record.exchange_rate is None:
        return {"missing": _("There is no exchange rate for %(currency)s yet.") % {"currency": record.currency.code}}
    return {
        "amount": shown.money_html(record.base_total_amount, code),
        "rate": shown.quantity(record.exchange_rate),
        "on": shown.day(record.exchange_rate_on),
        "frozen": _("frozen") if record.is_rate_frozen else "",
    }
