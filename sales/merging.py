"""What qualifications know of records that were merged."""

from crm.data.merge.moving import Moving
from crm.data.merge.registry import register_follower
from sales.models import QualificationOutcome, QualificationResult

NO_VERSION = 0


def keep_from_undo(moving: Moving) -> None:
    """A record that has taken in what a qualification created is no longer what it created: reopening keeps it."""
    for column in ("account_id", "contact_id"):
        if QualificationResult._meta.get_field(column.removesuffix("_id")).related_model is moving.model:
            created = QualificationResult.objects.filter(
                **{column: moving.master_id}, outcome=QualificationOutcome.CREATED
            )
            moving.change(created, {"record_version": NO_VERSION})


def register() -> None:
    register_follower(keep_from_undo)
