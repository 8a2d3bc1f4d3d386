"""The timeline on the page of every record that activities may concern."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from activities.models import Activity
from activities.regarding import register_noun
from crm.core.deletion import belongs


def register_timeline(model: type[models.Model]) -> None:
    """Let activities concern records of this table: their pages get a timeline, and their bin its activities.

    Apps call it in `AppConfig.ready()`, for the tables of their own.
    """
    register_noun(model)
    belongs(model, activities_regarding)


def activities_regarding(record: models.Model) -> "models.QuerySet[Any]":
    """What concerns the record first of all; what only rolls up to it is somebody else's."""
    found: models.QuerySet[Any] = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(record), regarding_id=record.pk
    )
    return found
