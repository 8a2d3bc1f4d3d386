"""Opportunities, documents and what belongs to them in the administration.

Headers are changed through the services, which price and add up; lines have their grid on the pages. What is
frozen is only looked at.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin, RowsInline
from crm.core.admin_custom import added_values
from crm.core.errors import Refusal
from sales.models import (
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityTax,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Qualification,
    QualificationMap,
    QualificationResult,
    Quote,
    QuoteLine,
    QuoteTax,
)
from sales.services.headers import TYPED_FIELDS
from sales.services.invoices import delete_invoice, restore_invoice, update_invoice
from sales.services.opportunities import OPPORTUNITY_FIELDS, update_opportunity
from sales.services.orders import update_order
from sales.services.quotes import update_quote

_LINE_COLUMNS = ("position", "name", "quantity", "unit_name", "price_per_unit", "discount_total", "net_amount")
_OWNED = ("owner", "owner_team")


class _ShownInline(RowsInline):
    """Rows that are looked at here and changed elsewhere."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _LineInline(_ShownInline):
    fields = _LINE_COLUMNS
    readonly_fields = _LINE_COLUMNS


class QuoteLineInline(_LineInline):
    model = QuoteLine


class OrderLineInline(_LineInline):
    model = OrderLine


class InvoiceLineInline(_LineInline):
    model = InvoiceLine


class OpportunityLineInline(_LineInline):
    model = OpportunityLine


class PaymentInline(_ShownInline):
    model = Payment
    fields = ("paid_on", "amount", "method", "reference", "reversed_at", "reversal_reason")
    readonly_fields = fields


class CompetitorInline(RowsInline):
    model = OpportunityCompetitor
    fields = ("competitor", "note")
    extra = 0


class ResultInline(_ShownInline):
    model = QualificationResult
    fields = ("outcome", "account", "contact", "opportunity")
    readonly_fields = fields


class _PricedAdmin(RecordAdmin):
    """Made on the pages, where there are customers, price lists and lines to choose from."""

    typed: ClassVar[Sequence[str]]
    update: ClassVar[Callable[..., Any]]
    key: ClassVar[str]
    search_fields: ClassVar[Sequence[str]] = ("sort_key", "number")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = [*super().get_readonly_fields(request, obj), *_OWNED]
        if obj is None or obj.is_editable:
            return given
        return [*given, *(name for name in self.typed if name not in given)]

    def may_type_added(self, request: HttpRequest, obj: Any) -> bool:
        return super().may_type_added(request, obj) and (obj is None or obj.is_editable)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is no typed column of the header is either computed or moved by services."""
        kept = {*self.typed, *_OWNED}
        return [field.name for field in self.opts.fields if field.editable and field.name not in kept]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service decides, as everywhere."""
        actor: Any = request.user
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in self.typed}
        values |= added_values(form)
        type(self).update(**{self.key: obj.pk}, values=values, actor=actor, at=timezone.now())


@admin.register(Opportunity)
class OpportunityAdmin(_PricedAdmin):
    typed, update, key = OPPORTUNITY_FIELDS, staticmethod(update_opportunity), "opportunity_id"
    list_display = ("topic", "state", "estimated_revenue", "currency", "estimated_close_on", "owner")
    search_fields = ("sort_key",)
    inlines = (OpportunityLineInline, CompetitorInline)


@admin.register(Quote)
class QuoteAdmin(_PricedAdmin):
    typed, update, key = TYPED_FIELDS[Quote], staticmethod(update_quote), "quote_id"
    list_display = ("number", "revision", "name", "state", "status_reason", "total_amount", "currency", "owner")
    inlines = (QuoteLineInline,)


@admin.register(Order)
class OrderAdmin(_PricedAdmin):
    typed, update, key = TYPED_FIELDS[Order], staticmethod(update_order), "order_id"
    list_display = ("number", "name", "state", "status_reason", "total_amount", "currency", "owner")
    inlines = (OrderLineInline,)


@admin.register(Invoice)
class InvoiceAdmin(_PricedAdmin):
    typed, update, key = TYPED_FIELDS[Invoice], staticmethod(update_invoice), "invoice_id"
    list_display = ("__str__", "name", "state", "status_reason", "total_amount", "balance", "currency", "due_on")
    inlines = (InvoiceLineInline, PaymentInline)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        delete_invoice(invoice_id=obj.pk, actor=actor, at=timezone.now())

    @admin.action(description=RecordAdmin.restore_selected.short_description, permissions=["restore"])  # type: ignore[attr-defined]  # set by the decorator
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        actor: Any = request.user
        for record in queryset.binned():
            try:
                restore_invoice(invoice_id=record.pk, actor=actor, at=timezone.now())
            except Refusal as refusal:
                self._tell(request, refusal)


@admin.register(QuoteLine, OrderLine, InvoiceLine, OpportunityLine)
class LineAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "document", "quantity", "price_per_unit", "net_amount")
    list_select_related = ("document",)
    search_fields = ("name", "product_number")


@admin.register(QuoteTax, OrderTax, InvoiceTax, OpportunityTax)
class TaxAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "document", "taxable_amount", "tax_amount")
    list_select_related = ("document",)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "invoice", "method", "reference", "reversed_at")
    list_select_related = ("invoice",)
    search_fields = ("reference", "invoice__number")


@admin.register(OpportunityCompetitor)
class OpportunityCompetitorAdmin(RecordAdmin):
    list_display = ("competitor", "opportunity")
    autocomplete_fields = ("opportunity",)


@admin.register(Qualification)
class QualificationAdmin(ReadOnlyAdmin):
    list_display = ("lead", "qualified_at", "qualified_by", "undone_at")
    inlines = (ResultInline,)


@admin.register(QualificationResult)
class QualificationResultAdmin(ReadOnlyAdmin):
    list_display = ("qualification", "outcome", "account", "contact", "opportunity")


@admin.register(QualificationMap)
class QualificationMapAdmin(ReadOnlyAdmin):
    """Changed on its own page, which knows what fits."""

    list_display = ("__str__", "updated_at", "updated_by")
