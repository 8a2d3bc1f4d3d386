"""Addresses of quotes."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions import quotes as acts
from sales.models import Quote
from sales.views.lines import LineProductsView, LinesPreviewView, LinesView
from sales.views.quotes import QuoteDeleteView, QuoteDetailView, QuoteEditView, QuoteListView

urlpatterns = [
    path("quotes/", QuoteListView.as_view(), name="quote_list"),
    path("quotes/new/", QuoteEditView.as_view(), name="quote_create"),
    path("quotes/<int:pk>/", QuoteDetailView.as_view(), name="quote_detail"),
    path("quotes/<int:pk>/edit/", QuoteEditView.as_view(), name="quote_edit"),
    path("quotes/<int:pk>/delete/", QuoteDeleteView.as_view(), name="quote_delete"),
    path("quotes/<int:pk>/lines/", LinesView.as_view(model=Quote), name="quote_lines"),
    path("quotes/<int:pk>/lines/preview/", LinesPreviewView.as_view(model=Quote), name="quote_lines_preview"),
    path("quotes/<int:pk>/lines/products/", LineProductsView.as_view(model=Quote), name="quote_line_products"),
    path("quotes/<int:pk>/activate/", TransitionView.as_view(action=acts.ACTIVATE), name="quote_activate"),
    path("quotes/<int:pk>/create-order/", TransitionView.as_view(action=acts.CREATE_ORDER), name="quote_create_order"),
    path("quotes/<int:pk>/revise/", TransitionView.as_view(action=acts.REVISE), name="quote_revise"),
    path("quotes/<int:pk>/close/", TransitionView.as_view(action=acts.CLOSE), name="quote_close"),
    path("quotes/<int:pk>/assign/", TransitionView.as_view(action=acts.ASSIGN), name="quote_assign"),
]
