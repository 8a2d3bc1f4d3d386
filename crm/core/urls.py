"""Addresses of the kernel."""

from django.urls import path

from crm.core.screens import SearchView
from crm.core.screens.cells import CellView
from crm.core.screens.palette import PaletteView
from crm.core.screens.peeks import PeekView
from crm.core.screens.tagging import TagsView

app_name = "core"

urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    path("<slug:noun>/<int:pk>/tags/", TagsView.as_view(), name="record_tags"),
    path("<slug:noun>/<int:pk>/field/<str:name>/", CellView.as_view(), name="record_field"),
    path("<slug:noun>/<int:pk>/peek/", PeekView.as_view(), name="record_peek"),
    path("palette/", PaletteView.as_view(), name="palette"),
]
