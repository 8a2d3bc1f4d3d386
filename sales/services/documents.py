"""The one way in which a record with lines gets its figures.

`recalculate` prices the lines and adds up; `add_up` adds up with the prices as they are. Both expect the
record to be locked by the caller and write only what has changed, with a fixed number of queries.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.models import Organisation
from crm.core.money import ZERO, to_base
from sales.models import DocumentLine, Invoice, Opportunity, PricedModel, Quote, RevenueMode
from sales.services.headers import lend_currency, set_rate
from sales.services.invoicing import order_figures
from sales.services.pricing import price_lines, tax_lines
from sales.totals import DocumentInput, DocumentTotals, LineFigures, LineInput, LineTotals, TotalsError, document_totals

LINE_FIGURES = (
    "base_amount",
    "discount_total",
    "charge_total",
    "net_amount",
    "document_discount_share",
    "tax_exclusive_amount",
)
_NEVER_COMPARED = {"id", "document", "created_at", "created_by", "updated_at", "updated_by", "version"}


class InvalidLine(Invalid):
    """A line cannot be accepted; `position` counts from 1 in the order of the lines."""

    def __init__(self, sentence: str, *, position: int, field: str = "") -> None:
        super().__init__(
            _("Line %(position)d: %(sentence)s") % {"position": position, "sentence": sentence}, field=field
        )
        self.position = position
        self.bare_sentence = sentence


class Sheet:
    """A locked record with all its lines in memory, from reading to storing. A new record's `lines` are given."""

    def __init__(
        self,
        document: PricedModel,
        *,
        at: dt.datetime,
        rate_on: dt.date | None = None,
        lines: list[Any] | None = None,
    ) -> None:
        self.document = document
        self.at = at
        self.organisation = Organisation.load()
        self.today = self.organisation.today(at)
        self.rate_on = rate_on or self.today
        self.lines = _lines_of(document) if lines is None else lines
        self.is_new = lines is not None
        lend_currency(document, self.organisation)
        self.removed: list[int] = []
        self._before = {line.pk: _values(line) for line in self.lines}

    def price(self) -> None:
        price_lines(self.document, self.lines, on=self.today)
        tax_lines(self.document, self.lines)

    def add_up(self) -> None:
        """Write all figures onto lines and header, in memory. Raises InvalidLine and Invalid."""
        document = self.document
        for position, line in enumerate(self.lines, start=1):
            line.position = position
        if not document.is_rate_frozen:
            set_rate(document, on=self.rate_on, organisation=self.organisation)
        self.totals = _totals(document, self.lines)
        by_position = {line.key: line for line in self.totals.lines}
        for line in self.lines:
            _write_line(line, by_position.get(line.position))
        _write_header(document, self.lines, self.totals)
        _write_base(document, self.organisation)

    def insert(self) -> None:
        """Store a new document, which has no lines yet, with its figures: one event in its history."""
        self.document.save(force_insert=True)
        _insert_taxes(self.document, self.totals)

    def store(self) -> None:
        if self._store_lines():
            # Another text on a line changes no figure; the document still gets a new version by which a form
            # that was opened before is known as stale.
            self.document.updated_at = self.at
        store_taxes = _insert_taxes if self.is_new else _store_taxes
        store_taxes(self.document, self.totals)
        self.document.save()

    def _store_lines(self) -> bool:
        """Was there anything to store, or has a line gone?"""
        model = self.document.line_model()
        if self.removed:
            model._default_manager.filter(pk__in=self.removed).delete()
        new = [line for line in self.lines if line.pk is None]
        changed: list[DocumentLine] = []
        names: set[str] = set()
        for line in self.lines:
            differing = _differing(line, self._before[line.pk]) if line.pk in self._before else set()
            if differing:
                changed.append(line)
                names |= differing
        if changed:
            model._default_manager.bulk_update(changed, sorted(names), batch_size=1000)
        model._default_manager.bulk_create(new)
        return bool(new or changed or self._before.keys() - {line.pk for line in self.lines})


def _lines_of(document: PricedModel) -> list[Any]:
    related = ["product", "unit", "tax_rate", "price_overridden_by"]
    if isinstance(document, Quote) and document.revised_from_id:
        related.append("revised_line")
    if isinstance(document, Invoice) and document.order_id:
        related.append("order_line")
    return list(document.lines.select_related(*related).order_by("position", "pk"))


def recalculate[D: PricedModel](document: D, *, at: dt.datetime) -> D:
    """Price all lines anew where they are not locked, then add up and store. Raises Invalid."""
    sheet = Sheet(document, at=at)
    sheet.price()
    sheet.add_up()
    sheet.store()
    return document


def insert_added_up[D: PricedModel](document: D, *, at: dt.datetime) -> D:
    """Add up a new document without lines and insert it. Raises Invalid."""
    sheet = Sheet(document, at=at, lines=[])
    sheet.price()
    sheet.add_up()
    sheet.insert()
    return document


def add_up[D: PricedModel](document: D, lines: list[Any], *, at: dt.datetime) -> D:
    """Add up with the prices and taxes that these lines, all that it has, were stored with. Raises Invalid."""
    sheet = Sheet(document, at=at, lines=lines)
    sheet.add_up()
    sheet.store()
    return document


def settle_figures(document: PricedModel, lines: Sequence[Any], organisation: Organisation) -> DocumentTotals:
    """Write the figures that follow from what is stored onto header and lines, in memory: with prices, taxes and rate
    as they are. What an invoice took of its order stays, since that was cumulative. Raises TotalsError."""
    for position, line in enumerate(lines, start=1):
        line.position = position
    kept = {line.position: _stored_figures(line) for line in lines if getattr(line, "order_line_id", None)}
    totals = document_totals(_document_input(document, lines, kept))
    by_position = {line.key: line for line in totals.lines}
    for line in lines:
        _write_line(line, by_position.get(line.position))
    _write_header(document, lines, totals)
    _write_base(document, organisation)
    return totals


