"""What is done for added fields in the background."""

from django.tasks import task
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.indexes import build
from crm.core.custom.services import order_index
from crm.core.foundations import register, schedule
from crm.core.models import CustomField
from crm.core.work import run_job


@task(queue_name="long")
def build_index(job_id: int) -> None:
    run_job(job_id, build)


@task
def retry_indexes() -> None:
    """What failed may have failed for want of space or time."""
    for pk in CustomField.objects.filter(is_searchable=True, index_state="failed").values_list("pk", flat=True):
        order_index(field_id=pk, actor=SYSTEM, at=timezone.now())


def lay_schedules() -> None:
    schedule("Make failed indexes of custom fields again", retry_indexes.module_path, every_minutes=60)


def register_schedules() -> None:
    register(lay_schedules, position=20)
