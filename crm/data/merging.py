"""How what persons keep about records takes part in merges: shares, notifications, what was opened last."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from crm.data.merge.registry import register_ignored, register_key
from crm.data.models import ExternalId, ImportRow
from crm.users.models import Notification, Recent, Share


def register() -> None:
    register_key(Share, "content_type", "object_id")
    register_key(Recent, "content_type", "object_id")
    register_key(ExternalId, "content_type", "object_id")
    register_key(Notification, "content_type", "object_id")
    register_ignored(ImportRow, "content_type", because="an import takes back only what it has made itself")
    register_ignored(LogEntry, "content_type", because="what the administration did to a record is its own history")
    register_ignored(Permission, "content_type", because="names a table, no record")
