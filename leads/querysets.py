"""Which posts a person may read and decide about."""

from typing import Any, Self

from django.db import models
from django.db.models import Manager

from crm.core.access import READ
from crm.users.access import may


class PostQuerySet(models.QuerySet[Any]):
    """Posts have no owner: whoever holds the privilege sees all of them."""

    def visible_to(self, actor: Any) -> Self:
        return self.for_action(actor, READ)

    def for_action(self, actor: Any, action: str) -> Self:
        """`read`, or `decide`: let a post in, throw it away, read it again."""
        allowed = may(actor, "leads.read_capturedpost") and may(actor, f"leads.{action}_capturedpost")
        return self.all() if allowed else self.none()


PostManager = Manager.from_queryset(PostQuerySet)
