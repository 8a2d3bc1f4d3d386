"""What a person does with invoices. The order is locked before its invoice, the number series last."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from activities.links import relink
from crm.core import history
from crm.core.access import check_create, lock_for, names_for
from crm.core.actors import Actor
from crm.core.deletion import delete_record, restore_record, undelete_record
from crm.core.errors import Conflict, Invalid
from crm.core.models import Organisation
from crm.core.money import ZERO
from crm.core.transactions import service
from crm.users.models import Team, User
from sales.models import Invoice, InvoiceLine, Order, OrderLine
from sales.services.copying import copied_lines, save_copies
from sales.services.documents import Sheet, add_up, insert_added_up, recalculate
from sales.services.headers import TYPED_FIELDS, change_header, copied_header, new_document, require_rate
from sales.services.invoicing import sync_order
from sales.services.lines import lock_editable, lock_order_of
from sales.services.numbers import take_issue_number
from sales.services.orders import live_invoices
from sales.services.quotes import check_sellable
from sales.services.snapshots import copy_parties
from sales.states import InvoiceState, OrderState


@service("invoice.created")
def create_invoice(
    *,
    values: Mapping[str, Any],
    owner: User | Team,
    actor: Actor,
    at: dt.datetime,
    number_series: str = "invoice",
) -> Invoice:
    """A draft without an order. It gets its number when it is issued."""
    check_create(actor, Invoice)
    invoice = new_document(Invoice, values, owner=owner, actor=actor, on=Organisation.load().today(at))
    invoice.number_series = number_series
    return insert_added_up(invoice, at=at)


@service("invoice.created")
def create_invoice_from_order(
    *,
    order_id: int,
    actor: Actor,
    at: dt.datetime,
    quantities: Mapping[int, Decimal] | None = None,
    number_series: str = "invoice",
) -> Invoice:
    """A draft for everything that is not invoiced yet, or for the `quantities` by line of the order.

    When everything is invoiced, the draft that did it is given again; without a draft the call is refused.
    """
    order = lock_for(Order, order_id, actor, "create_invoice")
    check_create(actor, Invoice)
    lines = list(order.lines.all())
    if quantities is not None and not any(quantities.values()):
        raise Invalid(_("Enter the quantity of at least one line."), field="quantity")
    wanted = _open_quantities(lines) if quantities is None else _checked_quantities(lines, quantities)
    if not any(wanted.values()):
        return _existing_draft(order, actor)
    order.machine.check("invoice", order)
    check_sellable(order, lines)
    invoice = _draft_of(order, number_series)
    invoice_lines = _lines_of(invoice, lines, wanted)
    save_copies(invoice_lines)
    with history.action("invoice.priced"):
        add_up(invoice, invoice_lines, at=at)
    sync_order(order)
    return invoice


def _open_quantities(lines: list[OrderLine]) -> dict[int, Decimal]:
    return {line.pk: line.quantity - line.quantity_canceled - line.quantity_invoiced for line in lines if line.is_sold}


def _checked_quantities(lines: list[OrderLine], quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    still_open = _open_quantities(lines)
    for line_id, quantity in quantities.items():
        limit = still_open.get(line_id, ZERO)
        if not min(ZERO, limit) <= quantity <= max(ZERO, limit):
            raise Invalid(
                _("%(open)s is open, so %(wanted)s cannot be invoiced. Lower the quantity.")
                % {"open": limit.normalize(), "wanted": quantity.normalize()},
                field="quantity",
            )
    return dict(quantities)


def _existing_draft(order: Order, actor: Actor) -> Invoice:
    invoices = live_invoices(order)
    draft = next((invoice for invoice in reversed(invoices) if invoice.state == InvoiceState.DRAFT), None)
    if draft is None:
        if order.state != OrderState.INVOICED:
            order.machine.check("invoice", order)
        raise Conflict(_("There is nothing left to invoice on this order."), details=names_for(invoices, actor))
    return draft


def _draft_of(order: Order, number_series: str) -> Invoice:
    """The discount of the order comes with the lines; freight goes on the first invoice."""
    invoice = copied_header(order, Invoice)
    invoice.order, invoice.opportunity, invoice.number_series = order, order.opportunity, number_series
    invoice.discount_percent = invoice.discount_amount = ZERO
    charged = Invoice.objects.filter(order=order).exclude(state=InvoiceState.CANCELED)
    invoice.freight_amount -= charged.aggregate(sum=Sum("freight_amount"))["sum"] or ZERO
    invoice.freight_amount = max(invoice.freight_amount, ZERO)
    invoice.delivered_on = order.fulfilled_on
    invoice.save(force_insert=True)
    return invoice


def _lines_of(invoice: Invoice, lines: list[OrderLine], wanted: Mapping[int, Decimal]) -> list[InvoiceLine]:
    """Lines with a quantity, and the texts between them."""
    chosen = [line for line in lines if not line.is_sold or wanted.get(line.pk)]
    copies: list[InvoiceLine] = copied_lines(chosen, invoice, origin="order_line")
    for copy, line in zip(copies, chosen, strict=True):
        if line.is_sold:
            copy.quantity = wanted[line.pk]
        else:
            copy.order_line = None
    return copies


@service("invoice.changed")
def update_invoice(*, invoice_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Invoice:
    """Change the header of a draft."""
    invoice, _order = lock_editable(Invoice, invoice_id, actor)
    change_header(invoice, values, TYPED_FIELDS[Invoice], actor)
    recalculate(invoice, at=at)
    relink(invoice)
    return invoice


@service("invoice.issued")
def issue_invoice(*, invoice_id: int, actor: Actor, at: dt.datetime, issued_on: dt.date | None = None) -> Invoice:
    """Number, date and freeze the draft, and copy the names and addresses of both sides.

    The number is taken in this transaction, so there are no gaps.
    """
    lock_order_of(invoice_id)  # its figures and those of its other invoices are read once more
    invoice = lock_for(Invoice, invoice_id, actor, "issue")
    invoice.machine.check("issue", invoice)
    today = Organisation.load().today(at)
    on = issued_on or today
    sheet = Sheet(invoice, at=at, rate_on=on)
    check_sellable(invoice, sheet.lines)
    sheet.add_up()
    require_rate(invoice)
    _refuse_negative(invoice)
    copy_parties(invoice, sheet.organisation)
    days = sheet.organisation.payment_terms_days if invoice.payment_terms_days is None else invoice.payment_terms_days
    number = take_issue_number(invoice.number_series, on=on, today=today)
    invoice.issue(number=number, on=on, due_on=on + dt.timedelta(days=days), at=at)
    sheet.store()
    return invoice


def _refuse_negative(invoice: Invoice) -> None:
    if invoice.total_amount < 0:
        raise Invalid(_("The total is below 0. Money is given back by a credit note, not by an invoice."))


@service("invoice.canceled")
def cancel_invoice(*, invoice_id: int, actor: Actor, at: dt.datetime) -> Invoice:
    """Only drafts are canceled; what they had taken of their order is open again."""
    order = lock_order_of(invoice_id)
    invoice = lock_for(Invoice, invoice_id, actor, "cancel")
    invoice.cancel()
    invoice.save()
    if order is not None:
        sync_order(order)
    return invoice


@service("invoice.deleted")
def delete_invoice(*, invoice_id: int, actor: Actor, at: dt.datetime) -> None:
    """Put a draft into the bin; what it had taken of its order is open again."""
    order = lock_order_of(invoice_id)
    delete_record(model=Invoice, record_id=invoice_id, actor=actor, at=at)
    if order is not None:
        sync_order(order)


@service("invoice.restored")
def restore_invoice(*, invoice_id: int, actor: Actor, at: dt.datetime) -> None:
    """Take a draft out of the bin, if its order still has what it takes."""
    order = lock_order_of(invoice_id)
    restore_record(model=Invoice, record_id=invoice_id, actor=actor, at=at)
    _take_from(order)


@service("invoice.restored")
def undelete_invoice(*, invoice_id: int, deleted_at: dt.datetime, actor: Actor, at: dt.datetime) -> bool:
    """As `undelete_record`, if its order still has what it takes."""
    order = lock_order_of(invoice_id)
    is_back = undelete_record(model=Invoice, record_id=invoice_id, deleted_at=deleted_at, actor=actor, at=at)
    if is_back:
        _take_from(order)
    return is_back


def _take_from(order: Order | None) -> None:
    if order is None:
        return
    try:
        with transaction.atomic():
            sync_order(order)
    except IntegrityError as error:
        raise Conflict(_("Its order has been invoiced otherwise meanwhile, so it cannot come back.")) from error
