"""How much of an order is invoiced, and what one invoice takes of a line of it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from crm.core import history
from crm.core.money import ZERO
from sales.models import DocumentLine, Invoice, InvoiceLine, Order, OrderLine
from sales.states import OrderState
from sales.totals import LineFigures, TotalsError, invoiced_figures

_SUMMED = ("quantity", "base_amount", "discount_total", "charge_total", "net_amount", "document_discount_share")


def order_figures(invoice: Invoice, lines: Sequence[DocumentLine]) -> dict[int, LineFigures]:
    """By position, the figures of the lines that come from the order: cumulative, so that the last takes the rest."""
    own: list[Any] = [line for line in lines if getattr(line, "order_line_id", None)]
    earlier = invoiced_before({line.order_line_id for line in own}, other_than=invoice.pk)
    return {line.position: _share(invoice, line, line.order_line, earlier[line.order_line_id]) for line in own}


def _share(invoice: Invoice, line: Any, ordered: OrderLine, earlier: Mapping[str, Decimal]) -> LineFigures:
    try:
        return invoiced_figures(
            ordered=_figures(_columns(ordered)),
            quantity_ordered=ordered.quantity,
            quantity_invoiced=earlier["quantity"] + line.quantity,
            invoiced=_figures(earlier),
            digits=invoice.currency.digits,
        )
    except TotalsError as error:
        raise TotalsError(error.code, error.sentence, field=error.field, line_key=line.position) from error


def invoiced_before(order_line_ids: Iterable[int], *, other_than: int | None) -> dict[int, dict[str, Decimal]]:
    """Per line of the order what stands on its invoices, drafts included, without the canceled ones."""
    found = {key: dict.fromkeys(_SUMMED, ZERO) for key in order_line_ids}
    rows: Any = (
        InvoiceLine.objects.filter(order_line__in=list(found), document__deleted_at__isnull=True)
        .exclude(document__state="canceled")
        .exclude(document_id=other_than)
        .values("order_line_id")
        .annotate(**{f"sum_{name}": Sum(name) for name in _SUMMED})
    )
    for row in rows:
        found[row["order_line_id"]] = {name: row[f"sum_{name}"] for name in _SUMMED}
    return found


def _columns(line: OrderLine) -> dict[str, Decimal]:
    return {name: getattr(line, name) for name in _SUMMED}


def _figures(sums: Mapping[str, Decimal]) -> LineFigures:
    return LineFigures(
        base_amount=sums["base_amount"],
        discount=sums["discount_total"],
        charge=sums["charge_total"],
        net_amount=sums["net_amount"],
        document_discount_share=sums["document_discount_share"],
    )


def sync_order(order: Order) -> None:
    """Count anew what is invoiced of a locked order; its state follows.

    Invoiced when everything is; when it no longer is, back to where the deliveries put it.
    """
    lines = list(order.lines.all())
    sums = invoiced_before([line.pk for line in lines], other_than=None)
    changed = []
    for line in lines:
        if line.quantity_invoiced != sums[line.pk]["quantity"]:
            line.quantity_invoiced = sums[line.pk]["quantity"]
            changed.append(line)
    if changed:
        OrderLine.objects.bulk_update(changed, ["quantity_invoiced"])
    if is_wholly_invoiced(lines) and order.state != OrderState.INVOICED:
        order.invoice()
        with history.action("order.invoiced"):
            order.save()
    elif order.state == OrderState.INVOICED and not is_wholly_invoiced(lines):
        order.uninvoice(reason=reason_of_deliveries(order, lines))
        with history.action("order.reopened"):
            order.save()


def is_wholly_invoiced(lines: Iterable[OrderLine]) -> bool:
    sold = [line for line in lines if line.is_sold]
    return bool(sold) and all(line.quantity_invoiced == line.quantity - line.quantity_canceled for line in sold)


def reason_of_deliveries(order: Order, lines: Iterable[OrderLine]) -> str:
    """new, partial or complete."""
    if order.fulfilled_on is None:
        return "new"
    whole = all(line.quantity_delivered == line.quantity - line.quantity_canceled for line in lines if line.is_sold)
    return "complete" if whole else "partial"
