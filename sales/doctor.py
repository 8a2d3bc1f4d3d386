"""Documents add up, what was billed agrees with orders and payments, and every lead leads to what it became."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.core.folding import fold
from crm.core.history import event_model
from crm.core.invariants import Check, Faults, faults_by, faults_of, register_check, stale_columns, table
from crm.core.models import NumberCounter, Organisation
from crm.core.money import ZERO
from crm.customers.models import Account, Contact
from leads.models import Lead
from sales.models import (
    Invoice,
    InvoiceLine,
    Opportunity,
    Order,
    OrderLine,
    Payment,
    PricedModel,
    Qualification,
    QualificationOutcome,
    QualificationResult,
    Quote,
)
from sales.services.closing import OPEN_QUOTES
from sales.services.documents import LINE_FIGURES, settle_figures
from sales.totals import TotalsError

_AT_ONCE = 500
_PRICED: tuple[type[PricedModel], ...] = (Opportunity, Quote, Order, Invoice)
_HEADER = (
    "detail_amount",
    "line_discount_total",
    "discount_total",
    "pre_freight_amount",
    "taxable_amount",
    "tax_amount",
    "total_amount",
    "base_total_amount",
)
_REVENUE = ("estimated_revenue", "base_estimated_revenue")
_AMOUNT: Any = DecimalField(max_digits=20, decimal_places=5)


def _sums() -> Faults:
    organisation = Organisation.load()
    for model in _PRICED:
        for batch in _batches(model):
            for document in batch:
                if wrong := _wrong_figures(document, organisation):
                    yield f"{model._meta.label} {document.pk} ({', '.join(wrong)})"


def _batches(model: type[PricedModel]) -> Iterator[Sequence[Any]]:
    """All documents in the order of their keys, with lines and taxes."""
    documents: Any = model._base_manager
    rows = documents.select_related("currency").prefetch_related("lines", "taxes").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        yield batch
        last = batch[-1].pk


def _wrong_figures(document: Any, organisation: Organisation) -> list[str]:
    """The columns that hold something else than the one function of totals says."""
    names = (*_HEADER, *_REVENUE) if isinstance(document, Opportunity) else _HEADER
    lines = sorted(document.lines.all(), key=lambda line: (line.position, line.pk))
    before = [getattr(document, name) for name in names]
    lines_before = [[getattr(line, name) for name in LINE_FIGURES] for line in lines]
    try:
        totals = settle_figures(document, lines, organisation)
    except TotalsError as error:
        return [str(error.code)]
    wrong = [name for name, value in zip(names, before, strict=True) if getattr(document, name) != value]
    if lines_before != [[getattr(line, name) for name in LINE_FIGURES] for line in lines]:
        wrong.append("lines")
    rows = {(row.category, row.percent, row.taxable_amount, row.tax_amount) for row in document.taxes.all()}
    if rows != {(row.category, row.rate, row.taxable, row.tax) for row in totals.tax_rows}:
        wrong.append("taxes")
    return wrong


def _payments() -> Faults:
    paid = _sum_of(Payment.objects.filter(invoice=OuterRef("pk"), reversed_at__isnull=True), "invoice", "amount")
    return faults_of(Invoice.with_bin.annotate(came_in=paid).exclude(paid_amount=F("came_in")))


def _sum_of(rows: Any, by: str, name: str) -> Any:
    summed = rows.order_by().values(by).annotate(sum=Sum(name)).values("sum")
    return Coalesce(Subquery(summed, output_field=_AMOUNT), ZERO, output_field=_AMOUNT)


def _invoiced() -> Faults:
    billed = InvoiceLine.objects.filter(order_line=OuterRef("pk"), document__deleted_at__isnull=True)
    taken = _sum_of(billed.exclude(document__state="canceled"), "order_line", "quantity")
    yield from faults_of(OrderLine.objects.annotate(taken=taken).exclude(quantity_invoiced=F("taken")))
    sold = OrderLine.objects.filter(document=OuterRef("pk")).exclude(kind="text")
    whole = Exists(sold) & ~Exists(sold.exclude(quantity_invoiced=F("quantity") - F("quantity_canceled")))
    yield from faults_of(Order.objects.filter(state="invoiced").exclude(whole))


def _numbers() -> Iterator[str]:
    """Series without gaps: as many issued invoices as the counter has counted, the last number being its own."""
    for counter in NumberCounter.objects.filter(series__is_gapless=True).select_related("series").order_by("pk"):
        begins = f"{counter.series.prefix}{counter.year}-"
        there = Invoice.with_bin.filter(number_series=counter.series.key, number__startswith=begins).count()
        if there != counter.value:
            yield f"core.NumberCounter {counter.pk} ({begins}: {there} of {counter.value})"


def _parted_leads() -> Faults:
    """Qualified and qualification go together; only a lead that came in from a file as qualified has none."""
    standing = Exists(Qualification.objects.filter(lead=OuterRef("pk"), undone_at__isnull=True))
    yield from faults_of(Lead.with_bin.exclude(state="qualified").filter(standing))
    brought = Exists(
        event_model(Lead)._default_manager.filter(pgh_obj_id=OuterRef("pk"), pgh_label="insert", state="qualified")
    )
    yield from faults_of(Lead.with_bin.filter(state="qualified").exclude(standing).exclude(brought))


def _qualified_twice() -> Faults:
    """An opportunity comes from one lead; others join it."""
    made = QualificationResult.objects.filter(
        outcome=QualificationOutcome.CREATED, qualification__undone_at__isnull=True, opportunity=OuterRef("pk")
    )
    counted = made.order_by().values("opportunity").annotate(number=Sum(1)).values("number")
    return faults_of(Opportunity.with_bin.annotate(made=Subquery(counted)).filter(made__gt=1))


def _made_without_link() -> Faults:
    """What was made in the very transaction of a qualification, and none names: made twice, or the link is lost."""
    qualified = table(event_model(Qualification))
    for model, pointer in ((Account, "account_id"), (Contact, "contact_id"), (Opportunity, "opportunity_id")):
        yield from faults_by(
            model,
            f"SELECT DISTINCT one.id FROM {table(model)} AS one JOIN {table(event_model(model))} AS made"  # noqa: S608 - our own tables
            f" ON made.pgh_obj_id = one.id AND made.pgh_label = 'insert' JOIN {qualified} AS act"
            " ON act.pgh_context_id = made.pgh_context_id AND act.pgh_created_at = made.pgh_created_at"
            " AND act.pgh_label = 'insert' WHERE one.deleted_at IS NULL AND NOT EXISTS (SELECT 1"
            f" FROM {table(QualificationResult)} AS result WHERE result.{pointer} = one.id)",
        )


def _open_behind_closed() -> Faults:
    yield from faults_of(
        Quote.objects.filter(state__in=OPEN_QUOTES).exclude(opportunity__state="open").filter(opportunity__isnull=False)
    )
    yield from faults_of(Order.with_bin.filter(quote__isnull=False).exclude(quote__state="won"))


def _stale() -> Iterator[str]:
    yield from stale_columns(Opportunity, ["topic"], ["sort_key"], _folding("topic"))
    for model in (Quote, Order, Invoice):
        yield from stale_columns(model, ["name"], ["sort_key"], _folding("name"))


def _folding(name: str) -> Any:
    def follow(record: Any) -> None:
        record.sort_key = fold(getattr(record, name))

    return follow


def register() -> None:
    found: tuple[tuple[str, Any, Any], ...] = (
        ("sales.sums", _("Documents that add up to something else than is stored."), _sums),
        ("sales.payments", _("Invoices that count other payments than came in."), _payments),
        ("sales.invoiced", _("Orders that count other invoices than there are."), _invoiced),
        ("sales.numbers", _("Series without gaps that have one, or a number too many."), _numbers),
        ("sales.parted_leads", _("Leads whose state and qualification contradict each other."), _parted_leads),
        ("sales.twice", _("Opportunities that two leads have made."), _qualified_twice),
        ("sales.without_link", _("What qualifying has made without a link to its lead."), _made_without_link),
        ("sales.behind", _("Open documents behind closed ones."), _open_behind_closed),
        ("sales.keys", _("Records that are found by an old name."), _stale),
    )
    register_check(*(Check(name=name, sentence=sentence, find=find) for name, sentence, find in found))
