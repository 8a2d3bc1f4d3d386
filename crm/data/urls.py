"""Bulk changes, exports of lists, and imports of files."""

from django.urls import path

from crm.data.views.cards import CardsView
from crm.data.views.duplicates import DismissView, DuplicatesView, LiveView, LookView
from crm.data.views.exports import ExportFileView, ExportListView, ExportView
from crm.data.views.imports import (
    BeginView,
    ColumnsView,
    FailedView,
    ImportListView,
    ImportView,
    UploadView,
    ValuesView,
)
from crm.data.views.merges import MergedView, MergesView, MergeView, UnmergeView
from crm.data.views.runs import BulkView, RunsView, RunView, UndoView

app_name = "data"
urlpatterns = [
    path("<slug:noun>/bulk/", BulkView.as_view(), name="bulk"),
    path("<slug:noun>/merge/", MergeView.as_view(), name="merge_records"),
    path("<slug:noun>/duplicates/", LiveView.as_view(), name="duplicates_live"),
    path("<slug:noun>/duplicates/dismiss/", DismissView.as_view(), name="duplicates_dismiss"),
    path("duplicates/", DuplicatesView.as_view(), name="duplicates"),
    path("duplicates/look/", LookView.as_view(), name="duplicates_look"),
    path("merges/", MergesView.as_view(), name="merges"),
    path("merges/<int:pk>/", MergedView.as_view(), name="merge"),
    path("merges/<int:pk>/undo/", UnmergeView.as_view(), name="unmerge"),
    path("bulk-changes/", RunsView.as_view(), name="bulk_runs"),
    path("bulk-changes/<int:pk>/", RunView.as_view(), name="bulk_run"),
    path("bulk-changes/<int:pk>/undo/", UndoView.as_view(), name="bulk_undo"),
    path("exports/", ExportListView.as_view(), name="exports"),
    path("exports/new/", ExportView.as_view(), name="export"),
    path("imports/", ImportListView.as_view(), name="imports"),
    path("imports/new/", UploadView.as_view(), name="import_new"),
    path("imports/cards/", CardsView.as_view(), name="cards"),
    path("imports/<int:pk>/", ImportView.as_view(), name="import"),
    path("imports/<int:pk>/columns/", ColumnsView.as_view(), name="import_columns"),
    path("imports/<int:pk>/values/", ValuesView.as_view(), name="import_values"),
    path("imports/<int:pk>/rehearse/", BeginView.as_view(stage="rehearsing"), name="import_rehearse"),
    path("imports/<int:pk>/run/", BeginView.as_view(), name="import_run"),
    path("imports/<int:pk>/undo/", BeginView.as_view(stage="undoing"), name="import_undo"),
    path("imports/<int:pk>/failed/", FailedView.as_view(), name="import_failed"),
    path("exports/<int:pk>/file/", ExportFileView.as_view(), name="export_file"),
]
