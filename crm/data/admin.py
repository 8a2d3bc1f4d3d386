"""What bulk changes did, to look at."""

from django.contrib import admin

from crm.core.admin_base import ReadOnlyAdmin
from crm.data.models import BulkRow, BulkRun


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ("summary", "noun", "person", "total", "at", "finished_at")
    list_filter = ("noun",)
    search_fields = ("summary",)


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    list_display = ("record_id", "run", "outcome", "reason")
    list_filter = ("outcome",)
