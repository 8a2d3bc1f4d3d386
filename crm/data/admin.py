"""What bulk changes did and who exported what, to look at."""

from django.contrib import admin

from crm.core.admin_base import ReadOnlyAdmin
from crm.data.models import BulkRow, BulkRun, Export


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ("summary", "noun", "person", "total", "at", "finished_at")
    list_filter = ("noun",)
    search_fields = ("summary",)


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    list_display = ("record_id", "run", "outcome", "reason")
    list_filter = ("outcome",)


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("title", "person", "format", "rows", "created_at", "deleted_on")
    list_filter = ("format",)
