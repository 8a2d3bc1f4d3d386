"""The figures of a document: from its lines to the payable amount, and the share of a partial invoice.

Pure: frozen dataclasses in, frozen dataclasses out, no model and no clock. Lists, forms, pages, prints
and exports all show what `document_totals` gives. docs/pricing.md tells the same in prose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.core.money import HUNDRED, ZERO, exact_arithmetic, round_money, spread
from sales.figure_checks import (
    check_adjustments,
    check_document,
    check_line_figures,
    check_tax,
)
from sales.figures import (
    ONE,
    TAX_CATEGORIES,
    DocumentCharge,
    DocumentInput,
    DocumentTotals,
    LineFigures,
    LineInput,
    LineTotals,
    TaxRow,
    TotalsError,
    TotalsErrorCode,
)

__all__ = [
    "TAX_CATEGORIES",
    "DocumentCharge",
    "DocumentInput",
    "DocumentTotals",
    "LineFigures",
    "LineInput",
    "LineTotals",
    "TaxRow",
    "TotalsError",
    "TotalsErrorCode",
    "document_totals",
    "invoiced_figures",
    "invoiced_share",
]


@dataclass(slots=True)
class _Group:
    """What is taxed with one (category, rate); `members` are the places of its lines."""

    category: str
    rate: Decimal
    members: list[int] = field(default_factory=list)
    net: Decimal = ZERO
    fixed_discount: Decimal = ZERO
    discount: Decimal = ZERO
    charge: Decimal = ZERO
    freight: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return self.net - self.fixed_discount - self.discount + self.charge + self.freight

    @property
    def factor(self) -> Decimal:
        return self.rate / HUNDRED

    @property
    def sign(self) -> int:
        return -1 if self.amount < 0 else 1


type _Groups = dict[tuple[str, Decimal], _Group]


def document_totals(document: DocumentInput) -> DocumentTotals:
    """All figures of a document by its one set of formulas. Raises TotalsError."""
    check_document(document)
    with exact_arithmetic():
        figures = [_line_figures(line, document) for line in document.lines]
        header_discount = _header_discount(document, figures)
        groups = _grouped(document, figures)
        _add_adjustments(groups, document, header_discount)
        _add_freight(groups, document)
        return _assemble(document, figures, header_discount, _in_order(groups.values()))


def _line_figures(line: LineInput, document: DocumentInput) -> LineFigures:
    if line.figures is not None:
        return line.figures
    digits = document.digits
    price = line.price_per_unit - line.volume_discount
    base = round_money(line.quantity * price / line.price_quantity, digits)
    discount_times = line.quantity if document.discount_per_unit else ONE
    charge_times = line.quantity if document.charge_per_unit else ONE
    discount = _amount_of(line.discount_amount * discount_times, line.discount_percent, base, digits)
    charge = _amount_of(line.charge_amount * charge_times, line.charge_percent, base, digits)
    figures = LineFigures(base_amount=base, discount=discount, charge=charge, net_amount=base - discount + charge)
    check_line_figures(line, figures)
    return figures


def _amount_of(typed: Decimal, percent: Decimal | None, base: Decimal, digits: int) -> Decimal:
    return round_money(base * percent / HUNDRED if percent else typed, digits)


def _header_discount(document: DocumentInput, figures: Sequence[LineFigures]) -> Decimal:
    """Percentage and amount, both taken on the detail amount: the one does not lower the other."""
    detail = sum((line.net_amount for line in figures), ZERO)
    fixed = sum((line.document_discount_share for line in figures), ZERO)
    percentage = round_money(detail * document.discount_percent / HUNDRED, document.digits)
    header = percentage + round_money(document.discount_amount, document.digits)
    check_adjustments(document, detail, header, fixed)
    return header


def _grouped(document: DocumentInput, figures: Sequence[LineFigures]) -> _Groups:
    groups: _Groups = {}
    for place, (line, line_figures) in enumerate(zip(document.lines, figures, strict=True)):
        group = _group(groups, line.tax_category, line.tax_rate)
        group.members.append(place)
        group.net += line_figures.net_amount
        group.fixed_discount += line_figures.document_discount_share
    return groups


def _group(groups: _Groups, category: str, rate: Decimal) -> _Group:
    return groups.setdefault((category, rate), _Group(category, rate))


def _in_order(groups: Iterable[_Group]) -> list[_Group]:
    """The higher rate first, then by category: the order of the tax rows, which also settles ties."""
    return sorted(groups, key=lambda group: (-group.rate, group.category))


def _add_adjustments(groups: _Groups, document: DocumentInput, header_discount: Decimal) -> None:
    """Discounts and charges of the document: each into its own group, or spread over those of the lines."""
    bearers = _in_order(groups.values())
    for group, share in _shares(header_discount, bearers, document.digits):
        group.discount += share
    for discount in document.discounts:
        for group, share in _borne(discount, "discounts", groups, bearers, document.digits):
            group.discount += share
    for charge in document.charges:
        for group, share in _borne(charge, "charges", groups, bearers, document.digits):
            group.charge += share


def _borne(
    charge: DocumentCharge, name: str, groups: _Groups, bearers: list[_Group], digits: int
) -> list[tuple[_Group, Decimal]]:
    amount = round_money(charge.amount, digits)
    if not amount:
        return []
    if charge.tax_category is None and bearers:
        return _shares(amount, bearers, digits)
    return [(_group(groups, *check_tax(charge.tax_category, charge.tax_rate, name)), amount)]


def _shares(amount: Decimal, bearers: list[_Group], digits: int) -> list[tuple[_Group, Decimal]]:
    weights = _weights(amount, [group.net for group in bearers])
    return list(zip(bearers, spread(amount, weights, digits), strict=True))


def _weights(amount: Decimal, nets: list[Decimal]) -> list[Decimal]:
    """The nets; their sizes where returns shrink the sum so far that shares would outgrow the lines."""
    return nets if abs(amount) <= abs(sum(nets, ZERO)) else [abs(net) for net in nets]


def _add_freight(groups: _Groups, document: DocumentInput) -> None:
    freight = round_money(document.freight_amount, document.digits)
    if freight:
        tax = check_tax(document.freight_tax_category, document.freight_tax_rate, "freight_tax_category")
        _group(groups, *tax).freight += freight


def _tax_row(group: _Group, document: DocumentInput) -> TaxRow:
    amount = round_money(group.amount, document.digits)
    if document.prices_include_tax:
        taxable = round_money(amount / (ONE + group.factor), document.digits)
        tax = amount - taxable
    else:
        taxable = amount
        tax = round_money(amount * group.factor, document.digits)
    return TaxRow(category=group.category, rate=_plain(group.rate), taxable=taxable, tax=tax)


def _plain(rate: Decimal) -> Decimal:
    """Without trailing zeros, so that 25 and 25.0 print alike whichever line came first."""
    whole = rate.to_integral_value()
    return whole if rate == whole else rate.normalize()


def _assemble(
    document: DocumentInput, figures: list[LineFigures], header_discount: Decimal, groups: list[_Group]
) -> DocumentTotals:
    def total(amounts: Iterable[Decimal]) -> Decimal:
        return sum((round_money(amount, document.digits) for amount in amounts), round_money(ZERO, document.digits))

    rows = [_tax_row(group, document) for group in groups]
    detail = total(line.net_amount for line in figures)
    discount_total = total([header_discount, *(line.document_discount_share for line in figures)])
    total_amount = total(row.taxable + row.tax for row in rows)
    return DocumentTotals(
        lines=_line_totals(document, figures, groups, rows),
        detail_amount=detail,
        line_discount_total=total(line.discount for line in figures),
        discount_total=discount_total,
        pre_freight_amount=detail - discount_total,
        document_discount_amount=total(discount.amount for discount in document.discounts),
        charge_amount=total(charge.amount for charge in document.charges),
        freight_amount=total([document.freight_amount]),
        tax_rows=tuple(rows),
        taxable=total(row.taxable for row in rows),
        tax_amount=total(row.tax for row in rows),
        total_amount=total_amount,
        payable_amount=total([total_amount, -document.prepaid, document.rounding_amount]),
    )


def _line_totals(
    document: DocumentInput, figures: list[LineFigures], groups: list[_Group], rows: list[TaxRow]
) -> tuple[LineTotals, ...]:
    shares = [line.document_discount_share for line in figures]
    exclusive = [line.net_amount for line in figures]
    for group, row in zip(groups, rows, strict=True):
        nets = [figures[place].net_amount for place in group.members]
        for place, share in zip(group.members, _line_shares(group, nets, document.digits), strict=True):
            shares[place] += share
        if document.prices_include_tax:
            line_nets = _exclusive(group, nets, row.taxable, document.digits)[: len(nets)]
            for place, net in zip(group.members, line_nets, strict=True):
                exclusive[place] = net
    return tuple(
        _one_line(line, line_figures, share, net)
        for line, line_figures, share, net in zip(document.lines, figures, shares, exclusive, strict=True)
    )


def _line_shares(group: _Group, nets: list[Decimal], digits: int) -> list[Decimal]:
    """A discount taxed as no line is stays with the document: then there is no line to show it at."""
    return spread(group.discount, _weights(group.discount, nets), digits) if nets else []


def _exclusive(group: _Group, nets: list[Decimal], taxable: Decimal, digits: int) -> list[Decimal]:
    """A gross group's net divided over its lines and, after them, its discount, charge and freight.

    What adds and what takes off are divided separately: in one sum they can nearly cancel out, and in
    proportion to so small a sum the lines would be torn apart.
    """
    parts = [*nets, -group.fixed_discount - group.discount, group.charge, group.freight]
    main = [part if part * group.sign > 0 else ZERO for part in parts]
    rest = [part - of_main for part, of_main in zip(parts, main, strict=True)]
    main_net = round_money(sum(main, ZERO) / (ONE + group.factor), digits)
    both = zip(spread(main_net, main, digits), spread(taxable - main_net, rest, digits), strict=True)
    return [of_main + of_rest for of_main, of_rest in both]


def _one_line(line: LineInput, figures: LineFigures, share: Decimal, exclusive: Decimal) -> LineTotals:
    return LineTotals(
        key=line.key,
        base_amount=figures.base_amount,
        discount=figures.discount,
        charge=figures.charge,
        net_amount=figures.net_amount,
        document_discount_share=share,
        tax_category=line.tax_category,
        tax_rate=_plain(line.tax_rate),
        tax_exclusive_amount=exclusive,
    )


def invoiced_share(
    *,
    amount: Decimal,
    quantity_ordered: Decimal,
    quantity_invoiced: Decimal,
    amount_invoiced: Decimal,
    digits: int,
) -> Decimal:
    """What one invoice takes of an amount of the order; the last one takes the rest.

    `quantity_invoiced` counts this invoice and all earlier ones, `amount_invoiced` the earlier ones
    only. Raises TotalsError for more than is ordered.
    """
    if not _is_part(quantity_invoiced, quantity_ordered):
        raise TotalsError(
            TotalsErrorCode.MORE_THAN_ORDERED,
            _("%(ordered)s is ordered, so %(invoiced)s cannot be invoiced. Lower the quantity.")
            % {"ordered": quantity_ordered, "invoiced": quantity_invoiced},
            field="quantity",
        )
    with exact_arithmetic():
        due = amount * quantity_invoiced / quantity_ordered if quantity_ordered else amount
        return round_money(due, digits) - amount_invoiced


def _is_part(quantity: Decimal, whole: Decimal) -> bool:
    return min(ZERO, whole) <= quantity <= max(ZERO, whole)


def invoiced_figures(
    *,
    ordered: LineFigures,
    quantity_ordered: Decimal,
    quantity_invoiced: Decimal,
    invoiced: LineFigures,
    digits: int,
) -> LineFigures:
    """The figures of an order's line on one invoice, to be given to its `LineInput`.

    `invoiced` are the sums on the earlier invoices. The net amount governs: the base amount is what
    makes base - discount + charge come out at it. Raises TotalsError for more than is ordered.
    """

    def share(of_order: Decimal, of_invoices: Decimal) -> Decimal:
        return invoiced_share(
            amount=of_order,
            quantity_ordered=quantity_ordered,
            quantity_invoiced=quantity_invoiced,
            amount_invoiced=of_invoices,
            digits=digits,
        )

    net = share(ordered.net_amount, invoiced.net_amount)
    discount = share(ordered.discount, invoiced.discount)
    charge = share(ordered.charge, invoiced.charge)
    return LineFigures(
        base_amount=net + discount - charge,
        discount=discount,
        charge=charge,
        net_amount=net,
        document_discount_share=share(ordered.document_discount_share, invoiced.document_discount_share),
    )
