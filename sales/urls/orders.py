"""Addresses of orders."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions import orders as acts
from sales.models import Order
from sales.views.lines import LineProductsView, LinesPreviewView, LinesView
from sales.views.orders import OrderDeleteView, OrderDetailView, OrderEditView, OrderListView

urlpatterns = [
    path("orders/", OrderListView.as_view(), name="order_list"),
    path("orders/new/", OrderEditView.as_view(), name="order_create"),
    path("orders/<int:pk>/", OrderDetailView.as_view(), name="order_detail"),
    path("orders/<int:pk>/edit/", OrderEditView.as_view(), name="order_edit"),
    path("orders/<int:pk>/delete/", OrderDeleteView.as_view(), name="order_delete"),
    path("orders/<int:pk>/lines/", LinesView.as_view(model=Order), name="order_lines"),
    path("orders/<int:pk>/lines/preview/", LinesPreviewView.as_view(model=Order), name="order_lines_preview"),
    path("orders/<int:pk>/lines/products/", LineProductsView.as_view(model=Order), name="order_line_products"),
    path("orders/<int:pk>/fulfill/", TransitionView.as_view(action=acts.FULFILL), name="order_fulfill"),
    path(
        "orders/<int:pk>/create-invoice/",
        TransitionView.as_view(action=acts.CREATE_INVOICE),
        name="order_create_invoice",
    ),
    path("orders/<int:pk>/lock/", TransitionView.as_view(action=acts.LOCK), name="order_lock"),
    path(
        "orders/<int:pk>/use-current-pricing/",
        TransitionView.as_view(action=acts.USE_CURRENT_PRICING),
        name="order_use_current_pricing",
    ),
    path("orders/<int:pk>/mark-pending/", TransitionView.as_view(action=acts.PEND), name="order_mark_pending"),
    path("orders/<int:pk>/hold/", TransitionView.as_view(action=acts.HOLD), name="order_hold"),
    path("orders/<int:pk>/resume/", TransitionView.as_view(action=acts.RESUME), name="order_resume"),
    path("orders/<int:pk>/cancel/", TransitionView.as_view(action=acts.CANCEL), name="order_cancel"),
    path("orders/<int:pk>/assign/", TransitionView.as_view(action=acts.ASSIGN), name="order_assign"),
]
