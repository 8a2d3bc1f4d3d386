"""Activities, who took part in them, their files and links, in the administration."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from activities.links import write_links
from activities.models import Activity, Attachment, Participant, TimelineLink
from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    list_display = ("subject", "kind", "state", "status_reason", "owner", "due_at", "created_at")
    list_filter = ("kind",)
    search_fields = ("subject",)
    ordering = ("-created_at",)
    readonly_fields = ("kind", "regarding_type", "regarding_id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Activities are made where they belong: on the page of a record."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        write_links(obj)


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ("activity", "role", "user", "address")
    list_select_related = ("activity", "user")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("name", "activity", "size", "created_at")
    list_select_related = ("activity",)


@admin.register(TimelineLink)
class TimelineLinkAdmin(ReadOnlyAdmin):
    list_display = ("activity", "target_type", "target_id", "at")
    list_select_related = ("activity", "target_type")
    ordering = ("-at",)
