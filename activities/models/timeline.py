"""A link row for each record that an activity concerns: a timeline is one index scan."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.activity import Activity
from crm.users.models import BusinessUnit, Team, User


class TimelineLink(models.Model):
    """Made only by `activities.links.links_for`; it repeats the activity's owner so that rights need no join."""

    untracked_because = "derived from the activity, compared and rebuilt by a command"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="links")
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    target_id = models.BigIntegerField()
    at = models.DateTimeField()
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    owner_team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    owning_unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("timeline link")
        verbose_name_plural = _("timeline links")
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "target_type", "target_id"], name="one_link_per_activity_and_record"
            )
        ]
        indexes = [models.Index(fields=["target_type", "target_id", "-at", "-id"], name="timeline_idx")]

    def __str__(self) -> str:
        return f"{self.activity_id} → {self.target_type_id}:{self.target_id}"
