"""Addresses of invoices."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions import invoices as acts
from sales.models import Invoice
from sales.views.invoices import InvoiceDeleteView, InvoiceDetailView, InvoiceEditView, InvoiceListView
from sales.views.lines import LineProductsView, LinesPreviewView, LinesView

urlpatterns = [
    path("invoices/", InvoiceListView.as_view(), name="invoice_list"),
    path("invoices/new/", InvoiceEditView.as_view(), name="invoice_create"),
    path("invoices/<int:pk>/", InvoiceDetailView.as_view(), name="invoice_detail"),
    path("invoices/<int:pk>/edit/", InvoiceEditView.as_view(), name="invoice_edit"),
    path("invoices/<int:pk>/delete/", InvoiceDeleteView.as_view(), name="invoice_delete"),
    path("invoices/<int:pk>/lines/", LinesView.as_view(model=Invoice), name="invoice_lines"),
    path("invoices/<int:pk>/lines/preview/", LinesPreviewView.as_view(model=Invoice), name="invoice_lines_preview"),
    path("invoices/<int:pk>/lines/products/", LineProductsView.as_view(model=Invoice), name="invoice_line_products"),
    path("invoices/<int:pk>/issue/", TransitionView.as_view(action=acts.ISSUE), name="invoice_issue"),
    path("invoices/<int:pk>/pay/", TransitionView.as_view(action=acts.PAY), name="invoice_pay"),
    path(
        "invoices/<int:pk>/reverse-payment/",
        TransitionView.as_view(action=acts.REVERSE_PAYMENT),
        name="invoice_reverse_payment",
    ),
    path("invoices/<int:pk>/cancel/", TransitionView.as_view(action=acts.CANCEL), name="invoice_cancel"),
    path("invoices/<int:pk>/assign/", TransitionView.as_view(action=acts.ASSIGN), name="invoice_assign"),
]