def _stored_figures(line: Any) -> LineFigures:
    return LineFigures(
        base_amount=line.base_amount,
        discount=line.discount_total,
        charge=line.charge_total,
        net_amount=line.net_amount,
        document_discount_share=line.document_discount_share,
    )


def _totals(document: PricedModel, lines: Sequence[DocumentLine]) -> DocumentTotals:
    try:
        figures = order_figures(document, lines) if isinstance(document, Invoice) and document.order_id else {}
        return document_totals(_document_input(document, lines, figures))
    except TotalsError as error:
        if isinstance(error.line_key, int):
            raise InvalidLine(error.sentence, position=error.line_key, field=error.field) from error
        raise Invalid(error.sentence, field=_header_field(error.field)) from error


def _header_field(name: str) -> str:
    return "freight_tax_rate" if name.startswith("freight_tax") else name


def _document_input(
    document: PricedModel, lines: Iterable[DocumentLine], figures: Mapping[int, LineFigures]
) -> DocumentInput:
    counted = [line for line in lines if _counts(line)]
    return DocumentInput(
        lines=tuple(_line_input(line, figures.get(line.position)) for line in counted),
        digits=document.currency.digits,
        prices_include_tax=document.prices_include_tax,
        discount_per_unit=document.discount_per_unit,
        discount_percent=document.discount_percent,
        # Typed before there are lines, it waits for them.
        discount_amount=document.discount_amount if counted else ZERO,
        freight_amount=document.freight_amount,
        freight_tax_category=document.freight_tax_category or None,
        freight_tax_rate=document.freight_tax_percent,
    )


def _counts(line: DocumentLine) -> bool:
    """A line without a price adds nothing; the document says so and goes no further."""
    return line.is_sold and not line.pricing_error


def _line_input(line: DocumentLine, figures: LineFigures | None) -> LineInput:
    return LineInput(
        key=line.position,
        quantity=line.quantity,
        price_per_unit=line.price_per_unit,
        price_quantity=line.price_quantity,
        volume_discount=line.volume_discount,
        discount_amount=line.discount_amount,
        discount_percent=line.discount_percent,
        charge_amount=line.charge_amount,
        charge_percent=line.charge_percent,
        tax_category=line.tax_category or None,  # type: ignore[arg-type]  # a missing tax is refused with a sentence
        tax_rate=line.tax_percent,
        figures=figures,
    )


def _write_line(line: DocumentLine, totals: LineTotals | None) -> None:
    if totals is None:
        for name in LINE_FIGURES:
            setattr(line, name, ZERO)
        return
    line.base_amount = totals.base_amount
    line.discount_total = totals.discount
    line.charge_total = totals.charge
    line.net_amount = totals.net_amount
    line.document_discount_share = totals.document_discount_share
    line.tax_exclusive_amount = totals.tax_exclusive_amount


def _write_header(document: PricedModel, lines: Iterable[DocumentLine], totals: DocumentTotals) -> None:
    document.detail_amount = totals.detail_amount
    document.line_discount_total = totals.line_discount_total
    document.discount_total = totals.discount_total
    document.pre_freight_amount = totals.pre_freight_amount
    document.taxable_amount = totals.taxable
    document.tax_amount = totals.tax_amount
    document.total_amount = totals.total_amount
    document.rounding_method = totals.method
    document.pricing_error = "\n".join(
        _("Line %(position)d: %(sentence)s") % {"position": line.position, "sentence": line.pricing_error}
        for line in lines
        if line.pricing_error
    )
    if isinstance(document, Opportunity) and document.revenue_mode == RevenueMode.CALCULATED:
        document.estimated_revenue = totals.total_amount


def _write_base(document: PricedModel, organisation: Organisation) -> None:
    document.base_total_amount = in_base(document, document.total_amount, organisation)
    if isinstance(document, Opportunity):
        document.base_estimated_revenue = in_base(document, document.estimated_revenue, organisation)


def in_base(document: PricedModel, amount: Decimal | None, organisation: Organisation) -> Decimal | None:
    """The amount at the document's rate in the organisation's base currency; None without either."""
    if amount is None or document.exchange_rate is None or organisation.base_currency is None:
        return None
    return to_base(amount, document.exchange_rate, organisation.base_currency.digits)


def _store_taxes(document: PricedModel, totals: DocumentTotals) -> None:
    wanted = [(row.category, row.rate, row.taxable, row.tax) for row in totals.tax_rows]
    kept = list(document.taxes.values_list("category", "percent", "taxable_amount", "tax_amount").order_by("position"))
    if kept == wanted:
        return
    if kept:
        document.taxes.all().delete()
    _insert_taxes(document, totals)


def _insert_taxes(document: PricedModel, totals: DocumentTotals) -> None:
    model = document.tax_model()
    model._default_manager.bulk_create(
        model(
            document=document,
            position=position,
            category=row.category,
            percent=row.rate,
            taxable_amount=row.taxable,
            tax_amount=row.tax,
        )
        for position, row in enumerate(totals.tax_rows)
    )


def _values(line: models.Model) -> dict[str, Any]:
    return {
        field.name: getattr(line, field.attname)
        for field in line._meta.concrete_fields
        if field.name not in _NEVER_COMPARED
    }


def _differing(line: models.Model, before: Mapping[str, Any]) -> set[str]:
    return {name for name, value in _values(line).items() if value != before[name]}
