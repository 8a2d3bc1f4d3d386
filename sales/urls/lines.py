"""The grid of lines of opportunities; documents have theirs beside their other addresses."""

from django.urls import path

from sales.models import Opportunity
from sales.views.lines import LineProductsView, LinesPreviewView, LinesView

urlpatterns = [
    path("opportunities/<int:pk>/lines/", LinesView.as_view(model=Opportunity), name="opportunity_lines"),
    path(
        "opportunities/<int:pk>/lines/preview/",
        LinesPreviewView.as_view(model=Opportunity),
        name="opportunity_lines_preview",
    ),
    path(
        "opportunities/<int:pk>/lines/products/",
        LineProductsView.as_view(model=Opportunity),
        name="opportunity_line_products",
    ),
]
