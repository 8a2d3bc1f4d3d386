"""Bulk changes and exports of lists."""

from django.urls import path

from crm.data.views.exports import ExportFileView, ExportListView, ExportView
from crm.data.views.runs import BulkView, RunsView, RunView, UndoView

app_name = "data"
urlpatterns = [
    path("<slug:noun>/bulk/", BulkView.as_view(), name="bulk"),
    path("bulk-changes/", RunsView.as_view(), name="bulk_runs"),
    path("bulk-changes/<int:pk>/", RunView.as_view(), name="bulk_run"),
    path("bulk-changes/<int:pk>/undo/", UndoView.as_view(), name="bulk_undo"),
    path("exports/", ExportListView.as_view(), name="exports"),
    path("exports/new/", ExportView.as_view(), name="export"),
    path("exports/<int:pk>/file/", ExportFileView.as_view(), name="export_file"),
]
