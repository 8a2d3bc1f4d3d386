"""Activities of every kind, made by the services, so that their links are there."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import cancel_activity, complete_activity, create_activity
from crm.core.actors import SYSTEM
from crm.users.models import User

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def make_activity(
    owner: User,
    kind: str = "task",
    *,
    regarding: models.Model | None = None,
    at: dt.datetime | None = None,
    participants: Any = (),
    **values: Any,
) -> Activity:
    """Not done yet (a note is); appointments start at `AT` unless told."""
    columns: dict[str, Any] = {"subject": f"A {kind.replace('_', ' ')}"}
    if kind == "appointment":
        columns["starts_at"] = AT
    return create_activity(
        kind=kind,
        values=columns | values,
        owner=owner,
        regarding=Ref.to(regarding) if regarding is not None else None,
        participants=participants,
        actor=SYSTEM,
        at=at or timezone.now(),
    )


def make_completed(owner: User, kind: str = "task", **options: Any) -> Activity:
    activity = make_activity(owner, kind, **options)
    return complete_activity(activity_id=activity.pk, actor=SYSTEM, at=options.get("at") or timezone.now())


def make_canceled(owner: User, kind: str = "task", **options: Any) -> Activity:
    activity = make_activity(owner, kind, **options)
    return cancel_activity(activity_id=activity.pk, actor=SYSTEM, at=options.get("at") or timezone.now())
