"""A record shared with a user or a team, never beyond the sharer's own rights."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models.organisation_units import Team
from crm.users.models.user import User


class ShareQuerySet(models.QuerySet["Share"]):
    def for_record(self, record: models.Model) -> "ShareQuerySet":
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk)


@tracked
class Share(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="shares")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="shares")
    may_write = models.BooleanField(_("may change"), default=False)
    may_delete = models.BooleanField(_("may delete"), default=False)
    may_assign = models.BooleanField(_("may assign"), default=False)
    may_share = models.BooleanField(_("may share"), default=False)
    shared_at = models.DateTimeField(db_default=Now())
    shared_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, team__isnull=False) | Q(user__isnull=False, team__isnull=True),
                name="share_with_a_user_or_a_team",
            ),
            models.UniqueConstraint(
                fields=["content_type", "user", "object_id"],
                condition=Q(user__isnull=False),
                name="share_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["content_type", "team", "object_id"],
                condition=Q(team__isnull=False),
                name="share_once_per_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.object_id} with {self.user or self.team}"
