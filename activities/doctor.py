"""Timelines and files: every activity stands on the timelines of what it concerns, and every file is there.

These are statements over whole tables; `check_timeline_links` also knows what records roll up to.
"""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Attachment, Participant, TimelineLink
from crm.core.invariants import Check, Faults, faults_by, register_check, table

_MOMENT = "COALESCE(one.happened_at, one.completed_at, one.starts_at, one.due_at, one.created_at)"
_LINKED = f"SELECT 1 FROM {table(TimelineLink)} AS link WHERE link.activity_id = one.id"  # noqa: S608 - our own table


def _unlinked() -> Faults:
    yield from faults_by(
        Activity,
        f"SELECT one.id FROM {table(Activity)} AS one WHERE one.deleted_at IS NULL AND one.regarding_id IS NOT NULL"  # noqa: S608 - our own tables
        f" AND NOT EXISTS ({_LINKED} AND link.target_type_id = one.regarding_type_id"
        " AND link.target_id = one.regarding_id)",
    )
    yield from faults_by(
        Activity,
        f"SELECT one.id FROM {table(Activity)} AS one JOIN {table(Participant)} AS party ON party.activity_id = one.id"  # noqa: S608 - our own tables
        f" WHERE one.deleted_at IS NULL AND party.party_id IS NOT NULL AND NOT EXISTS ({_LINKED}"
        " AND link.target_type_id = party.party_type_id AND link.target_id = party.party_id)",
    )


def _wrongly_linked() -> Faults:
    owners = ("owner_id", "owner_team_id", "owning_unit_id")
    differs = " OR ".join(f"link.{name} IS DISTINCT FROM one.{name}" for name in owners)
    return faults_by(
        TimelineLink,
        f"SELECT link.id FROM {table(TimelineLink)} AS link JOIN {table(Activity)} AS one ON one.id = link.activity_id"  # noqa: S608 - our own tables
        f" WHERE one.deleted_at IS NULL AND (link.at <> {_MOMENT} OR {differs})",
    )


def _without_file() -> Iterator[str]:
    rows = Attachment.objects.order_by("pk").values_list("pk", "file")
    for key, name in rows.iterator(chunk_size=5_000):
        if not default_storage.exists(name):
            yield f"activities.Attachment {key} ({name})"


def register() -> None:
    register_check(
        Check(
            name="activities.unlinked",
            sentence=_("Activities that are missing on the timeline of what they concern."),
            find=_unlinked,
        ),
        Check(
            name="activities.links",
            sentence=_("Places on timelines with another moment or owner than their activity."),
            find=_wrongly_linked,
        ),
        Check(name="activities.files", sentence=_("Files that are not where they were put."), find=_without_file),
    )
